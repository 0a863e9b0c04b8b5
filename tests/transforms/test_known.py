"""What a lake has word for word is known; a new text under the same identity is not."""

from __future__ import annotations

from pathlib import Path

from tests.lakes import write
from tests.news import article, engine, read, report
from transforms.known import Known
from transforms.tables import snapshot_batches, step_batches


def test_a_snapshot_knows_its_articles_by_identity_and_text(tmp_path: Path) -> None:
    old, other = article("n1", report("tea"), 0), article("n2", report("xua"), 0)
    core = engine()
    step = read(core, old)
    rows = [*step_batches(step, core, "month"), *snapshot_batches(core, "month")]
    assert write(str(tmp_path), rows) == 1
    known = Known(str(tmp_path), 1)
    assert old.article in known
    assert old.article._replace(place="line 7") in known
    assert old.article._replace(digest="f" * 32) not in known
    assert other.article not in known
    later = old.article.fetched_at + 1
    assert old.article._replace(fetched_at=later) in known
    assert old.article._replace(updated_at=later) not in known


def test_nothing_is_known_where_there_is_no_snapshot(tmp_path: Path) -> None:
    assert article("n1", report("tea"), 0).article not in Known(str(tmp_path), None)
