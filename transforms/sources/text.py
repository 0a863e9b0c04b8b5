"""Plain text: a file is an article, its first line the title, blank lines between paragraphs."""

from __future__ import annotations

from collections.abc import Iterator
from typing import BinaryIO

from schemas.records import SAMPLE_BYTES
from schemas.settings import InputSettings
from transforms.sources import stream
from transforms.sources.base import InputFile, Record, Source, document, too_large


def read(opened: BinaryIO, file: InputFile, settings: InputSettings) -> Iterator[Record]:
    """Yield the file as one document; nothing where it is empty."""
    limit = settings.max_record_bytes
    body = stream.head(stream.chunks(opened), limit)
    if len(body) > limit:
        yield too_large(file, "", max(file.size, len(body)), limit, body[:SAMPLE_BYTES])
    elif body:
        yield document(file, "", "text", body)


SOURCE = Source("text", (".txt", ".text"), read)
