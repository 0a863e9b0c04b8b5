"""Where a lake lives: the few operations that it needs, and the local file system's."""

from __future__ import annotations

import contextlib
import errno
import os
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import BinaryIO, NamedTuple, Protocol, runtime_checkable

from transforms.errors import LakeError

TEMPORARY = ".tmp-"
"""How the names of unfinished files begin; one is left behind only by a process that was killed."""

LOCK, HOLDER = ".lock", ".holder.json"
"""What says who is writing (:mod:`transforms.lake.lock`); no part of any snapshot."""

_SETTLED: set[str] = set()
"""Folders whose own names this process knows to be on the disk."""


class Storage(Protocol):
    """Files of one lake, named by their path below it, with ``/`` between the parts. Picklable."""

    root: str

    def read(self, path: str) -> bytes:
        """Return the file. Raises LakeError, which names it, where it cannot be read."""
        ...

    def open(self, path: str) -> BinaryIO:
        """Return the file open for reading, with ``seek``. Raises LakeError."""
        ...

    def size(self, path: str) -> int | None:
        """Return its bytes; None where there is no such file."""
        ...

    def paths(self, prefix: str) -> list[str]:
        """Return the paths of all files in and below the folder ``prefix``, sorted."""
        ...

    def write_once(self, path: str, data: bytes) -> None:
        """Make sure that the file, which is named by its content, is there, whole and durable.

        Raises LakeError where it cannot be written; nothing is left of it then.
        """
        ...

    def create(self, path: str, data: bytes) -> bool:
        """Make the file, whole and durable, unless there is one; return whether it was made."""
        ...

    def remove(self, path: str) -> None:
        """Make sure that there is no such file. Raises LakeError where it cannot be removed."""
        ...

    def modified(self, path: str) -> float | None:
        """Return when it was last written, in seconds since 1970; None without such a file."""
        ...

    def full(self, path: str) -> str:
        """Return the path as other programs would open it."""
        ...


class Found(NamedTuple):
    """An object as it was read."""

    data: bytes
    tag: str
    """Another one after every write."""
    idle: float
    """Seconds since it was written, both times by the store's own clock."""


@runtime_checkable
class Conditional(Storage, Protocol):
    """A store that writes on a condition: what a lock needs where there is no kernel to ask."""

    def look(self, path: str) -> Found | None:
        """Return the object; None where there is none. Raises LakeError."""
        ...

    def swap(self, path: str, data: bytes, tag: str | None) -> str | None:
        """Write the object if it has this tag, or if there is none for None; return the new tag.

        None where it is not so. Raises LakeError where that cannot be found out.
        """
        ...


def storage_of(lake: str) -> Storage:
    """Return the storage of ``lake``: a local folder, or an address such as ``s3://…``."""
    scheme = lake.partition("://")[0] if "://" in lake else ""
    if scheme == "s3":
        from transforms.lake.s3 import S3Storage

        return S3Storage(lake)
    if scheme == "gs":
        from transforms.lake.gcs import GcsStorage

        return GcsStorage(lake)
    if scheme:
        from transforms.lake.beam_storage import BeamStorage

        return BeamStorage(lake)
    return LocalStorage(lake)


class LocalStorage:
    """A folder. Files are written aside, synchronised, and only then given their names."""

    def __init__(self, root: str) -> None:
        self.root = os.fspath(root).rstrip("/") or "/"

    def full(self, path: str) -> str:
        """Return the path in the file system."""
        return f"{self.root}/{path}"

    def open(self, path: str) -> BinaryIO:
        """Return the open file; LakeError where it is missing or may not be read."""
        with _reading(self.full(path)):
            return open(self.full(path), "rb")

    def read(self, path: str) -> bytes:
        """Return the file's bytes."""
        with _reading(self.full(path)), self.open(path) as file:
            return file.read()

    def size(self, path: str) -> int | None:
        """Return its bytes; None where there is no such file."""
        with _reading(self.full(path)):
            try:
                return os.stat(self.full(path)).st_size
            except (FileNotFoundError, NotADirectoryError):
                return None

    def modified(self, path: str) -> float | None:
        """Return when it was last written; None where there is no such file."""
        with _reading(self.full(path)):
            try:
                return os.stat(self.full(path)).st_mtime
            except (FileNotFoundError, NotADirectoryError):
                return None

    def paths(self, prefix: str) -> list[str]:
        """Return the files below ``prefix``, temporary ones included."""
        found = [
            os.path.relpath(os.path.join(folder, name), self.root).replace(os.sep, "/")
            for folder, _, names in os.walk(self.full(prefix))
            for name in names
        ]
        return sorted(found)

    def write_once(self, path: str, data: bytes) -> None:
        """Write aside, then rename; a file that has these bytes already stays, as one of now."""
        if self.size(path) == len(data) and self.read(path) == data:
            # Else what was left behind long ago could be taken away before the manifest is there.
            with contextlib.suppress(OSError):
                os.utime(self.full(path))
                return
        self._place(path, data, os.replace)

    def create(self, path: str, data: bytes) -> bool:
        """Write aside, then link, which the file system refuses where the name is taken."""
        try:
            self._place(path, data, os.link)
        except FileExistsError:
            return False
        return True

    def remove(self, path: str) -> None:
        """Unlink the file, durably; nothing happens where there is none."""
        final = self.full(path)
        missing = contextlib.suppress(FileNotFoundError, NotADirectoryError)
        with in_words(final, "removed"), missing:
            os.unlink(final)
            _sync(os.path.dirname(final))

    def make_folder(self, folder: str) -> None:
        """Make sure that ``folder``, in or below the lake, survives a power failure.

        One that exists may have been made by a process that was killed before it had synchronised
        the folder above, so the first use in a process does that again. Raises OSError.
        """
        if folder in _SETTLED and os.path.isdir(folder):
            return
        _make_folder(folder)
        if folder.startswith(f"{self.root}/"):
            self.make_folder(os.path.dirname(folder))
        with contextlib.suppress(PermissionError):  # Above the lake, reading may be forbidden.
            _sync(os.path.dirname(folder) or ".")
        _SETTLED.add(folder)

    def _place(self, path: str, data: bytes, name: Callable[[str, str], None]) -> None:
        final = self.full(path)
        folder = os.path.dirname(final)
        aside = f"{folder}/{TEMPORARY}{uuid.uuid4().hex}"
        with in_words(final):
            try:
                self.make_folder(folder)
                _write(aside, data)
                name(aside, final)
            finally:
                with contextlib.suppress(OSError):
                    os.unlink(aside)
            _sync(folder)


def _write(path: str, data: bytes) -> None:
    handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o666)
    try:
        rest = memoryview(data)
        while rest:
            rest = rest[os.write(handle, rest) :]
        os.fsync(handle)
    finally:
        os.close(handle)


def _make_folder(folder: str) -> None:
    if os.path.isdir(folder):
        return
    parent = os.path.dirname(folder) or "."
    _make_folder(parent)
    with contextlib.suppress(FileExistsError):
        os.mkdir(folder)
    _sync(parent)


def _sync(folder: str) -> None:
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


@contextmanager
def _reading(path: str) -> Iterator[None]:
    try:
        yield
    except FileNotFoundError as error:
        raise LakeError(f"{path} is missing. `storybeam verify` lists what is damaged.") from error
    except OSError as error:
        raise LakeError(f"{path} cannot be read: {error.strerror}.") from error


@contextmanager
def in_words(path: str, done: str = "written") -> Iterator[None]:
    """Turn what the system says of ``path``, which could not be ``done``, into a LakeError."""
    try:
        yield
    except FileExistsError:
        raise
    except OSError as error:
        advice = {
            errno.ENOSPC: "the disk is full; make room and run again",
            errno.EDQUOT: "the disk quota is used up; make room and run again",
            errno.EFBIG: "the file is larger than files may be here",
            errno.EROFS: "the file system is read-only",
            errno.EACCES: "writing is not allowed there",
        }.get(error.errno or 0, error.strerror or str(error))
        raise LakeError(
            f"{path} could not be {done}: {advice}. The lake stays at its last snapshot."
        ) from error
