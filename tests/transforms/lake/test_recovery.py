"""What a killed writer leaves is undone, and nothing that anybody may need is touched."""

from __future__ import annotations

import contextlib
import os
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.lakes import batches, changes, planned, rejection, write
from tests.transforms.lake.memory_store import MemoryStore
from transforms.errors import LakeError
from transforms.lake.lock import writing
from transforms.lake.manifests import manifest_path
from transforms.lake.recovery import Recovered, leftovers, recover
from transforms.lake.storage import LocalStorage, Storage
from transforms.lake.verify import verify

FIRST, SECOND = batches("rejections", rejection("r1")), batches("rejections", rejection("r2"))


def killed(lake: Path) -> LocalStorage:
    """A lake whose writer died after its files and before its manifest."""
    storage = LocalStorage(str(lake))

    def work() -> None:
        changes(storage, planned(str(lake)), SECOND)
        (lake / "rejections" / ".tmp-0123").write_bytes(b"PAR")

    die_after(storage, work)
    return storage


def die_after(storage: Storage, work: Callable[[], object]) -> None:
    with contextlib.suppress(LakeError), writing(storage, "storybeam run"):
        work()
        raise LakeError("killed")


def recovered(storage: LocalStorage) -> Recovered | None:
    with writing(storage, "next") as hold:
        return recover(storage, hold)


@pytest.fixture
def lake(tmp_path: Path) -> Path:
    """A lake of one snapshot."""
    write(str(tmp_path / "lake"), FIRST)
    return tmp_path / "lake"


def test_a_lake_whose_last_writer_finished_is_not_even_looked_at(
    lake: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delattr(LocalStorage, "paths")
    assert recovered(LocalStorage(str(lake))) is None


def test_leftovers_are_removed_and_told(lake: Path) -> None:
    storage = killed(lake)
    assert len(verify(str(lake))) == 2
    found = recovered(storage)
    assert found is not None
    assert (found.files, found.kept) == (2, "")
    assert found.words().startswith("`storybeam run` (user ")
    assert "2 files (" in found.words()
    assert verify(str(lake)) == []
    assert recovered(storage) is None


def test_the_next_writer_writes_the_same_again(lake: Path, tmp_path: Path) -> None:
    storage = killed(lake)
    recovered(storage)
    assert write(str(lake), SECOND) == 2
    write(str(tmp_path / "whole"), FIRST)
    write(str(tmp_path / "whole"), SECOND)
    assert LocalStorage(str(tmp_path / "whole")).paths("rejections") == storage.paths("rejections")


def test_a_lake_that_was_killed_before_its_first_snapshot_is_empty_again(tmp_path: Path) -> None:
    (tmp_path / "lake").mkdir()
    storage = killed(tmp_path / "lake")
    (tmp_path / "lake/rejections/mine.parquet").write_bytes(b"not of a lake")
    found = recovered(storage)
    assert found is not None
    assert found.files == 2
    assert storage.paths("rejections") == ["rejections/mine.parquet"]


def test_one_that_was_killed_after_its_commit_left_nothing(lake: Path) -> None:
    storage = LocalStorage(str(lake))
    die_after(storage, lambda: write(str(lake), SECOND))
    assert recovered(storage) is None
    assert verify(str(lake)) == []


def test_what_is_older_than_the_newest_snapshot_stays(lake: Path) -> None:
    storage = killed(lake)
    manifest = lake / manifest_path(1)
    later = manifest.stat().st_mtime + 60
    os.utime(manifest, (later, later))
    assert [Path(path).name for path in leftovers(storage)] == [".tmp-0123"]


def test_what_any_snapshot_refers_to_stays(lake: Path) -> None:
    """Also where the files look newer than the manifest, as after a copy."""
    write(str(lake), SECOND)
    storage = killed(lake)
    for path in lake.rglob("manifests/*.json"):
        os.utime(path, (1, 1))
    found = recovered(storage)
    assert found is not None
    assert found.files == 1
    assert verify(str(lake)) == []


def test_nothing_is_removed_where_a_manifest_cannot_be_read(lake: Path) -> None:
    write(str(lake), batches("rejections", rejection("r3")))
    storage = killed(lake)
    (lake / manifest_path(1)).write_bytes(b"{")
    before = storage.paths("")
    found = recovered(storage)
    assert found is not None
    assert "00000001.json is damaged" in found.kept
    assert "stays, unused" in found.words()
    assert storage.paths("rejections") == [path for path in before if path.startswith("rejec")]


def test_nothing_is_removed_from_a_store_where_requests_may_be_on_their_way() -> None:
    store = MemoryStore()
    die_after(store, lambda: store.write_once("rejections/0123456789abcdef.parquet", b"x"))
    with writing(store, "next") as hold:
        found = recover(store, hold)
    assert found is not None
    assert found.kept
    assert store.paths("rejections")
