"""Split the text of an article into paragraphs."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pysbd import Segmenter

BLOCK_CHARACTERS = 1200
"""A paragraph longer than this is split into groups of sentences."""
GROUP_CHARACTERS = 600
"""A group of sentences is closed once it is at least this long."""
SENTENCE_WINDOW = 20_000
"""Characters given to the sentence splitter at a time: its cost grows faster than its input."""

_BLANK_LINE = re.compile(r"\n[^\S\n]*\n")
_LINE = re.compile(r"\n")


def paragraphs(text: str) -> list[str]:
    """Return the paragraphs of normalised ``text``, in order, none of them empty.

    Blank lines separate paragraphs; where there are none, single newlines do. A paragraph of
    more than ``BLOCK_CHARACTERS`` is cut into groups of whole sentences.
    """
    separator = _BLANK_LINE if _BLANK_LINE.search(text) else _LINE
    pieces = (" ".join(piece.split()) for piece in separator.split(text))
    return [part for piece in pieces if piece for part in _groups(piece)]


def _groups(paragraph: str) -> list[str]:
    if len(paragraph) <= BLOCK_CHARACTERS:
        return [paragraph]
    groups: list[str] = []
    current = ""
    for sentence in _sentences(paragraph):
        current = f"{current} {sentence}" if current else sentence
        if len(current) >= GROUP_CHARACTERS:
            groups.append(current)
            current = ""
    if current and groups and len(current) < GROUP_CHARACTERS // 4:
        groups[-1] = f"{groups[-1]} {current}"
    elif current:
        groups.append(current)
    return groups


def _sentences(paragraph: str) -> list[str]:
    sentences: list[str] = []
    for start in range(0, len(paragraph), SENTENCE_WINDOW):
        found = _splitter().segment(paragraph[start : start + SENTENCE_WINDOW])
        sentences.extend(stripped for piece in found if (stripped := str(piece).strip()))
    return sentences


@lru_cache(maxsize=1)
def _splitter() -> Segmenter:
    from pysbd import Segmenter

    return Segmenter(language="en", clean=False)
