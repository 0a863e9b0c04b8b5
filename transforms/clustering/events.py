"""Level 1: events, kept as sums. No member is stored; what a decision needs follows from them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from transforms.clustering.index import CentroidIndex
from transforms.clustering.score import gap_feature, margins
from transforms.clustering.sparse import Sparse, add, dot, norm

Floats = NDArray[np.float32]
DAY = 86_400_000_000
"""Microseconds."""


@dataclass(slots=True)
class Query:
    """A passage as the store compares it."""

    passage_id: str
    time: int
    vector: Floats
    lead: Floats
    sparse: Sparse


@dataclass(slots=True)
class Event:
    """One event. ``total`` and ``lead`` are sums of unit vectors of its passages, float32 [d]."""

    event_id: str
    total: Floats
    lead: Floats
    sparse: Sparse
    first: int
    last: int
    sparse_norm: float = 0.0
    passages: int = 0
    articles: int = 0
    copies: int = 0
    time_sum: float = 0.0
    sources: dict[str, int] = field(default_factory=dict)
    headlines: dict[str, float] = field(default_factory=dict)
    last_article: str = ""
    opened: int = 0
    """Event time of the article that opened it."""

    @property
    def mean_time(self) -> float:
        """Mean event time of its passages, microseconds."""
        return self.time_sum / max(self.passages, 1)


class EventStore:
    """Events in slots, with an exact index over their centroids."""

    def __init__(self, dimension: int) -> None:
        self.dimension = dimension
        self.events: list[Event] = []
        self.slots: dict[str, int] = {}
        self._index = CentroidIndex(dimension)

    def __len__(self) -> int:
        return len(self.events)

    def get(self, event_id: str) -> Event | None:
        """Return the event of that id, if it is here."""
        slot = self.slots.get(event_id)
        return None if slot is None else self.events[slot]

    def nearest(self, vectors: Floats, count: int) -> list[list[str]]:
        """Return ids of the events with the nearest centroids to each row, best first."""
        if not self.events:
            return [[] for _ in vectors]
        rows = self._index.search(vectors, count)
        return [[self.events[slot].event_id for slot in row if slot >= 0] for row in rows.tolist()]

    def open(self, query: Query, event_id: str) -> Event:
        """Open an event with a first passage."""
        zero = np.zeros(self.dimension, np.float32)
        event = Event(
            event_id, zero, zero.copy(), {}, query.time, query.time, opened=query.time
        )
        self.insert(event)
        self.join(event, query)
        return event

    def insert(self, event: Event) -> None:
        """Add an event as it is (restored, or woken)."""
        self.slots[event.event_id] = self._index.append(_centroid(event))
        self.events.append(event)

    def join(self, event: Event, query: Query) -> None:
        """Add a passage to an event."""
        event.total += query.vector
        event.lead += query.lead
        add(event.sparse, query.sparse)
        event.sparse_norm = norm(event.sparse)
        event.passages += 1
        event.time_sum += query.time
        event.first = min(event.first, query.time)
        event.last = max(event.last, query.time)
        self._index.overwrite(self.slots[event.event_id], _centroid(event))

    def pop(self, event_id: str) -> Event:
        """Remove an event and return it."""
        slot = self.slots.pop(event_id)
        event, last = self.events[slot], self.events.pop()
        if last is not event:
            self.events[slot] = last
            self.slots[last.event_id] = slot
        self._index.remove(slot)
        return event

    def restore(self, events: Sequence[Event]) -> None:
        """Replace everything by ``events``, in this order of slots."""
        self.events = list(events)
        self.slots = {event.event_id: slot for slot, event in enumerate(self.events)}
        rows = [_centroid(event) for event in self.events]
        self._index.rebuild(np.stack(rows) if rows else np.zeros((0, self.dimension), np.float32))


def _centroid(event: Event) -> Floats:
    return event.total / max(float(np.linalg.norm(event.total)), np.float32(1e-12))


def features(query: Query, events: Sequence[Event]) -> NDArray[np.float64]:
    """Return float64 ``[len(events), len(FEATURES)]``.

    Average-link similarities follow from the sums alone: the mean inner product of x with the
    n members of an event is x.S / n (Steinbach et al., 2000, A comparison of document clustering
    techniques, section 3).
    """
    if not events:
        return np.zeros((0, 6))
    count = np.array([event.passages for event in events], np.float64)
    totals = np.stack([event.total for event in events])
    dense = (totals @ query.vector).astype(np.float64)
    dense_norm = np.sqrt(np.einsum("ij,ij->i", totals, totals).astype(np.float64))
    lead = (np.stack([event.lead for event in events]) @ query.lead).astype(np.float64)
    sparse = np.array([dot(query.sparse, event.sparse) for event in events])
    sparse_norm = np.array([event.sparse_norm for event in events])
    silence = [max(query.time - event.last, event.first - query.time, 0) / DAY for event in events]
    return np.column_stack(
        [
            dense / count,
            sparse / count,
            lead / count,
            gap_feature(silence),
            margins(dense / np.maximum(dense_norm, 1e-12)),
            margins(sparse / np.maximum(sparse_norm, 1e-12)),
        ]
    )
