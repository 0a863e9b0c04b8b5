"""Bytes of a file, piece by piece: decompressed, transcoded, cut into lines, always bounded."""

from __future__ import annotations

import codecs
import gzip
from collections.abc import Iterable, Iterator
from itertools import chain
from typing import BinaryIO, NamedTuple, cast

CHUNK_BYTES = 1 << 18
_GZIP_MAGIC = b"\x1f\x8b"
_WIDE_BOMS = (
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)


class Line(NamedTuple):
    """One line of a file."""

    number: int
    """From 1."""
    body: bytes
    """Without its line end, cut at the limit."""
    size: int
    """Bytes it really has."""


def chunks(opened: BinaryIO) -> Iterator[bytes]:
    """Yield the content, decompressed where it begins as gzip does, whatever the name says.

    A bomb does no harm: no piece is longer than ``CHUNK_BYTES``. Raises EOFError where gzip
    ends early, after everything before the break; OSError or zlib.error where it is damaged.
    """
    magic = opened.read(2)
    opened.seek(0)
    if magic != _GZIP_MAGIC:
        yield from iter(lambda: opened.read(CHUNK_BYTES), b"")
        return
    with gzip.GzipFile(fileobj=opened) as plain:
        # read1 returns what it has; read would throw it away when the file ends early.
        yield from iter(lambda: plain.read1(CHUNK_BYTES), b"")


def as_utf8(pieces: Iterable[bytes]) -> Iterator[bytes]:
    """Yield ``pieces`` unchanged, or transcoded where they begin with a UTF-16 or UTF-32 BOM.

    Those encodings cannot be cut at line feeds byte by byte.
    """
    pieces = iter(pieces)
    first = next(pieces, b"")
    encoding = next((name for bom, name in _WIDE_BOMS if first.startswith(bom)), None)
    if encoding is None:
        yield from chain((first,), pieces)
        return
    decoder = codecs.getincrementaldecoder(encoding)(errors="replace")
    for piece in chain((first,), pieces):
        yield decoder.decode(piece).encode("utf-8", "replace")


def lines(pieces: Iterable[bytes], limit: int) -> Iterator[Line]:
    """Yield the lines; of one longer than ``limit`` bytes the rest is passed over."""
    number, size, held = 1, 0, bytearray()
    for piece in pieces:
        parts = piece.split(b"\n")
        for index, part in enumerate(parts):
            size += len(part)
            held += part[: max(0, limit - len(held))]
            if index < len(parts) - 1:
                yield Line(number, bytes(held), size)
                number, size, held = number + 1, 0, bytearray()
    if size:
        yield Line(number, bytes(held), size)


def head(pieces: Iterable[bytes], limit: int) -> bytes:
    """Return the content, or of a longer one the first ``limit + 1`` bytes."""
    held = bytearray()
    for piece in pieces:
        held += piece[: limit + 1 - len(held)]
        if len(held) > limit:
            break
    return bytes(held)


def peek(pieces: Iterator[bytes]) -> tuple[bytes, Iterator[bytes]]:
    """Return the first piece, and all pieces including it."""
    first = next(pieces, b"")
    return first, cast(Iterator[bytes], chain((first,), pieces))
