"""The runs of words in a headline that can be a label, or a part of one."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import combinations

from transforms.clustering.headlines import Word, clean, split, telling_cases
from transforms.clustering.label_words import CLOSING, CONNECTORS, DROPPED, PREPOSITIONS, VERBS

MAX_WORDS = 4
"""Content words of a label; one connecting word may come on top (``ban on bump stocks sales``)."""


@dataclass(frozen=True)
class Reading:
    """A headline that was read."""

    text: str
    segments: tuple[tuple[Word, ...], ...]
    keys: frozenset[str]
    telling: tuple[str, ...]


@lru_cache(maxsize=1 << 14)
def read_headline(title: str, source: str | None) -> Reading:
    """Return the headline cleaned and parted; remembered, since the same come again."""
    text = clean(title, source)
    segments = tuple(tuple(segment) for segment in split(text))
    keys = frozenset(key for segment in segments for word in segment for key in word.keys)
    return Reading(text, segments, keys, tuple(telling_cases(text)))


@dataclass(frozen=True)
class Phrase:
    """Words in a row, their terms, and how far into the headline they stand (0 to 1)."""

    words: tuple[Word, ...]
    keys: tuple[str, ...]
    place: float

    @property
    def text(self) -> str:
        """The words as printed."""
        return " ".join(word.surface for word in self.words)


def spans(read: Reading) -> Iterator[Phrase]:
    """Yield the runs of words that can stand as a label, or as a part of one."""
    size = sum(map(len, read.segments))
    place = 0
    for segment in read.segments:
        for start in range(len(segment)):
            yield from _from(segment, start, (place + start) / size)
        place += len(segment)


def plain(phrase: Phrase) -> bool:
    """Return whether a phrase can be put beside another: no verb and no connecting word."""
    return all(word.keys and word.surface.lower() not in VERBS for word in phrase.words)


def _from(segment: tuple[Word, ...], start: int, place: float) -> Iterator[Phrase]:
    words: list[Word] = []
    keys: list[str] = []
    for word in segment[start:]:
        lower = word.surface.lower()
        if not words and (not word.keys or lower in VERBS):
            return
        if lower in DROPPED:
            continue
        if not word.keys and not _connects(words[-1], lower):
            return
        words.append(word)
        keys.extend(word.keys)
        if len(words) > MAX_WORDS + 1 or len(keys) > MAX_WORDS or repeats(keys):
            return
        if word.keys and (lower not in VERBS or lower in CLOSING):
            yield Phrase(tuple(words), tuple(keys), place)


def _connects(left: Word, word: str) -> bool:
    """Return whether a name can go on with ``word``: ``ban on`` does, ``Trump on`` does not."""
    return word in CONNECTORS or (word in PREPOSITIONS and left.surface.islower())


def repeats(keys: Sequence[str]) -> bool:
    """Return whether two of these terms are forms of one word (``immigrant``, ``immigration``)."""
    return any(_akin(one, other) for one, other in combinations(keys, 2))


def _akin(one: str, other: str) -> bool:
    short, long = sorted((one, other), key=len)
    common = next((i for i, c in enumerate(short) if c != long[i]), len(short))
    if common == len(short):
        return len(long) - common <= (3 if common > 3 else 0)
    return common >= 5 and len(long) - common <= 4
