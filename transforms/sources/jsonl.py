"""JSON Lines: one object a line. Also what is often found under that name: one JSON array."""

from __future__ import annotations

from collections.abc import Iterator
from typing import BinaryIO

from schemas.records import SAMPLE_BYTES
from schemas.settings import InputSettings
from transforms.sources import json_document, stream
from transforms.sources.base import InputFile, Record, Source, document, too_large


def read(opened: BinaryIO, file: InputFile, settings: InputSettings) -> Iterator[Record]:
    """Yield one document a line; blank lines count, but are no records.

    Lines are not looked into here, so that a broken one is refused with its bytes.
    """
    first, pieces = stream.peek(stream.as_utf8(stream.chunks(opened)))
    if json_document.is_one(first):
        yield from json_document.read(pieces, file, settings.max_record_bytes)
        return
    limit = settings.max_record_bytes
    for line in stream.lines(pieces, limit):
        place = f"line {line.number}"
        if line.size > limit:
            yield too_large(file, place, line.size, limit, line.body[:SAMPLE_BYTES])
        elif line.body.strip(b"\xef\xbb\xbf \t\r"):
            yield document(file, place, "json", line.body)


SOURCE = Source("jsonl", (".jsonl", ".ndjson", ".json"), read)
