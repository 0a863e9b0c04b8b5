"""One writer a folder: the kernel says who, and forgets whoever dies."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.lakes import batches, rejection, write
from transforms.errors import LakeError, LockedError, UsageError
from transforms.lake import storage as module
from transforms.lake.beam_storage import BeamStorage
from transforms.lake.lock import writing
from transforms.lake.storage import HOLDER, LOCK, LocalStorage
from transforms.lake.verify import verify

HOLD = """
import sys, time
from transforms.lake.lock import writing
from transforms.lake.storage import LocalStorage
with writing(LocalStorage(sys.argv[1]), "storybeam watch"):
    print("held", flush=True)
    time.sleep(600)
"""


@pytest.fixture
def lake(tmp_path: Path) -> Path:
    """A lake of one snapshot."""
    write(str(tmp_path / "lake"), batches("rejections", rejection("r1")))
    return tmp_path / "lake"


@pytest.fixture
def other(lake: Path) -> Iterator[subprocess.Popen[str]]:
    """Another process, which holds the lake."""
    command = [sys.executable, "-c", HOLD, str(lake)]
    path = os.pathsep.join(filter(None, sys.path))
    with subprocess.Popen(
        command, stdout=subprocess.PIPE, text=True, env={**os.environ, "PYTHONPATH": path}
    ) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "held\n"
        yield process
        process.kill()


def test_the_second_is_told_who_is_writing_since_when(
    lake: Path, other: subprocess.Popen[str]
) -> None:
    said = rf"storybeam watch` \(user .*process {other.pid} on .*\) since 20.*UTC"
    with pytest.raises(LockedError, match=said), writing(LocalStorage(str(lake)), "storybeam run"):
        pass


def test_a_holder_that_was_killed_holds_nothing_and_is_named(
    lake: Path, other: subprocess.Popen[str]
) -> None:
    other.send_signal(signal.SIGKILL)
    other.wait()
    with writing(LocalStorage(str(lake)), "storybeam run") as hold:
        assert hold.unfinished is not None
        assert hold.unfinished.pid == other.pid
    with writing(LocalStorage(str(lake)), "storybeam run") as hold:
        assert hold.unfinished is None


def test_two_in_one_process_are_two_writers(lake: Path) -> None:
    storage = LocalStorage(str(lake))
    with writing(storage, "one"):
        with pytest.raises(LockedError, match="`one`"), writing(storage, "two"):
            pass
        with pytest.raises(LockedError, match="`one`"), writing(storage, "three"):
            pass


def test_a_lock_is_no_finding(lake: Path) -> None:
    with writing(LocalStorage(str(lake)), "storybeam run"):
        assert verify(str(lake)) == []
    assert verify(str(lake)) == []


def test_a_writer_that_failed_is_told_of_and_one_that_was_wrongly_used_is_not(lake: Path) -> None:
    storage = LocalStorage(str(lake))
    with pytest.raises(UsageError), writing(storage, "wrong"):
        raise UsageError("no such input")
    with writing(storage, "next") as hold:
        assert hold.unfinished is None
    with pytest.raises(LakeError), writing(storage, "failing"):
        raise LakeError("no room")
    with writing(storage, "next") as hold:
        assert hold.unfinished is not None
        assert hold.unfinished.what == "failing"


def test_a_folder_that_was_made_for_the_lock_alone_goes_again(tmp_path: Path) -> None:
    with pytest.raises(UsageError), writing(LocalStorage(str(tmp_path / "a/lake")), "run"):
        raise UsageError("no such input")
    assert not (tmp_path / "a/lake").exists()
    with writing(LocalStorage(str(tmp_path / "a/lake")), "run"):
        (tmp_path / "a/lake/file").touch()
    assert {path.name for path in (tmp_path / "a/lake").iterdir()} == {"file", LOCK}


def test_whatever_the_record_of_the_holder_says_the_lock_is_what_counts(lake: Path) -> None:
    for content in (b"", b"{", b"\xff" * 20_000, b'{"who": 7}'):
        (lake / HOLDER).write_bytes(content)
        with writing(LocalStorage(str(lake)), "storybeam run") as hold:
            assert hold.unfinished is None


def test_a_file_is_no_lake(tmp_path: Path) -> None:
    (tmp_path / "lake").touch()
    with pytest.raises(UsageError, match="is a file"):
        writing(LocalStorage(str(tmp_path / "lake")), "run").__enter__()


def test_a_disk_that_is_full_is_told_and_leaves_the_lock_free(
    lake: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object) -> int:
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patched:
        patched.setattr(module.os, "write", full)
        with pytest.raises(LakeError, match="disk is full"):
            writing(LocalStorage(str(lake)), "run").__enter__()
    with writing(LocalStorage(str(lake)), "run"):
        pass


def test_a_store_without_conditions_has_no_lock_and_says_so(tmp_path: Path) -> None:
    storage = BeamStorage(str(tmp_path / "lake"))
    with writing(storage, "one") as first, writing(storage, "two") as second:
        assert not first.exclusive
        assert not second.exclusive
