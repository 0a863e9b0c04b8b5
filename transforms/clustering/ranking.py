"""Which events a query fits best, and which come into question at all."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence, Set
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from transforms.clustering.compare import compare
from transforms.clustering.events import Event, EventStore, Query
from transforms.clustering.index import Floats, Rows
from transforms.clustering.score import Weights

FIRST_WEIGHS = 50
"""Articles that the first guess of what is usual weighs as much as."""
MEMORY = 3_000
"""Articles over which the mean is taken: older ones fade."""


@dataclass(frozen=True, slots=True)
class Ranked:
    """Events with their log-odds, best first; ``rows`` has their features, at ``order``."""

    events: list[Event]
    scores: list[float]
    rows: NDArray[np.float64]
    order: list[int]

    @property
    def best(self) -> Event | None:
        """The first of the events."""
        return self.events[0] if self.events else None

    @property
    def score(self) -> float:
        """Log-odds of the first; minus infinity where there is none."""
        return self.scores[0] if self.scores else -math.inf

    def features(self, place: int = 0) -> tuple[float, ...]:
        """Return the features of the event at a place, in the order of FEATURES."""
        return tuple(self.rows[self.order[place]].tolist())

    def place(self, event: Event | None) -> int | None:
        """Return the place of an event, None where it is not among them."""
        return next((place for place, other in enumerate(self.events) if other is event), None)

    def score_of(self, event: Event | None) -> float:
        """Return the log-odds of an event; minus infinity where it is not among them."""
        place = self.place(event)
        return -math.inf if place is None else self.scores[place]


@dataclass(slots=True)
class Judge:
    """Ranks events by their scores, which are measured against what is usual in the stream.

    In a stream of short texts an article has little in common with any event, in one of a single
    subject much with many: neither says anything. So it learns how much articles have in common
    with events that are near but, nearly all, not theirs.

    Attributes:
        weights: of the score.
        usual: mean over articles of their median likeness to their candidates, log-odds.
        seen: articles that it was learned from.
    """

    weights: Weights
    usual: float
    seen: int = 0

    @classmethod
    def of(cls, weights: Weights) -> Judge:
        """Return one that has seen nothing."""
        return cls(weights, weights.usual)

    def rank(self, query: Query, store: EventStore, slots: Iterable[int]) -> Ranked:
        """Return the events in these slots by score; ties go to the older, then smaller id."""
        distinct = list(dict.fromkeys(slots))
        [ranked] = self.ranks([query], store, [distinct])
        return ranked

    def ranks(
        self, queries: Sequence[Query], store: EventStore, slots: Sequence[Sequence[int]]
    ) -> list[Ranked]:
        """Return the same for several queries; each has a slot at most once."""
        return [
            in_order([store.events[slot] for slot in some], rows[0], scores[0])
            for some, (rows, scores) in zip(
                slots, self.scored([[query] for query in queries], store, slots), strict=True
            )
        ]

    def scored(
        self, groups: Sequence[Sequence[Query]], store: EventStore, slots: Sequence[Sequence[int]]
    ) -> list[tuple[NDArray[np.float64], NDArray[np.float64]]]:
        """Return for each group of queries the features and log-odds of each with its slots.

        They are ``[queries, slots, features]`` and ``[queries, slots]``.
        """
        found = compare(groups, store, slots)
        for rows in found:
            rows[:, :, -1] = min(self.usual, self.weights.most)
        return [(rows, self.weights.score(rows)) for rows in found]

    def learn(self, candidates: Sequence[NDArray[np.float64]]) -> None:
        """Learn from the features of some articles' candidates, the same number for each."""
        if not candidates:
            return
        for likeness in np.median(self.weights.likeness(np.stack(candidates)), axis=1).tolist():
            self.seen += 1
            self.usual += (likeness - self.usual) / min(FIRST_WEIGHS + self.seen, MEMORY)


def in_order(events: Sequence[Event], rows: NDArray[np.float64], scores: NDArray[Any]) -> Ranked:
    """Return events by score; ties go to the older, then smaller id."""
    falling: list[Any] = (-scores).tolist()
    if len(set(falling)) < len(falling):
        falling = [(s, e.first, e.event_id) for s, e in zip(falling, events, strict=True)]
    places = sorted(range(len(events)), key=falling.__getitem__)
    values = scores.tolist()
    return Ranked([events[n] for n in places], [values[n] for n in places], rows, places)


class Neighbours:
    """The slots nearest to each of some vectors, kept up while events of the store change.

    All are searched for at once, for one by one costs ten times as much. An event that changed
    since, or is new, is compared anew with those found.

    Args:
        store: whose slots; events may be added meanwhile, but none removed.
        vectors: float32 ``[n, d]``.
        count: slots wanted for each.
    """

    def __init__(self, store: EventStore, vectors: Floats, count: int) -> None:
        self._store, self._vectors, self._count = store, vectors, count
        self._cosines, found = store.search(vectors, count)
        self._slots: list[list[int]] = found.tolist()
        self._places: dict[int, int] = {}
        self._centroids = Rows((store.dimension,), np.float32)

    def change(self, slot: int) -> None:
        """Note that the event in a slot has changed, or is new."""
        centroid = self._store.centroid(slot)
        if slot in self._places:
            self._centroids.overwrite(self._places[slot], centroid)
        else:
            self._places[slot] = self._centroids.append(centroid)

    @property
    def changed(self) -> Set[int]:
        """Slots of the events that changed since the search."""
        return self._places.keys()

    def of(self, row: int) -> Sequence[int]:
        """Return the slots nearest to a vector."""
        slots, cosines = self._slots[row], self._cosines[row]
        if not self._places:
            return slots
        now = self._centroids.all @ self._vectors[row]
        known = dict(zip(slots, cosines.tolist(), strict=True))
        moved = self._places.keys() & known.keys()
        known.update((slot, float(now[self._places[slot]])) for slot in moved)
        last = min(known.values()) if len(slots) == self._count else -math.inf
        near = (now > last).nonzero()[0].tolist()
        if not near and not moved:
            return slots
        changed = list(self._places)
        known.update((changed[place], float(now[place])) for place in near)
        return sorted(known, key=known.__getitem__, reverse=True)[: self._count]
