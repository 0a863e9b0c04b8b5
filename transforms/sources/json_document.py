"""Files that are one JSON array, or objects spread over several lines."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator

from schemas.records import SAMPLE_BYTES
from transforms.decode import to_text
from transforms.sources import stream
from transforms.sources.base import InputFile, Record, document, refuse, too_large

MAX_DOCUMENT_BYTES = 64_000_000
"""Such a file is held in memory as a whole; a longer one has to be rewritten as lines."""

_SPACE = re.compile(r"[ \t\r\n]*")
_SEPARATOR = re.compile(r"[ \t\r\n]*,?")


def is_one(start: bytes) -> bool:
    """Tell from its first bytes whether a file is not lines of JSON, but JSON over lines."""
    line, _, rest = start.lstrip(b"\xef\xbb\xbf \t\r\n").partition(b"\n")
    line = line.rstrip()
    if line.startswith(b"["):
        # A whole array in one line with more lines below is a line like any other.
        return not (line.endswith(b"]") and rest.strip())
    return line == b"{"


def read(pieces: Iterator[bytes], file: InputFile, limit: int) -> Iterator[Record]:
    """Yield one document for each element of the array, or each object; ``limit`` in bytes."""
    body = stream.head(pieces, MAX_DOCUMENT_BYTES)
    if len(body) > MAX_DOCUMENT_BYTES:
        yield refuse(file, "too_large", _too_long(), body=body[:SAMPLE_BYTES])
        return
    text = to_text(body)
    if text is None:
        yield refuse(file, "not_text", "No encoding of text fits the file.", body=body)
        return
    yield from _records(text, file, limit)


def _records(text: str, file: InputFile, limit: int) -> Iterator[Record]:
    number = 0
    try:
        for number, value in enumerate(_values(text), start=1):
            element = value.encode("utf-8", "replace")
            if len(element) > limit:
                sample = element[:SAMPLE_BYTES]
                yield too_large(file, f"item {number}", len(element), limit, sample)
            else:
                yield document(file, f"item {number}", "json", element)
    except (ValueError, RecursionError) as error:
        message = f"The file is one JSON value that breaks off after item {number}: {error}."
        yield refuse(file, "bad_json", message, f"item {number + 1}")


def _values(text: str) -> Iterator[str]:
    """Yield the source text of each element; raises ValueError where there is none."""
    decoder = json.JSONDecoder(strict=False)
    position = _skip(_SPACE, text, 0)
    inside = text.startswith("[", position)
    position = _skip(_SPACE, text, position + inside)
    while position < len(text) and not (inside and text[position] == "]"):
        end = decoder.raw_decode(text, position)[1]
        yield text[position:end]
        position = _skip(_SPACE, text, _skip(_SEPARATOR, text, end))
    if inside and text[position:].rstrip() != "]":
        raise ValueError("something follows it" if position < len(text) else "it is not closed")


def _skip(pattern: re.Pattern[str], text: str, position: int) -> int:
    match = pattern.match(text, position)
    return match.end() if match else position


def _too_long() -> str:
    return (
        f"The file is one JSON value of more than {MAX_DOCUMENT_BYTES:,} bytes. Rewrite it with "
        "one record a line, for example with: jq -c '.[]' in.json > out.jsonl"
    )
