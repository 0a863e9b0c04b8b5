"""Queries that share their candidates, and how each compares with each of these."""

from __future__ import annotations

import math
from collections.abc import Sequence, Set
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from transforms.clustering.events import Event, EventStore, Query
from transforms.clustering.ranking import Judge, Ranked, in_order


@dataclass(slots=True)
class Panel:
    """Some queries of one article and the events that come into question for them.

    Attributes:
        queries: the first is the one whose neighbours are the candidates.
        slots: of the candidates, each once.
        rows: features, float64 ``[queries, slots, len(FEATURES)]``.
        scores: log-odds, float64 ``[queries, slots]``.
    """

    queries: Sequence[Query]
    slots: Sequence[int]
    rows: NDArray[np.float64]
    scores: NDArray[np.float64]

    def update(
        self, judge: Judge, store: EventStore, slots: Sequence[int], changed: Set[int]
    ) -> None:
        """Let these be the candidates; only the new and the changed are compared anew."""
        if slots is self.slots and changed.isdisjoint(slots):
            return
        places = {slot: place for place, slot in enumerate(self.slots) if slot not in changed}
        kept = [slot for slot in slots if slot in places]
        fresh = [slot for slot in slots if slot not in places]
        before = [places[slot] for slot in kept]
        [panel] = panels([self.queries], judge, store, [fresh])
        self.slots = [*kept, *fresh]
        self.rows = np.concatenate([self.rows[:, before], panel.rows], axis=1)
        self.scores = np.concatenate([self.scores[:, before], panel.scores], axis=1)

    def score(self, number: int, slot: int | None) -> float:
        """Return a query's log-odds for a candidate; minus infinity for None."""
        return -math.inf if slot is None else float(self.scores[number, self.slots.index(slot)])

    def best(self, number: int = 0) -> float:
        """Return a query's log-odds for the candidate that it fits best; or minus infinity."""
        return float(self.scores[number].max(initial=-math.inf))

    def ranked(self, store: EventStore, number: int = 0) -> Ranked:
        """Return the candidates by a query's scores."""
        events: list[Event] = [store.events[slot] for slot in self.slots]
        return in_order(events, self.rows[number], self.scores[number])


def panels(
    groups: Sequence[Sequence[Query]],
    judge: Judge,
    store: EventStore,
    slots: Sequence[Sequence[int]],
) -> list[Panel]:
    """Return a panel for each group of queries, with these candidates."""
    scored = judge.scored(groups, store, slots)
    return [
        Panel(group, some, *both) for group, some, both in zip(groups, slots, scored, strict=True)
    ]
