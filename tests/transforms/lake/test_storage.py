"""Files appear whole or not at all, whatever call fails, and nobody writes out of the lake."""

from __future__ import annotations

import errno
import os
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from pipelines.lake import Lake
from tests.lakes import batches, news, rejection, write
from transforms.errors import LakeError
from transforms.lake import storage as module
from transforms.lake.beam_storage import BeamStorage
from transforms.lake.gcs import GcsStorage
from transforms.lake.s3 import S3Storage
from transforms.lake.storage import LocalStorage, Storage, storage_of
from transforms.lake.verify import verify

_WRITING = ("open", "write", "fsync", "mkdir", "link", "replace")
_KILLED = (*_WRITING, "unlink", "close")


class FailingOs:
    """The module ``os`` whose ``n``-th call fails, ``once``, for ``good``, or as if ``killed``."""

    def __init__(self, n: int, code: int = errno.ENOSPC, how: str = "once") -> None:
        self.left, self.code, self.failed = n, code, False
        self.for_good, self.names = how != "once", _KILLED if how == "killed" else _WRITING

    def __getattr__(self, name: str) -> Any:
        real = getattr(os, name)
        return self._counted(real) if name in self.names else real

    def _counted(self, real: Callable[..., Any]) -> Callable[..., Any]:
        def call(*args: Any) -> Any:
            self.left -= 1
            if self.left == 0 or (self.for_good and self.left < 0):
                self.failed = True
                raise OSError(self.code, os.strerror(self.code))
            return real(*args)

        return call


def _message(call: Callable[[], object]) -> str:
    try:
        call()
    except LakeError as error:
        return str(error)
    return ""


@pytest.fixture(params=["local", "beam"])
def storage(request: pytest.FixtureRequest, tmp_path: Path) -> Storage:
    lake = str(tmp_path / "lake")
    return LocalStorage(lake) if request.param == "local" else BeamStorage(lake)


def test_what_is_written_can_be_read(storage: Storage) -> None:
    storage.write_once("articles/date=2017-03-01/x.parquet", b"abc")
    storage.write_once("articles/date=2017-03-01/x.parquet", b"abc")
    assert storage.read("articles/date=2017-03-01/x.parquet") == b"abc"
    assert storage.size("articles/date=2017-03-01/x.parquet") == 3
    assert storage.paths("articles") == ["articles/date=2017-03-01/x.parquet"]
    with storage.open("articles/date=2017-03-01/x.parquet") as file:
        file.seek(1)
        assert file.read() == b"bc"


def test_a_name_is_created_once(storage: Storage) -> None:
    assert storage.create("manifests/00000001.json", b"one")
    assert not storage.create("manifests/00000001.json", b"two")
    assert storage.read("manifests/00000001.json") == b"one"
    assert storage.paths("") == ["manifests/00000001.json"]


def test_a_missing_file_is_named(storage: Storage) -> None:
    assert storage.size("nowhere/x") is None
    assert storage.paths("nowhere") == []
    with pytest.raises(LakeError, match=r"lake/nowhere/x is missing"):
        storage.read("nowhere/x")


def test_what_is_removed_is_gone_and_need_not_have_been(storage: Storage) -> None:
    storage.write_once("x/y", b"abc")
    storage.write_once("x/z", b"abc")
    for _ in range(2):
        storage.remove("x/y")
        assert (storage.size("x/y"), storage.paths("")) == (None, ["x/z"])
    storage.remove("nowhere/y")


def test_the_time_of_writing_is_known(storage: Storage) -> None:
    before = time.time()
    storage.write_once("x/y", b"abc")
    written = storage.modified("x/y")
    assert written is not None
    assert before - 2 <= written <= time.time() + 2
    assert storage.modified("x/z") is None


def test_what_is_written_again_counts_as_new(tmp_path: Path) -> None:
    storage = LocalStorage(str(tmp_path))
    storage.write_once("x/y", b"abc")
    os.utime(tmp_path / "x/y", (1000, 1000))
    assert storage.modified("x/y") == 1000
    storage.write_once("x/y", b"abc")
    assert storage.modified("x/y") != 1000


def test_what_may_not_be_removed_is_named(tmp_path: Path) -> None:
    storage = LocalStorage(str(tmp_path))
    storage.write_once("x/y/z", b"abc")
    with pytest.raises(LakeError, match="x/y could not be removed"):
        storage.remove("x/y")


def test_each_address_has_its_storage() -> None:
    assert isinstance(storage_of("s3://bucket/lake"), S3Storage)
    assert isinstance(storage_of("gs://bucket/lake"), GcsStorage)
    assert isinstance(storage_of("hdfs://host/lake"), BeamStorage)
    assert isinstance(storage_of("lake"), LocalStorage)


def test_a_damaged_file_is_written_anew(tmp_path: Path) -> None:
    storage = LocalStorage(str(tmp_path))
    storage.write_once("x/y", b"whole")
    (tmp_path / "x/y").write_bytes(b"whale")
    storage.write_once("x/y", b"whole")
    assert storage.read("x/y") == b"whole"


@pytest.mark.parametrize("how", ["once", "good", "killed"])
def test_whatever_call_fails_the_last_snapshot_stays(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, how: str
) -> None:
    given = batches("rejections", rejection("r1"), rejection("r2", "no_text"))
    n, failed = 0, True
    while failed:
        n += 1
        lake = tmp_path / f"lake{n}"
        write(str(lake), batches("rejections", rejection("r1", "truncated")))
        failing = FailingOs(n, how=how)
        with monkeypatch.context() as patched:
            patched.setattr(module, "os", failing)
            message = _message(lambda lake=lake: write(str(lake), given, [news()]))
        failed = failing.failed
        assert ("disk is full" in message) == failed or how == "killed"
        assert [found for found in verify(str(lake)) if found.severity == "problem"] == []
        assert how == "killed" or not list(lake.rglob(".tmp-*"))
        if failed:
            # The last call of all confirms a manifest that is already there, whole.
            write(str(lake), given, [news()])
        assert Lake(str(lake)).snapshots() == [1, 2]
        assert Lake(str(lake)).manifest.tables == Lake(str(tmp_path / "lake1")).manifest.tables
    assert n > 15


def test_a_real_limit_on_file_size_is_a_clear_error(tmp_path: Path) -> None:
    resource = pytest.importorskip("resource")
    signal = pytest.importorskip("signal")
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    ignored = signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_FSIZE, (1000, hard))
    try:
        with pytest.raises(LakeError, match="larger than files may be here"):
            LocalStorage(str(tmp_path)).write_once("x/y", b"0" * 5000)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
        signal.signal(signal.SIGXFSZ, ignored)
    assert list((tmp_path / "x").iterdir()) == []


@pytest.mark.parametrize(
    ("code", "said"),
    [
        (errno.EROFS, "the file system is read-only"),
        (errno.EACCES, "writing is not allowed there"),
        (errno.EDQUOT, "the disk quota is used up"),
        (errno.ENOSPC, "the disk is full"),
        (errno.EIO, "Input/output error"),
    ],
)
@pytest.mark.parametrize("name", ["manifests/00000001.json", "articles/x"])
def test_why_nothing_can_be_written_is_said(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, code: int, said: str, name: str
) -> None:
    monkeypatch.setattr(module, "os", FailingOs(1, code))
    with pytest.raises(LakeError, match=said):
        LocalStorage(str(tmp_path)).create(name, b"x")


def test_folders_are_on_the_disk_also_if_another_process_made_them(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """That one may have been killed before it could synchronise the folder above."""
    (tmp_path / "lake/articles/date=2017-03-01").mkdir(parents=True)
    synchronised: list[str] = []
    monkeypatch.setattr(module, "_sync", synchronised.append)
    LocalStorage(str(tmp_path / "lake")).write_once("articles/date=2017-03-01/x", b"x")
    lake = tmp_path / "lake"
    wanted = [tmp_path, lake, lake / "articles", lake / "articles/date=2017-03-01"]
    assert synchronised == [str(path) for path in wanted]
