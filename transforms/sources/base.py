"""The contract of a source: one opened file in, documents and rejections out."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import BinaryIO, NamedTuple

from schemas.records import RawDocument, Rejection, reject
from schemas.settings import InputSettings

Record = RawDocument | Rejection


class InputFile(NamedTuple):
    """A file that was found and can be read."""

    path: str
    """As given or found; relative paths stay relative."""
    size: int
    """Bytes on disk."""
    modified_at: int
    """Microseconds since the epoch: when its records count as obtained."""
    format: str
    """Name of the source that reads it."""


@dataclass(frozen=True)
class Source:
    """One format. To add one, write its ``read`` and list it in ``transforms.sources.files``.

    ``read`` gets the file opened for binary reading, its description and the input settings.
    It yields one record after the other and holds one at a time, never more than
    ``max_record_bytes`` and a chunk. A bad record is a rejection, and reading goes on. Where
    the file itself is broken it raises, and its caller turns that into a rejection: EOFError
    for an early end, OSError, zlib.error or ValueError for the rest.
    """

    format: str
    suffixes: tuple[str, ...]
    read: Callable[[BinaryIO, InputFile, InputSettings], Iterator[Record]]


def document(file: InputFile, place: str, kind: str, body: bytes) -> RawDocument:
    """Return one record of ``file``; the file's time of modification is when it was obtained."""
    return RawDocument(file.path, place, kind, file.modified_at, body)


def refuse(
    file: InputFile, reason: str, message: str, place: str = "", body: bytes = b""
) -> Rejection:
    """Return the rejection of one record of ``file``, or of the whole of it."""
    return reject("read", reason, message, file.path, place, file.modified_at, body)


def too_large(file: InputFile, place: str, size: int, limit: int, sample: bytes) -> Rejection:
    """Return the rejection of a record of ``size`` bytes where ``limit`` is allowed."""
    message = (
        f"The record has {size:,} bytes, more than the limit of {limit:,}. "
        "Raise input.max_record_bytes if it really is one article."
    )
    return refuse(file, "too_large", message, place, sample)
