"""How common a term is, learned from the stream."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping

MAX_TERMS = 200_000
"""Terms remembered; beyond it those seen once are forgotten, then those seen twice, and so on."""


class Background:
    """Document frequencies of terms, over articles; bounded.

    Args:
        counts: articles in which each term occurred.
        total: articles seen.
    """

    def __init__(self, counts: Mapping[str, float] | None = None, total: float = 0.0) -> None:
        self.counts: dict[str, float] = dict(counts or {})
        self.total = total

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
        """Return the number of articles seen with ``term``."""
        return self.counts.get(term, 0.0)

    def idf(self, term: str) -> float:
        """Return ln((N + 1) / (df + .5)), at least 0: smoothed inverse document frequency."""
        return max(math.log((self.total + 1.0) / (self.counts.get(term, 0.0) + 0.5)), 0.0)
