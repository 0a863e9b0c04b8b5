"""How common a term is: known roughly from the start, then learned from the stream."""

from __future__ import annotations

import json
import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from importlib.resources import files

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
    """

    def __init__(
        self,
        counts: Mapping[str, float] | None = None,
        total: float | None = None,
        prior: Prior | None = None,
    ) -> None:
        self.prior = default_prior() if prior is None else prior
        self.counts: dict[str, float] = dict(counts or {})
        self.total = self.prior.articles if total is None else total

    def add(self, terms: Iterable[str]) -> None:
        """Count one article with these distinct terms."""
        self.total += 1.0
        for term in terms:
            self.counts[term] = self.counts.get(term, 0.0) + 1.0
        floor = 1.0
        while len(self.counts) > MAX_TERMS:
            self.counts = {term: n for term, n in self.counts.items() if n > floor}
            floor += 1.0

    def df(self, term: str) -> float:
        """Return the number of articles with ``term``, the prior's among them."""
        known = self.prior.articles * self.prior.shares.get(term, 0.0)
        return self.counts.get(term, 0.0) + known

    def idf(self, term: str) -> float:
        """Return ln((N + 1) / (df + .5)), at least 0: smoothed inverse document frequency."""
        return max(math.log((self.total + 1.0) / (self.df(term) + 0.5)), 0.0)
