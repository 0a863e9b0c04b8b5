"""Name a storyline in two to four words, as an editor would: ``TikTok deal``.

A word is worth the chance that an editor would use it, from how many headlines have it, how
often the articles do, and how rare it is in the stream. A label is worth the F1 that it can
expect against an editor's name of ``NAME_WORDS`` words, less a penalty for what reads badly.
"""

from __future__ import annotations

import json
import math
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache
from importlib.resources import files
from itertools import combinations
from typing import Protocol

from transforms.clustering.headlines import OUTLETS, Cases, Word, clean, neighbours
from transforms.clustering.headlines import split as split_headline
from transforms.clustering.headlines import telling_cases
from transforms.clustering.label_words import COMPOUNDS, CONNECTORS, DATES, DROPPED, VERBS
from transforms.clustering.terms import tokenise

UNTITLED = "Untitled"
"""The label where there is no word at all."""
MAX_HEADLINES = 32
"""Headlines looked at, the heaviest first."""
MAX_WORDS = 4
"""Content words of a label."""
NAME_WORDS = 4.0
"""Words of the name that an editor is taken to have in mind; more makes labels longer."""
TITLE_WEIGHT = 3.0
"""What a title's term adds to the counts (see :func:`transforms.clustering.terms.count_terms`)."""
LEAD = 1.25
"""How many times the current label's score a new one must reach to replace it."""
CUT_PENALTY = 0.12
"""Taken off for a name cut in half at either end (``White`` of ``White House``)."""
JOIN_PENALTY = 0.04
"""Taken off for a label whose words stand together in no headline."""
SINGLE_PENALTY = 0.15
"""Taken off for a label of one word, which says who but not what."""
UNLIKELY = 0.3
"""Factor on the chance of a weekday, a month or an outlet's name."""


@dataclass(frozen=True)
class Headline:
    """A headline as it was printed. ``weight`` (over 0) grows with how central its article is."""

    text: str
    weight: float = 1.0
    source: str | None = None


@dataclass(frozen=True)
class Evidence:
    """What is kept of a storyline for its label.

    Attributes:
        headlines: of central and diverse articles; may be empty.
        terms: counts summed over the passages, a title's term three times; may be cut to the top.
        articles: how many articles the terms are from.
    """

    headlines: Sequence[Headline]
    terms: Mapping[str, float]
    articles: int


@dataclass(frozen=True)
class Label:
    """A storyline's name.

    Attributes:
        text: two to four content words where there are so many, never empty.
        headline: the most central headline, cleaned; empty where there is none.
        terms: the most characteristic terms, best first, ten at most.
        score: expected F1 (0 to 1) against an editor's name, less penalties; 0 for a fallback.
    """

    text: str
    headline: str
    terms: tuple[str, ...]
    score: float


class Background(Protocol):
    """How common terms are in the whole stream."""

    total: float

    def df(self, term: str) -> float:
        """Return the number of articles with ``term``."""


def label(evidence: Evidence, background: Background) -> Label:
    """Return the best label. The same evidence gives the same label, in whatever order it is."""
    return _Judge(evidence, background).best()


def keep(current: str | None, evidence: Evidence, background: Background) -> Label:
    """Return ``current`` with fresh terms, or the best label where that is clearly better.

    The current label stays while the best scores less than ``LEAD`` times as much.
    """
    judge = _Judge(evidence, background)
    best = judge.best()
    if not current or current in (best.text, UNTITLED):
        return best
    value = judge.score(_label_keys(current))
    if value <= 0 or best.score >= LEAD * value:
        return best
    return Label(current, best.headline, best.terms, value)


def score(text: str, evidence: Evidence, background: Background) -> float:
    """Return what ``text`` is worth as the label of this evidence, 0 to 1."""
    return _Judge(evidence, background).score(_label_keys(text))


def features(
    evidence: Evidence, background: Background
) -> dict[str, tuple[float, float, float]]:
    """Return for each term: share of headlines, ln(1 + count an article beside titles), idf."""
    judge = _Judge(evidence, background)
    return {term: judge.features(term) for term in sorted({*judge.shares, *evidence.terms})}


@dataclass(frozen=True)
class _Read:
    """A headline that was read."""

    text: str
    segments: tuple[tuple[Word, ...], ...]
    keys: frozenset[str]
    telling: tuple[str, ...]


@lru_cache(maxsize=1 << 14)
def _read(title: str, source: str | None) -> _Read:
    text = clean(title, source)
    segments = tuple(tuple(segment) for segment in split_headline(text))
    keys = frozenset(key for segment in segments for word in segment for key in word.keys)
    return _Read(text, segments, keys, tuple(telling_cases(text)))


@dataclass(frozen=True)
class _Phrase:
    words: tuple[Word, ...]
    keys: tuple[str, ...]
    place: float

    @property
    def text(self) -> str:
        return " ".join(word.surface for word in self.words)


class _Judge:
    """Scores labels for one storyline."""

    def __init__(self, evidence: Evidence, background: Background) -> None:
        ordered = sorted(evidence.headlines, key=lambda h: (-h.weight, h.text, h.source or ""))
        self.evidence = evidence
        self.background = background
        self.headlines = [
            (read, max(h.weight, 1e-9))
            for h in ordered[:MAX_HEADLINES]
            if (read := _read(h.text, h.source)).segments
        ]
        self.total = sum(weight for _, weight in self.headlines)
        self.shares = self._shares()
        self._chances: dict[str, float] = {}

    def _shares(self) -> dict[str, float]:
        shares: dict[str, float] = {}
        for read, weight in self.headlines:
            for key in sorted(read.keys):
                shares[key] = shares.get(key, 0.0) + weight / self.total
        return shares

    def features(self, term: str) -> tuple[float, float, float]:
        share = self.shares.get(term, 0.0)
        count = self.evidence.terms.get(term, 0.0) / max(self.evidence.articles, 1)
        idf = math.log((self.background.total + 1.0) / (self.background.df(term) + 0.5))
        return share, math.log1p(max(count - TITLE_WEIGHT * share, 0.0)), max(idf, 0.0)

    def chance(self, term: str) -> float:
        """Return the chance that an editor would use ``term``."""
        if term not in self._chances:
            weights = _weights()
            odds = weights[0] + sum(
                weight * value
                for weight, value in zip(weights[1:], self.features(term), strict=True)
            )
            unlikely = term in DATES or (term in OUTLETS and self.shares.get(term, 0.0) < 0.5)
            self._chances[term] = (UNLIKELY if unlikely else 1.0) / (1.0 + math.exp(-odds))
        return self._chances[term]

    def score(self, keys: Sequence[str]) -> float:
        if not keys:
            return 0.0
        value = 2.0 * sum(map(self.chance, keys)) / (len(keys) + NAME_WORDS)
        value -= CUT_PENALTY * self._cuts(keys)
        value -= JOIN_PENALTY * (tuple(keys) not in self.phrases)
        return max(value - SINGLE_PENALTY * (len(keys) == 1), 0.0)

    def _cuts(self, keys: Sequence[str]) -> int:
        inside = set(zip(keys, keys[1:], strict=False))
        cut = 0
        for left, right in self.bonds - inside:
            cut += (left in keys) != (right in keys)
        return cut

    @cached_property
    def bonds(self) -> frozenset[tuple[str, str]]:
        """Pairs of terms of which neither should stand alone."""
        pairs: Counter[tuple[str, str]] = Counter()
        names: set[tuple[str, str]] = set()
        counts: Counter[str] = Counter()
        for read, _ in self.headlines:
            found = neighbours(map(list, read.segments))
            pairs.update(found.keys())
            names.update(pair for pair, named in found.items() if named)
            counts.update(read.keys)
        return frozenset(
            pair
            for pair, together in pairs.items()
            if pair in COMPOUNDS or (together > 1 or pair in names) and self._bound(pair, together, counts)
        )

    def _bound(self, pair: tuple[str, str], together: int, counts: Counter[str]) -> bool:
        apart = max(counts[pair[0]], counts[pair[1]])
        first, second = (self.evidence.terms.get(key, 0.0) for key in pair)
        surname = second >= 1.5 * first
        return together >= 0.7 * apart and not surname

    @cached_property
    def phrases(self) -> dict[tuple[str, ...], _Phrase]:
        """What could be a label, or a part of one, by its terms."""
        ways: dict[tuple[str, ...], dict[str, float]] = {}
        found: dict[tuple[str, ...], list[_Phrase]] = {}
        for read, weight in self.headlines:
            for phrase in _spans(read):
                seen = ways.setdefault(phrase.keys, {})
                seen[phrase.text] = seen.get(phrase.text, 0.0) + weight
                found.setdefault(phrase.keys, []).append(phrase)
        return {
            keys: min(same, key=lambda p: (-ways[p.keys][p.text], len(p.words), p.text))
            for keys, same in found.items()
        }

    def best(self) -> Label:
        ranked = sorted(
            ((self.score(phrase.keys), phrase) for phrase in self.phrases.values()),
            key=lambda item: (-item[0], item[1].text),
        )
        ranked += self._joined([phrase for _, phrase in ranked if len(phrase.keys) < MAX_WORDS])
        if not ranked:
            return self._fallback()
        value, phrase = min(ranked, key=lambda item: (-item[0], item[1].text))
        return Label(self._written(phrase), self.headline, self.terms, value)

    def _joined(self, phrases: list[_Phrase]) -> list[tuple[float, _Phrase]]:
        """Return pairs such as actor and topic, in the order in which headlines have them."""
        short = [p for p in phrases if self._whole(p)][:24]
        joined = []
        for one, other in combinations(short, 2):
            first, second = sorted((one, other), key=lambda p: (p.place, p.text))
            keys = first.keys + second.keys
            if len(keys) <= MAX_WORDS and not repeats(keys):
                phrase = _Phrase(first.words + second.words, keys, first.place)
                joined.append((self.score(keys), phrase))
        return joined

    def _whole(self, phrase: _Phrase) -> bool:
        return all(word.keys for word in phrase.words)

    def _written(self, phrase: _Phrase) -> str:
        text = " ".join(self.cases.restore(word.surface) for word in phrase.words)
        return text[:1].upper() + text[1:] if text[1:2].islower() or " " in text[:3] else text

    @cached_property
    def cases(self) -> Cases:
        cases = Cases()
        for read, _ in self.headlines:
            cases.add(read.telling)
        return cases

    @cached_property
    def headline(self) -> str:
        def central(item: tuple[_Read, float]) -> tuple[float, str]:
            read, weight = item
            worth = 2.0 * sum(map(self.chance, sorted(read.keys))) / (len(read.keys) + 8.0)
            return -weight * worth, read.text

        return min(self.headlines, key=central)[0].text if self.headlines else ""

    @cached_property
    def terms(self) -> tuple[str, ...]:
        counts = self.evidence.terms
        worth = {
            term: math.log1p(counts[term]) * self.features(term)[2]
            for term in counts
            if not term[0].isdigit()
        }
        return tuple(sorted(worth, key=lambda term: (-worth[term], term))[:10])

    def _fallback(self) -> Label:
        """Return a label from the terms of the texts, else from whatever the headlines have."""
        ranked = sorted(self.evidence.terms, key=lambda term: (-self.chance(term), term))
        words: list[str] = []
        for term in ranked:
            fits = any(map(str.isalpha, term)) and term not in VERBS
            if fits and not repeats((*words, term)) and len(words) < 3:
                words.append(term)
        if not words:
            words = [w.surface for read, _ in self.headlines[:1] for s in read.segments for w in s][:4]
        text = " ".join(words)
        return Label(text[:1].upper() + text[1:] or UNTITLED, self.headline, self.terms, 0.0)


def _spans(read: _Read) -> Iterator[_Phrase]:
    """Yield the runs of words that can stand as a label, or as a part of one."""
    size = sum(map(len, read.segments))
    place = 0
    for segment in read.segments:
        for start in range(len(segment)):
            yield from _from(segment, start, (place + start) / size)
        place += len(segment)


def _from(segment: tuple[Word, ...], start: int, place: float) -> Iterator[_Phrase]:
    words: list[Word] = []
    keys: list[str] = []
    for word in segment[start:]:
        lower = word.surface.lower()
        if not words and (not word.keys or lower in VERBS):
            return
        if lower in DROPPED:
            continue
        if not word.keys and lower not in CONNECTORS:
            return
        words.append(word)
        keys.extend(word.keys)
        if len(keys) > MAX_WORDS or repeats(keys):
            return
        if word.keys and lower not in VERBS:
            yield _Phrase(tuple(words), tuple(keys), place)


def repeats(keys: Sequence[str]) -> bool:
    """Return whether two of these terms are forms of one word (``immigrant``, ``immigration``)."""
    return any(_akin(one, other) for one, other in combinations(keys, 2))


def _akin(one: str, other: str) -> bool:
    short, long = sorted((one, other), key=len)
    common = next((i for i, c in enumerate(short) if c != long[i]), len(short))
    if common == len(short):
        return len(long) - common <= (3 if common > 3 else 0)
    return common >= 5 and len(long) - common <= 4


def _label_keys(text: str) -> tuple[str, ...]:
    return tuple(dict.fromkeys(tokenise(text)))


@lru_cache(maxsize=1)
def _weights() -> tuple[float, ...]:
    text = files("transforms.clustering").joinpath("label_weights.json").read_text("utf-8")
    values = json.loads(text)["weights"]
    return tuple(float(values[name]) for name in ("bias", "headlines", "body", "idf"))
