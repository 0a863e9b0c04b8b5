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
    """What is compared with events: a passage, passages of one article, or a whole event.

    Attributes:
        vector: unit vector, or the mean of an event's; float32 [d], as is ``lead``.
        time: event time, microseconds; ``until`` is the end where it spans a period.
        dated: whether the time says anything; it does not where it is that of fetching.
    """

    passage_id: str
    time: int
    vector: Floats
    lead: Floats
    sparse: Sparse
    dated: bool = True
    until: int | None = None


@dataclass(slots=True)
class Event:
    """One event. ``total`` and ``lead`` are sums of unit vectors of its passages, float32 [d].

    Passages of one article that came in together count as one; ``dated`` of them had a date.
    """

    event_id: str
    total: Floats
    lead: Floats
    sparse: Sparse
    first: int
    last: int
    sparse_norm: float = 0.0
    passages: int = 0
    dated: int = 0
    articles: int = 0
    copies: int = 0
    time_sum: float = 0.0
    sources: dict[str, int] = field(default_factory=dict)
    headlines: dict[str, float] = field(default_factory=dict)
    last_article: str = ""
    opened: int = 0
    """Event time of the article that opened it."""


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
        event = Event(event_id, zero, zero.copy(), {}, query.time, query.time, opened=query.time)
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
        event.dated += query.dated
        event.time_sum += query.time
        event.first = min(event.first, query.time)
        event.last = max(event.last, query.time)
        self._index.overwrite(self.slots[event.event_id], _centroid(event))

    def absorb(self, winner: Event, loser: Event) -> None:
        """Add all of ``loser``, which is no longer in the store, to ``winner``, which is."""
        winner.total += loser.total
        winner.lead += loser.lead
        add(winner.sparse, loser.sparse)
        winner.sparse_norm = norm(winner.sparse)
        winner.passages += loser.passages
        winner.dated += loser.dated
        winner.articles += loser.articles
        winner.copies += loser.copies
        winner.time_sum += loser.time_sum
        winner.first, winner.last = min(winner.first, loser.first), max(winner.last, loser.last)
        for source, count in loser.sources.items():
            winner.sources[source] = winner.sources.get(source, 0) + count
        for title, weight in loser.headlines.items():
            winner.headlines[title] = max(weight, winner.headlines.get(title, 0.0))
        self._index.overwrite(self.slots[winner.event_id], _centroid(winner))

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
    return event.total / np.float32(max(float(np.linalg.norm(event.total)), 1e-12))


def as_query(event: Event) -> Query:
    """Return the event as the mean of its passages: its features are the means of theirs."""
    share = 1.0 / event.passages
    return Query(
        event.event_id,
        event.first,
        event.total * np.float32(share),
        event.lead * np.float32(share),
        {term: weight * share for term, weight in event.sparse.items()},
        event.dated > 0,
        event.last,
    )


def features(query: Query, events: Sequence[Event]) -> NDArray[np.float64]:
    """Return float64 ``[len(events), len(FEATURES)]``.

    *dense*: mean of the average links of passage vectors and of leads; these follow from the
    sums alone, for the mean inner product of x with the n members of an event is x.S / n
    (Steinbach et al., 2000, A comparison of document clustering techniques, section 3).
    *sparse*: cosine of the TF-IDF vector and the event's centroid. *gap*: ln(1 + days of silence),
    0 where there is no date. *sparse_margin*: sparse less that of the best other event.
    """
    if not events:
        return np.zeros((0, 4))
    count = np.array([event.passages for event in events], np.float64)
    dense = np.stack([event.total for event in events]) @ query.vector
    lead = np.stack([event.lead for event in events]) @ query.lead
    norms = np.array([event.sparse_norm for event in events])
    sparse = np.array([dot(query.sparse, event.sparse) for event in events])
    cosine = sparse / np.maximum(norms, 1e-12)
    gap = gap_feature([_silence(query, event) for event in events])
    link = (dense.astype(np.float64) + lead.astype(np.float64)) / (2.0 * count)
    return np.column_stack([link, cosine, gap, margins(cosine)])


def _silence(query: Query, event: Event) -> float:
    """Days between the query's time and the event's period; 0 where either has no date."""
    if not (query.dated and event.dated):
        return 0.0
    until = query.time if query.until is None else query.until
    return max(query.time - event.last, event.first - until, 0) / DAY
