"""Split a long paragraph into sentences, in bounded time and without losing a character."""

from __future__ import annotations

import re
from collections.abc import Iterator

WINDOW = 6_000
"""Characters given to pysbd at a time: its cost grows with the square of its input."""
SENTENCE_LIMIT = 2_400
"""Characters above which a sentence is cut at a space: a model reads some 1,200 anyway."""
PROSE = 30
"""Characters to an end mark below which a text is no prose; lists drive pysbd into minutes."""

_PLAIN_END = re.compile(r"(?<=[.!?…])[\"”’')\]]* +|(?<=[。！？।॥])(?=.)")
_SAFE_END = re.compile(r"[a-z]{4}[.!?][\"”’)]* (?=[\"“‘(]?[A-Z])")
_END_MARK = re.compile(r"[.!?)](?= )")


def sentences(text: str, careful: int) -> list[str]:
    """Return the sentences of ``text``, stripped, none of them empty.

    Joined again they are the text, white space aside. The first ``careful`` characters are
    split by pysbd, which knows abbreviations; what follows, and what is no prose, by end marks.
    """
    found: list[str] = []
    for start, end in _windows(text):
        window = text[start:end]
        ends = _pysbd_ends(window) if end <= careful and _is_prose(window) else _plain_ends(window)
        found.extend(part for piece in _pieces(window, ends) for part in _shortened(piece))
    return found


def _windows(text: str) -> Iterator[tuple[int, int]]:
    start = 0
    while start < len(text):
        end = min(start + WINDOW, len(text))
        if end < len(text):
            end = start + _break(text[start:end])
        yield start, end
        start = end


def _break(window: str) -> int:
    """Return where to end a window: after its last clear end of a sentence, else at a space."""
    middle = len(window) // 2
    if ends := [match.end() for match in _SAFE_END.finditer(window, middle)]:
        return ends[-1]
    space = window.rfind(" ", middle)
    return len(window) if space < 0 else space + 1


def _is_prose(window: str) -> bool:
    return sum(1 for _ in _END_MARK.finditer(window)) * PROSE <= max(len(window), 10 * PROSE)


def _pysbd_ends(window: str) -> list[int]:
    from pysbd import Segmenter

    # A new one each time: it keeps the text it works on, and threads may share this module.
    spans = Segmenter(language="en", clean=False, char_span=True).segment(window)
    # Ends alone: pysbd loses sentences that it rewrote, and the next one takes them in.
    return [int(span.end) for span in spans]


def _plain_ends(window: str) -> list[int]:
    return [match.end() for match in _PLAIN_END.finditer(window)]


def _pieces(window: str, ends: list[int]) -> Iterator[str]:
    start = 0
    for end in [*ends, len(window)]:
        if piece := window[start:end].strip():
            yield piece
        start = max(start, end)


def _shortened(sentence: str) -> Iterator[str]:
    while len(sentence) > SENTENCE_LIMIT:
        space = sentence.rfind(" ", SENTENCE_LIMIT // 2, SENTENCE_LIMIT)
        end = SENTENCE_LIMIT if space < 0 else space
        yield sentence[:end].strip()
        sentence = sentence[end:].strip()
    if sentence:
        yield sentence
