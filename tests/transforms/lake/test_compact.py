"""Folding changes files and nothing else."""

from __future__ import annotations

from pathlib import Path

import pytest

from pipelines.lake import Lake
from tests.lakes import batches, event, news, paragraph, rejection, sample, write
from transforms.errors import LakeError
from transforms.lake import compact as module
from transforms.lake.compact import compact
from transforms.lake.verify import verify


@pytest.fixture
def lake(tmp_path: Path) -> str:
    """Five snapshots, so that most tables have several files."""
    path = str(tmp_path / "lake")
    write(path, sample(), [news()])
    for number in range(4):
        more = [
            *batches("rejections", rejection(f"r{number}.9")),
            *batches("paragraphs", paragraph(f"p{number}.9", "a1", "g1", "e1", "s1")),
        ]
        write(path, more, [news(f"{number}.jsonl")])
    return path


def test_the_rows_are_the_same_in_fewer_files(lake: str) -> None:
    before = Lake(lake)
    found = compact(lake)
    after = Lake(lake)
    assert (found.parent, found.snapshot, after.snapshot) == (5, 6, 6)
    assert after.manifest.tables == before.manifest.tables
    assert after.manifest.counts == before.manifest.counts
    assert after.manifest.watermark == before.manifest.watermark
    assert len(after.files("rejections")) == 1
    assert len(after.files("paragraphs")) == 2
    assert found.files - found.folded + found.written == len(after.manifest.files)
    assert found.tables == {"paragraphs": 5, "rejections": 5, "state/inputs": 5}
    assert (after.manifest.operation, after.manifest.inputs) == ("compact", [])
    assert verify(lake) == []


def test_readers_of_earlier_snapshots_are_not_disturbed(lake: str) -> None:
    reader = Lake(lake)
    compact(lake)
    assert reader.table("rejections").num_rows == 6
    assert Lake(lake, 2).table("rejections").num_rows == 3


def test_it_is_done_once(lake: str) -> None:
    compact(lake)
    found = compact(lake)
    assert (found.snapshot, found.folded) == (None, 0)
    assert Lake(lake).snapshot == 6


def test_the_next_run_goes_on_from_it(lake: str) -> None:
    compact(lake)
    assert write(lake, batches("rejections", rejection("r0.9", "truncated")), [news()]) == 7
    manifest = Lake(lake).manifest
    assert (manifest.operation, manifest.parent, manifest.inputs) == ("write", 6, [])
    assert manifest.counts.rejected == {"bad_json": 4, "no_text": 1, "truncated": 1}
    assert verify(lake) == []


def test_looking_writes_nothing(lake: str) -> None:
    before = sorted(Path(lake).rglob("*"))
    found = compact(lake, dry_run=True)
    assert (found.snapshot, found.folded) == (None, 15)
    assert sorted(Path(lake).rglob("*")) == before


def test_what_would_change_rows_is_not_committed(
    lake: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "in_order", lambda _, rows: rows.slice(1))
    with pytest.raises(LakeError, match="would have changed its rows"):
        compact(lake)
    assert Lake(lake).snapshot == 5


def test_a_damaged_file_is_named_and_nothing_is_committed(lake: str) -> None:
    file = Path(Lake(lake).files("rejections")[0])
    file.write_bytes(file.read_bytes()[:-1])
    with pytest.raises(LakeError, match=file.name):
        compact(lake)
    assert Lake(lake).snapshot == 5


def test_of_two_at_once_one_is_told(lake: str, monkeypatch: pytest.MonkeyPatch) -> None:
    real = module.newest

    def late(storage: object) -> object:
        found = real(storage)  # type: ignore[arg-type]
        write(lake, batches("events", event("e1", "s1", articles=9)))
        return found

    monkeypatch.setattr(module, "newest", late)
    with pytest.raises(LakeError, match="has committed snapshot 6"):
        compact(lake)
    assert Lake(lake).manifest.operation == "write"
    assert [found for found in verify(lake) if found.severity == "problem"] == []


def test_no_lake_is_said(tmp_path: Path) -> None:
    with pytest.raises(LakeError, match="is not a lake"):
        compact(str(tmp_path))
