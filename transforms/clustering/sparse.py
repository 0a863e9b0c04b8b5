"""Sparse TF-IDF vectors as plain dictionaries: small, bounded, exact."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence

from transforms.clustering.background import Background

MAX_PASSAGE_TERMS = 96
MAX_EVENT_TERMS = 384

Sparse = dict[str, float]


def tfidf(terms: Sequence[str], counts: Sequence[float], background: Background) -> Sparse:
    """Return the unit vector (1 + ln tf) * idf of a passage, its heaviest terms only.

    The weights are those of the moment: they are not changed when the background grows.
    """
    weights = {
        term: (1.0 + math.log(max(count, 1.0))) * background.idf(term)
        for term, count in zip(terms, counts, strict=True)
    }
    heaviest = sorted(weights.items(), key=lambda item: (-item[1], item[0]))[:MAX_PASSAGE_TERMS]
    norm = math.sqrt(sum(weight * weight for _, weight in heaviest))
    return {term: weight / norm for term, weight in heaviest if weight > 0.0} if norm else {}


def dot(one: Mapping[str, float], other: Mapping[str, float]) -> float:
    """Return the inner product, rounded once: the order of summation plays no part."""
    return math.fsum([one[term] * other[term] for term in one.keys() & other.keys()])


def add(total: Sparse, vector: Mapping[str, float]) -> None:
    """Add ``vector`` to ``total`` in place; keep the heaviest terms when it outgrows its bound."""
    for term, weight in vector.items():
        total[term] = total.get(term, 0.0) + weight
    if len(total) > 2 * MAX_EVENT_TERMS:
        heaviest = sorted(total.items(), key=lambda item: (-item[1], item[0]))[:MAX_EVENT_TERMS]
        total.clear()
        total.update(heaviest)


def norm(vector: Mapping[str, float]) -> float:
    """Return the Euclidean length."""
    return math.sqrt(sum(weight * weight for weight in vector.values()))
