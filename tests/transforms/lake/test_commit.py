"""A snapshot is there when its manifest is, and there is one for each number."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from pipelines.lake import Lake
from schemas.batches import TableBatch
from tests.lakes import (
    DAY,
    MARCH,
    article,
    batches,
    changes,
    news,
    planned,
    rejection,
    sample,
    storyline,
    write,
)
from transforms.errors import LakeError
from transforms.lake.beam_storage import BeamStorage
from transforms.lake.commit import commit
from transforms.lake.storage import LocalStorage
from transforms.lake.verify import verify


def test_a_manifest_says_what_the_snapshot_is(tmp_path: Path) -> None:
    assert write(str(tmp_path), sample(), [news()]) == 1
    manifest = Lake(str(tmp_path)).manifest
    assert (manifest.parent, manifest.parent_sha256) == (None, None)
    assert manifest.watermark == MARCH + 41 * DAY
    assert manifest.inputs == [news()]
    assert manifest.counts.model_dump() == {
        "articles": 3,
        "duplicates": 1,
        "paragraphs": 3,
        "passages": 3,
        "events": 3,
        "storylines": 2,
        "rejected": {"bad_json": 1, "no_text": 1},
    }
    assert manifest.tables["paragraphs"].rows == 3
    assert manifest.settings["lake"] == {"partition": "month"}


def test_counts_follow_what_is_replaced(tmp_path: Path) -> None:
    write(str(tmp_path), sample(), [news()])
    later = [
        *batches("rejections", rejection("r1", "truncated"), rejection("r3", "no_text")),
        *batches("storylines", storyline("s2", merged_into="s1")),
        *batches("articles", article("a3", [("e3", "s1", 1.0)], time=MARCH + 41 * DAY)),
    ]
    write(str(tmp_path), later, [news(), news("more.jsonl")])
    manifest = Lake(str(tmp_path)).manifest
    assert (manifest.counts.duplicates, manifest.counts.storylines) == (0, 1)
    assert manifest.counts.rejected == {"no_text": 2, "truncated": 1}
    assert manifest.inputs == [news("more.jsonl")]
    assert Lake(str(tmp_path)).table("state/inputs").num_rows == 2
    assert manifest.parent == 1


def test_the_content_hash_knows_no_history(tmp_path: Path) -> None:
    write(str(tmp_path / "once"), sample())
    for batch in sample():
        write(str(tmp_path / "bit by bit"), [batch])
    once, bits = (Lake(str(tmp_path / name)).manifest for name in ("once", "bit by bit"))
    assert bits.snapshot > once.snapshot
    assert bits.tables == once.tables


def test_committing_the_same_again_succeeds(tmp_path: Path) -> None:
    storage, plan = LocalStorage(str(tmp_path)), planned(str(tmp_path), [news()])
    assert commit(storage, plan, changes(storage, plan, sample())) == 1
    before = (tmp_path / "manifests/00000001.json").read_bytes()
    assert commit(storage, plan, changes(storage, plan, reversed(sample()))) == 1
    assert (tmp_path / "manifests/00000001.json").read_bytes() == before


def test_of_two_writers_one_is_told_and_the_lake_is_the_others(tmp_path: Path) -> None:
    storage, plan = LocalStorage(str(tmp_path)), planned(str(tmp_path))
    mine = changes(storage, plan, batches("rejections", rejection("r1")))
    others = changes(storage, plan, batches("rejections", rejection("r2")))
    assert commit(storage, plan, others) == 1
    with pytest.raises(LakeError, match="Another run has committed snapshot 1"):
        commit(storage, plan, mine)
    assert Lake(str(tmp_path)).table("rejections")["rejection_id"].to_pylist() == ["r2"]
    assert len(list((tmp_path / "manifests").iterdir())) == 1


def test_an_object_store_is_written_through_beam(tmp_path: Path) -> None:
    one, other = str(tmp_path / "local"), str(tmp_path / "beam")
    write(one, sample(), [news()])
    assert write(other, sample(), [news()], BeamStorage(other)) == 1
    assert Lake(other).manifest.same_as(Lake(one).manifest)
    assert verify(other) == []


def test_files_without_a_manifest_are_not_seen(tmp_path: Path) -> None:
    write(str(tmp_path), batches("rejections", rejection("r1")))
    storage, plan = LocalStorage(str(tmp_path)), planned(str(tmp_path))
    interrupted = changes(storage, plan, sample())
    assert Lake(str(tmp_path)).table("articles").num_rows == 0
    assert commit(storage, plan, interrupted) == 2
    assert Lake(str(tmp_path)).table("articles").num_rows == 3


def test_nothing_new_is_no_snapshot(tmp_path: Path) -> None:
    storage, plan = LocalStorage(str(tmp_path)), planned(str(tmp_path))
    empty = [TableBatch("rejections", "date=2017-03-01", b"")]
    assert commit(storage, plan, changes(storage, plan, empty)) is None
    assert not (tmp_path / "manifests").exists()


def test_an_input_without_a_row_is_remembered(tmp_path: Path) -> None:
    assert write(str(tmp_path), [], [news()]) == 1
    assert planned(str(tmp_path), [news(), news("b")]).inputs == (news("b"),)
    assert write(str(tmp_path), [], [news()]) is None


def test_the_clock_is_read_for_one_value_only(tmp_path: Path) -> None:
    texts = []
    for name in ("one", "two"):
        write(str(tmp_path / name), sample(), [news()])
        found = json.loads((tmp_path / name / "manifests/00000001.json").read_text())
        texts.append({**found, "created_at": None})
    assert texts[0] == texts[1]
