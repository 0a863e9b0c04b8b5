"""What is known of a storyline's words: how likely an editor would use each of them."""

from __future__ import annotations

import json
import math
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache
from importlib.resources import files
from typing import Protocol

from transforms.clustering.headlines import OUTLETS, neighbours
from transforms.clustering.label_words import COMPOUNDS, DATES
from transforms.clustering.phrases import read_headline
from transforms.clustering.terms import TITLE_WEIGHT, tokenise

MAX_HEADLINES = 32
"""Headlines looked at, the heaviest first."""
UNLIKELY = 0.3
"""Factor on the chance of a weekday, a month or an outlet's name."""
TOPIC_SHARE = 0.5
"""A common noun says what a storyline is about from this share of the likeliest one's chance."""


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


class Background(Protocol):
    """How common terms are in the whole stream."""

    total: float

    def df(self, term: str) -> float:
        """Return the number of articles with ``term``."""


class Vocabulary:
    """The words of one storyline. Sums are taken in one order: the same evidence, the same sums."""

    def __init__(self, evidence: Evidence, background: Background) -> None:
        ordered = sorted(evidence.headlines, key=lambda h: (-h.weight, h.text, h.source or ""))
        self.evidence = evidence
        self.background = background
        self.headlines = [
            (read, max(h.weight, 1e-9))
            for h in ordered[:MAX_HEADLINES]
            if (read := read_headline(h.text, h.source)).segments
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
        """Return share of headlines, relative count in the texts, idf: see ``features``."""
        shrink = len(self.headlines) / (len(self.headlines) + 1.0)
        idf = math.log((self.background.total + 1.0) / (self.background.df(term) + 0.5))
        return (
            self.shares.get(term, 0.0) * shrink,
            self._body(term) / self.most,
            max(idf, 0.0),
        )

    def _body(self, term: str) -> float:
        count = self.evidence.terms.get(term, 0.0) / max(self.evidence.articles, 1)
        return math.log1p(max(count - TITLE_WEIGHT * self.shares.get(term, 0.0), 0.0))

    @cached_property
    def most(self) -> float:
        """ln(1 + count an article) of the top term, 1 where there is none."""
        return max(map(self._body, self.evidence.terms), default=0.0) or 1.0

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

    @cached_property
    def pairs(self) -> frozenset[tuple[str, str]]:
        """Terms that stand side by side in some headline."""
        return frozenset(p for read, _ in self.headlines for p in neighbours(read.segments))

    @cached_property
    def topics(self) -> frozenset[str]:
        """Common nouns about as likely in an editor's name as the likeliest of them."""
        common = {key: self.chance(key) for key in sorted({*self.shares} - self.names)}
        least = TOPIC_SHARE * max(common.values(), default=0.0)
        return frozenset(key for key, chance in common.items() if chance >= least)

    @cached_property
    def bonds(self) -> frozenset[tuple[str, str]]:
        """Pairs of terms of which neither should stand alone."""
        pairs: Counter[tuple[str, str]] = Counter()
        names: set[tuple[str, str]] = set()
        counts: Counter[str] = Counter()
        for read, _ in self.headlines:
            found = neighbours(read.segments)
            pairs.update(found.keys())
            names.update(pair for pair, named in found.items() if named)
            counts.update(read.keys)
        return frozenset(
            pair
            for pair, together in pairs.items()
            if pair in COMPOUNDS
            or ((together > 1 or pair in names) and self._bound(pair, together, counts))
        )

    def _bound(self, pair: tuple[str, str], together: int, counts: Counter[str]) -> bool:
        apart = max(counts[pair[0]], counts[pair[1]])
        first, second = (self.evidence.terms.get(key, 0.0) for key in pair)
        surname = second >= 1.5 * first
        return together >= 0.7 * apart and not surname

    @cached_property
    def names(self) -> frozenset[str]:
        """Terms mostly written as names, where case means something."""
        return frozenset(key for key, votes in self.votes.items() if votes > 0)

    @cached_property
    def common(self) -> frozenset[str]:
        """Terms mostly written in lower case."""
        return frozenset(key for key, votes in self.votes.items() if votes < 0)

    @cached_property
    def votes(self) -> Counter[str]:
        """For each term, how often it was written as a name, less how often not."""
        named: Counter[str] = Counter()
        for read, _ in self.headlines:
            for word in read.telling:
                named.update(dict.fromkeys(tokenise(word), 1 if word[0].isupper() else -1))
        return named


@lru_cache(maxsize=1)
def _weights() -> tuple[float, ...]:
    text = files("transforms.clustering").joinpath("label_weights.json").read_text("utf-8")
    values = json.loads(text)["weights"]
    return tuple(float(values[name]) for name in ("bias", "headlines", "body", "idf"))
