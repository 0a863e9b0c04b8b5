"""The state in chunks of bounded size, and in a lake."""

from __future__ import annotations

from pathlib import Path

import pytest

from schemas.batches import encode_table
from tests import lakes
from tests.news import DIMENSION, SETTINGS, article, engine, read, report
from transforms import checkpoint
from transforms.checkpoint import from_chunks, from_lake, to_chunks
from transforms.clustering.engine import Engine
from transforms.clustering.state import to_tables
from transforms.tables import snapshot_batches, step_batches


@pytest.fixture
def core() -> Engine:
    found = engine()
    read(found, *(article(f"n{n}", report("tea", n), n / 10) for n in range(5)))
    return found


def _bytes(core: Engine) -> dict[str, bytes]:
    return {name: encode_table(table) for name, table in to_tables(core).items()}


def test_chunks_are_small_and_come_back_in_any_order(
    core: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(checkpoint, "CHUNK", 512)
    chunks = list(to_chunks(core))
    assert max(len(chunk.data) for chunk in chunks) == 512
    assert len(chunks) > len(to_tables(core))
    assert _bytes(from_chunks(chunks[::-1], SETTINGS)) == _bytes(core)


def test_a_lake_gives_back_the_state_it_was_given(core: Engine, tmp_path: Path) -> None:
    found = read(core, article("n9", report("xua"), 2))
    batches = [*step_batches(found, core, "month"), *snapshot_batches(core, "month")]
    assert lakes.write(str(tmp_path), batches) == 1
    assert _bytes(from_lake(str(tmp_path), 1, SETTINGS, DIMENSION)) == _bytes(core)


def test_without_a_snapshot_or_a_state_it_begins_with_nothing(tmp_path: Path) -> None:
    assert from_lake(str(tmp_path), None, SETTINGS, DIMENSION).done == 0
    lakes.write(str(tmp_path), lakes.batches("rejections", lakes.rejection("r1")))
    assert from_lake(str(tmp_path), 1, SETTINGS, DIMENSION).done == 0
