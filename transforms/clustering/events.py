"""Level 1: events, kept as sums. No member is stored; what a decision needs follows from them."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from transforms.clustering.index import CentroidIndex, Rows
from transforms.clustering.sparse import (
    Coded,
    Lexicon,
    Sparse,
    bounded,
    coded,
    length,
    times,
    total,
)

Floats = NDArray[np.float32]
DAY = 86_400_000_000
"""Microseconds."""

_FIGURES = np.dtype(
    [
        ("first", np.int64),
        ("last", np.int64),
        ("dated", np.bool_),
        ("norm", np.float64),
        ("passages", np.int64),
    ]
)


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
    sources: dict[str, int] = field(default_factory=dict)
    headlines: dict[str, float] = field(default_factory=dict)
    last_article: str = ""
    opened: int = 0
    """Event time of the article that opened it."""
    part: Part | None = None
    """The passages that would part from the others if any did; see parts.py."""


@dataclass(slots=True)
class Part(Event):
    """Some passages of an event; ``rest_first`` and ``rest_last`` is the period of the others.

    ``event_id`` is no event's: it is the id of what opened the part, a passage or an event.
    """

    rest_first: int = 0
    rest_last: int = 0


class Columns(NamedTuple):
    """What is compared of some events, a row each.

    Attributes:
        links: float32 ``[n, 2 d]``, halves of the mean passage vector and of the mean lead.
        figures: ``[n]`` of times, whether any passage is dated, length of the sparse sum, and
            the number of passages.
        sparse: the sparse sums.
    """

    links: Floats
    figures: NDArray[Any]
    sparse: list[Coded]


class EventStore:
    """Events in slots, with an exact index over their centroids and what comparisons need."""

    def __init__(self, dimension: int) -> None:
        self.dimension = dimension
        self.lexicon = Lexicon()
        self.restore([])

    def __len__(self) -> int:
        return len(self.events)

    def get(self, event_id: str) -> Event | None:
        """Return the event of that id, if it is here."""
        slot = self.slots.get(event_id)
        return None if slot is None else self.events[slot]

    def search(
        self, vectors: Floats, count: int, among: Sequence[int] | None = None
    ) -> tuple[Floats, NDArray[np.int64]]:
        """Return cosines and slots of the events with the nearest centroids, best first.

        Both are ``[len(vectors), min(count, n)]``, n events in all or ``among`` these slots.
        """
        return self._index.search(vectors, count, among)

    def nearest(self, vectors: Floats, count: int) -> list[list[str]]:
        """Return the ids of the same."""
        _, slots = self.search(vectors, count)
        return [[self.events[slot].event_id for slot in row] for row in slots.tolist()]

    def centroid(self, slot: int) -> Floats:
        """Return the centroid of the event in a slot, float32 ``[d]``; a view."""
        return np.asarray(self._index.all[slot], np.float32)

    def centroids(self, slots: Sequence[int]) -> Floats:
        """Return the centroids of the events in these slots, float32 ``[len(slots), d]``."""
        return np.asarray(self._index.all[np.array(slots, np.intp)], np.float32)

    def columns(self, slots: Sequence[int]) -> Columns:
        """Return what is compared of the events in these slots, their terms by the lexicon."""
        where = np.array(slots, np.intp)
        sparse: list[Any] = [self.events[slot].sparse for slot in slots]
        return Columns(self._links.all[where], self._figures.all[where], sparse)

    def silent(self, limit: int, count: int = 0) -> list[Event]:
        """Return the events without a passage since ``limit``, microseconds, by slot.

        The ``count`` that have been silent for longest are among them in any case.
        """
        last = self._figures.all["last"]
        if count:
            limit = max(limit, int(np.partition(last, count - 1)[count - 1]) + 1)
        return [self.events[slot] for slot in np.flatnonzero(last < limit).tolist()]

    def open(self, query: Query, event_id: str) -> Event:
        """Open an event with a first passage."""
        event = Event(
            event_id,
            np.zeros(self.dimension, np.float32),
            np.zeros(self.dimension, np.float32),
            {},
            query.time,
            query.time,
            opened=query.time,
        )
        self.add(event, query)
        self.insert(event)
        return event

    def insert(self, event: Event) -> None:
        """Add an event as it is (restored, or woken)."""
        event.sparse = coded(event.sparse, self.lexicon)
        self.slots[event.event_id] = self._index.append(_centroid(event))
        self._links.append(_link(event))
        self._figures.append(_figures(event))
        self.events.append(event)

    def join(self, event: Event, query: Query) -> None:
        """Add a passage to an event."""
        self.add(event, query)
        self._refresh(event)

    def absorb(self, winner: Event, loser: Event) -> None:
        """Add all of ``loser``, which is no longer in the store, to ``winner``, which is."""
        self.add_all(winner, loser)
        self._refresh(winner)

    def add_all(self, winner: Event, loser: Event) -> None:
        """Add the sums and counts of ``loser`` to those of ``winner``, wherever they are."""
        winner.total += loser.total
        winner.lead += loser.lead
        self._add_sparse(winner, loser.sparse)
        winner.passages += loser.passages
        winner.dated += loser.dated
        winner.articles += loser.articles
        winner.copies += loser.copies
        winner.first, winner.last = min(winner.first, loser.first), max(winner.last, loser.last)
        for source, count in loser.sources.items():
            winner.sources[source] = winner.sources.get(source, 0) + count
        for title, weight in loser.headlines.items():
            winner.headlines[title] = max(weight, winner.headlines.get(title, 0.0))

    def reach(self, event: Event, time: int) -> None:
        """Let an event last until ``time`` at least, microseconds."""
        event.last = max(event.last, time)
        self._refresh(event)

    def pop(self, event_id: str) -> Event:
        """Remove an event and return it."""
        slot = self.slots.pop(event_id)
        event, last = self.events[slot], self.events.pop()
        if last is not event:
            self.events[slot] = last
            self.slots[last.event_id] = slot
        for rows in (self._index, self._links, self._figures):
            rows.remove(slot)
        return event

    def restore(self, events: Sequence[Event]) -> None:
        """Replace everything by ``events``, in this order of slots."""
        self.events: list[Event] = []
        self.slots: dict[str, int] = {}
        self._index = CentroidIndex(self.dimension)
        self._links = Rows((2 * self.dimension,), np.float32)
        self._figures = Rows((), _FIGURES)
        for event in events:
            self.insert(event)

    def adopt(self, lexicon: Lexicon) -> None:
        """Let all events have their terms by this lexicon."""
        if lexicon is not self.lexicon:
            self.lexicon = lexicon
            for event in self.events:
                for each in (event, event.part):
                    if each is not None:
                        each.sparse = coded(each.sparse, lexicon)

    def coded(self, sparse: Sparse) -> Coded:
        """Return a vector as it is compared with events, whose lexicon will be its own."""
        if isinstance(sparse, Coded):
            self.adopt(sparse.lexicon)
            return sparse
        return coded(sparse, self.lexicon)

    def add(self, event: Event, query: Query) -> None:
        """Add a passage to the sums of an event or part, wherever it is."""
        event.total += query.vector
        event.lead += query.lead
        self._add_sparse(event, query.sparse)
        event.passages += 1
        event.dated += query.dated
        event.first = min(event.first, query.time)
        event.last = max(event.last, query.time)

    def _add_sparse(self, event: Event, sparse: Sparse) -> None:
        more = self.coded(sparse)
        event.sparse = grown = bounded(total(coded(event.sparse, self.lexicon), more))
        event.sparse_norm = length(grown.weights)

    def _refresh(self, event: Event) -> None:
        slot = self.slots[event.event_id]
        self._index.overwrite(slot, _centroid(event))
        self._links.overwrite(slot, _link(event))
        self._figures.overwrite(slot, _figures(event))


def _centroid(event: Event) -> Floats:
    norm = math.sqrt(float(event.total @ event.total))
    return np.asarray(event.total / np.float32(max(norm, 1e-12)), np.float32)


def _link(event: Event) -> Floats:
    share = np.float32(1 / (2 * max(event.passages, 1)))
    return np.asarray(np.concatenate([event.total, event.lead]) * share, np.float32)


def _figures(event: Event) -> tuple[int, int, bool, float, int]:
    return event.first, event.last, event.dated > 0, event.sparse_norm, event.passages


def seniority(event: Event) -> tuple[int, int, str]:
    """Return what sorts the larger event first, then the older, then the smaller id."""
    return -event.passages, event.first, event.event_id


def as_query(event: Event) -> Query:
    """Return the event as the mean of its passages: its features are the means of theirs."""
    share = 1.0 / event.passages
    return Query(
        event.event_id,
        event.first,
        event.total * np.float32(share),
        event.lead * np.float32(share),
        times(event.sparse, share),
        event.dated > 0,
        event.last,
    )
