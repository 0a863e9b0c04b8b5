"""How common a term is: known roughly from the start, then learned from the stream."""

from __future__ import annotations

import json
import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from importlib.resources import files

import numpy as np

from transforms.clustering.sparse import Floats, Lexicon, Numbers

MAX_TERMS = 200_000
"""Terms remembered; beyond it those seen once are forgotten, then those seen twice, and so on."""


@dataclass(frozen=True)
class Prior:
    """What is taken for granted before the first article.

    Attributes:
        articles: how many seen articles it weighs as much as.
        shares: share of articles with a term, 0 to 1; a term that is not there has 0.
    """

    articles: float
    shares: Mapping[str, float]


NO_PRIOR = Prior(0.0, {})


@lru_cache(maxsize=1)
def default_prior() -> Prior:
    """Return the shares in ``background.json``, which says what they were counted on."""
    text = files("transforms.clustering").joinpath("background.json").read_text("utf-8")
    values = json.loads(text)
    return Prior(float(values["articles"]), values["shares"])


class Background:
    """Document frequencies of terms, over articles; bounded.

    Args:
        counts: articles seen in which each term occurred, without the prior's.
        total: articles seen, with the prior's; None for none seen.
        prior: None for the packaged one.

    Attributes:
        lexicon: numbers of the terms seen; it has also those that are forgotten, until
            :meth:`renumber`.
    """

    def __init__(
        self,
        counts: Mapping[str, float] | None = None,
        total: float | None = None,
        prior: Prior | None = None,
    ) -> None:
        self.prior = default_prior() if prior is None else prior
        self.total = self.prior.articles if total is None else total
        self._count(counts or {})

    def _count(self, counts: Mapping[str, float]) -> None:
        self.lexicon = Lexicon()
        self._seen = np.zeros(1024)
        self._known = np.zeros(1024)
        self._ready = 0
        self._distinct = len(counts)
        numbers = self.lexicon.encode(list(counts))
        self._grow()
        self._seen[numbers] = np.fromiter(counts.values(), np.float64, len(counts))

    @property
    def counts(self) -> dict[str, float]:
        """Articles seen in which each term occurred, without the prior's, by term."""
        seen = zip(self.lexicon.terms, self._seen.tolist(), strict=False)
        return dict(sorted((term, count) for term, count in seen if count))

    def add(self, terms: Iterable[str]) -> None:
        """Count one article with these distinct terms."""
        self.count(self.lexicon.encode(list(terms)))

    def count(self, numbers: Numbers) -> None:
        """Count one article with the distinct terms of these numbers of the lexicon."""
        self._grow()
        self.total += 1.0
        self._distinct += len(numbers) - int(np.count_nonzero(self._seen[numbers]))
        self._seen[numbers] += 1.0
        floor = 1.0
        while self._distinct > MAX_TERMS:
            self._seen[self._seen <= floor] = 0.0
            self._distinct = int(np.count_nonzero(self._seen))
            floor += 1.0

    def renumber(self) -> None:
        """Start a new lexicon, of the terms counted; vectors of the old one need recoding."""
        self._count(self.counts)

    def df(self, term: str) -> float:
        """Return the number of articles with ``term``, the prior's among them."""
        number = self.lexicon.get(term, -1)
        seen = float(self._seen[number]) if 0 <= number < self._ready else 0.0
        return seen + self.prior.articles * self.prior.shares.get(term, 0.0)

    def idf(self, term: str) -> float:
        """Return ln((N + 1) / (df + .5)), at least 0: smoothed inverse document frequency."""
        return max(math.log((self.total + 1.0) / (self.df(term) + 0.5)), 0.0)

    def idfs(self, numbers: Numbers) -> Floats:
        """Return the same for terms by number, float64."""
        self._grow()
        df = self._seen[numbers] + self._known[numbers]
        return np.maximum(np.log((self.total + 1.0) / (df + 0.5)), 0.0)

    def _grow(self) -> None:
        """Make room for what is new in the lexicon."""
        new = self.lexicon.terms[self._ready :]
        if not new:
            return
        end = self._ready + len(new)
        if end > len(self._seen):
            room = np.zeros(2 * end - len(self._seen))
            self._seen = np.concatenate([self._seen, room])
            self._known = np.concatenate([self._known, room])
        shares = self.prior.shares
        self._known[self._ready : end] = [self.prior.articles * shares.get(t, 0.0) for t in new]
        self._ready = end
