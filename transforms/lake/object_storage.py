"""A lake in an object store that can write on a condition: what all such stores have in common."""

from __future__ import annotations

import io
import time
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import BinaryIO, ClassVar, NamedTuple, TypeVar

from transforms.errors import LakeError, UsageError
from transforms.lake.storage import Found

_TRIES = 4
"""Of a request whose answer broke off, or that met another writer's; the libraries, too, try
again what never arrived."""

_PAUSE = 0.1
"""Seconds before the second try; each further one waits twice as long."""

T = TypeVar("T")


class Entry(NamedTuple):
    """What a store says of an object."""

    size: int
    modified: float
    """Seconds since 1970, by the store's clock."""


class ConflictError(Exception):
    """Somebody else is writing the object at this very moment: ask again."""


class ObjectStorage(ABC):
    """See :class:`transforms.lake.storage.Conditional`. An object appears whole, under its name.

    There is nothing to rename and nothing to write aside. A file is created on the condition that
    there is none, so of two commits of one number exactly one succeeds. A request whose answer
    was lost is recognised by what then lies there: the very bytes that were sent.
    """

    needs: ClassVar[str]
    """The library, and how it is installed."""

    def __init__(self, root: str) -> None:
        try:
            self.errors()
        except ImportError as error:
            raise UsageError(f"The lake {root} needs {self.needs}.") from error
        self.root = root.rstrip("/")
        self.bucket, _, prefix = self.root.partition("://")[2].partition("/")
        self.prefix = f"{prefix}/" if prefix else ""
        if not self.bucket:
            raise UsageError(f"{root} names no bucket; s3://bucket/lake was expected.")

    @abstractmethod
    def errors(self) -> tuple[type[Exception], ...]:
        """Return what the store's library raises."""

    @abstractmethod
    def broken(self) -> tuple[type[Exception], ...]:
        """Return what it raises when an answer breaks off, which it does not ask for again."""

    @abstractmethod
    def _get(self, key: str) -> Found | None: ...

    @abstractmethod
    def _put(self, key: str, data: bytes, tag: str | None) -> str | None:
        """Like ``swap``, but of the answer lost nothing is known. Raises ConflictError."""

    @abstractmethod
    def _entry(self, key: str) -> Entry | None: ...

    @abstractmethod
    def _keys(self, prefix: str) -> Iterator[str]: ...

    @abstractmethod
    def _delete(self, key: str) -> None: ...

    def full(self, path: str) -> str:
        """Return the object's address."""
        return f"{self.root}/{path}"

    def look(self, path: str) -> Found | None:
        """Return the object; None where there is none."""
        with self._in_words(path, "read"):
            return self._tried(lambda: self._get(self.prefix + path))

    def read(self, path: str) -> bytes:
        """Return the object's bytes."""
        found = self.look(path)
        if found is None:
            raise LakeError(
                f"{self.full(path)} is missing. `storybeam verify` lists what is damaged."
            )
        return found.data

    def open(self, path: str) -> BinaryIO:
        """Return the object, read into memory."""
        return io.BytesIO(self.read(path))

    def size(self, path: str) -> int | None:
        """Return its bytes; None where there is no such object."""
        entry = self._known(path)
        return None if entry is None else entry.size

    def modified(self, path: str) -> float | None:
        """Return when it was last written, by the store's clock."""
        entry = self._known(path)
        return None if entry is None else entry.modified

    def _known(self, path: str) -> Entry | None:
        with self._in_words(path, "read"):
            return self._tried(lambda: self._entry(self.prefix + path))

    def paths(self, prefix: str) -> list[str]:
        """Return the objects below ``prefix``."""
        below = f"{self.prefix}{prefix.strip('/')}/" if prefix.strip("/") else self.prefix
        with self._in_words(prefix, "listed"):
            keys = self._tried(lambda: list(self._keys(below)))
        return sorted(key[len(self.prefix) :] for key in keys)

    def write_once(self, path: str, data: bytes) -> None:
        """Write the object; one that has these bytes already stays, a damaged one goes."""
        for _ in range(_TRIES):
            found = None if self.size(path) is None else self.look(path)
            if found is not None and found.data == data:
                return
            if self.swap(path, data, found.tag if found else None) is not None:
                return
        raise self._failed(path, "written", "somebody else keeps writing it")

    def create(self, path: str, data: bytes) -> bool:
        """Write the object unless one of this name is there; its own is one that was made."""
        return self.swap(path, data, None) is not None

    def swap(self, path: str, data: bytes, tag: str | None) -> str | None:
        """Write on a condition; what came of a request without an answer is looked up."""
        unclear: Exception | None = None
        try:
            written = self._tried(
                lambda: self._put(self.prefix + path, data, tag), (ConflictError,)
            )
        except self._unclear() as error:
            written, unclear = None, error
        if written is not None:
            return written
        try:
            found = self.look(path)
        except LakeError as error:
            raise self._failed(path, "written", unclear or error) from error
        if found is not None and found.data == data:
            return found.tag
        if unclear is not None:
            raise self._failed(path, "written", unclear) from unclear
        return None

    def _unclear(self) -> tuple[type[Exception], ...]:
        return (ConflictError, *self.errors())

    def remove(self, path: str) -> None:
        """Delete the object; nothing happens where there is none."""
        with self._in_words(path, "removed"):
            self._delete(self.prefix + path)

    def _tried(self, call: Callable[[], T], again: tuple[type[Exception], ...] | None = None) -> T:
        again = self.broken() if again is None else again
        for attempt in range(_TRIES - 1):
            try:
                return call()
            except again:
                time.sleep(_PAUSE * 2**attempt)
        return call()

    @contextmanager
    def _in_words(self, path: str, done: str) -> Iterator[None]:
        try:
            yield
        except self.errors() as error:
            raise self._failed(path, done, error) from error

    def _failed(self, path: str, done: str, why: object) -> LakeError:
        said = " ".join(str(why).split())[:300].rstrip(".")
        return LakeError(
            f"{self.full(path)} could not be {done}: {said}. The lake stays at its last snapshot."
        )
