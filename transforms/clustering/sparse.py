"""Sparse TF-IDF vectors: numbers of terms and their weights, side by side in arrays.

Sums run in the order in which a vector has its terms, never in that of their numbers: these
depend on what a process saw before, the vectors do not.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

MAX_PASSAGE_TERMS = 96
MAX_EVENT_TERMS = 384

Sparse = Mapping[str, float]
Floats = NDArray[np.float64]
Numbers = NDArray[np.intp]


class Lexicon(dict[str, int]):
    """Numbers of terms: the first has 0, each new one the next. ``terms`` has them by number."""

    def __init__(self) -> None:
        super().__init__()
        self.terms: list[str] = []
        self._zeros = np.zeros(1024)
        self._places = np.empty(0, np.intp)
        self._placed = 0

    def __missing__(self, term: str) -> int:
        self[term] = number = len(self.terms)
        self.terms.append(term)
        return number

    def encode(self, terms: Sequence[str]) -> Numbers:
        """Return the numbers of ``terms``, intp; what is new gets one."""
        return np.fromiter(map(self.__getitem__, terms), np.intp, len(terms))

    def zeros(self) -> Floats:
        """Return a float64 of 0 for each term: to be written to, and to be left as it was."""
        if len(self._zeros) < len(self):
            self._zeros = np.zeros(2 * len(self))
        return self._zeros

    def places(self, place: Callable[[str], int]) -> Numbers:
        """Return ``place`` of each term, intp; it is asked once a term, and always the same."""
        if self._placed < len(self):
            new = self.terms[self._placed :]
            if len(self._places) < len(self):
                self._places = np.resize(self._places, 2 * len(self))
            self._places[self._placed : len(self)] = [place(term) for term in new]
            self._placed = len(self)
        return self._places[: len(self)]


class Coded(Sparse):
    """A vector whose terms are numbers of a lexicon, each at most once; not to be changed."""

    __slots__ = ("lexicon", "numbers", "weights")

    def __init__(self, lexicon: Lexicon, numbers: Numbers, weights: Floats) -> None:
        self.lexicon = lexicon
        self.numbers = numbers
        self.weights = weights

    def __len__(self) -> int:
        return len(self.numbers)

    def __iter__(self) -> Iterator[str]:
        terms = self.lexicon.terms
        return (terms[number] for number in self.numbers.tolist())

    def __getitem__(self, term: str) -> float:
        found = np.flatnonzero(self.numbers == self.lexicon.get(term, -1))
        if not len(found):
            raise KeyError(term)
        return float(self.weights[found[0]])

    def values(self) -> list[float]:  # type: ignore[override]
        """Return the weights."""
        return list(self.weights.tolist())

    def items(self) -> list[tuple[str, float]]:  # type: ignore[override]
        """Return terms and weights."""
        return list(zip(self, self.values(), strict=True))


def coded(vector: Sparse, lexicon: Lexicon) -> Coded:
    """Return ``vector`` with the numbers of ``lexicon``; itself where it has them."""
    if isinstance(vector, Coded) and vector.lexicon is lexicon:
        return vector
    weights = np.fromiter(vector.values(), np.float64, len(vector))
    return Coded(lexicon, lexicon.encode(list(vector)), weights)


def tfidf(counts: Sequence[Coded], idf: Floats) -> list[Coded]:
    """Return the unit vectors (1 + ln tf) * idf of some passages, their heaviest terms only.

    ``idf`` is that of all their terms, one passage after the other; counts below 1 are 1. The
    weights are those of the moment: they are not changed when the background grows.
    """
    tf = np.concatenate([one.weights for one in counts])
    weights = (1.0 + np.log(np.maximum(tf, 1.0))) * idf
    found, start = [], 0
    for one in counts:
        end = start + len(one.numbers)
        found.append(_unit(one.lexicon, one.numbers, weights[start:end]))
        start = end
    return found


def _unit(lexicon: Lexicon, numbers: Numbers, weights: Floats) -> Coded:
    if len(weights) > MAX_PASSAGE_TERMS:
        kept = _heaviest(weights, MAX_PASSAGE_TERMS)
        numbers, weights = numbers[kept], weights[kept]
    if not weights.all():
        numbers, weights = numbers[weights > 0.0], weights[weights > 0.0]
    return Coded(lexicon, numbers, weights / max(length(weights), 1e-300))


def weights_of(numbers: Numbers, vector: Coded) -> Floats:
    """Return what ``vector`` has for each of ``numbers``, 0 for nothing; float64."""
    weights = vector.lexicon.zeros()
    weights[vector.numbers] = vector.weights
    found = weights[numbers]
    weights[vector.numbers] = 0.0
    return found


def dots(ones: Sequence[Coded], others: Sequence[Coded]) -> Floats:
    """Return the inner products of each with each, float64 ``[len(ones), len(others)]``.

    All are of one lexicon. Each product is summed alone, in the order of the other's terms:
    company plays no part.
    """
    found = np.zeros((len(ones), len(others)))
    sizes = np.array([len(other.numbers) for other in others], np.intp)
    filled = sizes.nonzero()[0]  # a sum over nothing would be one over what follows
    if len(filled):
        numbers = np.concatenate([other.numbers for other in others])
        weights = np.concatenate([other.weights for other in others])
        starts = (sizes.cumsum() - sizes)[filled]
        for row, one in zip(found, ones, strict=True):
            row[filled] = np.add.reduceat(weights_of(numbers, one) * weights, starts)
    return found


def total(one: Coded, other: Coded) -> Coded:
    """Return the sum of two vectors of one lexicon: the terms of ``one``, then what is new."""
    weights = one.lexicon.zeros()
    weights[other.numbers] = other.weights
    sums = one.weights + weights[one.numbers]
    weights[one.numbers] = 0.0
    left = weights[other.numbers]
    weights[other.numbers] = 0.0
    new = left.nonzero()[0]
    return Coded(
        one.lexicon,
        np.concatenate([one.numbers, other.numbers[new]]),
        np.concatenate([sums, left[new]]),
    )


def times(vector: Sparse, factor: float) -> Sparse:
    """Return the vector with all weights multiplied."""
    if isinstance(vector, Coded):
        return Coded(vector.lexicon, vector.numbers, vector.weights * factor)
    return {term: weight * factor for term, weight in vector.items()}


def bounded(vector: Coded) -> Coded:
    """Return only the heaviest terms of a vector that outgrows its bound, else itself."""
    if len(vector) <= 2 * MAX_EVENT_TERMS:
        return vector
    kept = _heaviest(vector.weights, MAX_EVENT_TERMS)
    return Coded(vector.lexicon, vector.numbers[kept], vector.weights[kept])


def length(weights: Floats) -> float:
    """Return the Euclidean length."""
    return math.sqrt(float(weights @ weights))


def _heaviest(weights: Floats, count: int) -> NDArray[np.intp]:
    """Return the places of the heaviest, in order; of equal ones the first."""
    return np.sort(np.argsort(-weights, kind="stable")[:count])
