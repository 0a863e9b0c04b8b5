"""Events that turned out to be one become one."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

import numpy as np

from schemas.settings import EventSettings
from transforms.clustering.events import Event, EventStore, as_query, seniority
from transforms.clustering.parts import absorb
from transforms.clustering.ranking import Judge, Ranked
from transforms.clustering.score import in_words


@dataclass(frozen=True, slots=True)
class Merge:
    """One event was taken into another: the larger, else the older, else the smaller id, stays.

    ``score`` and ``features`` are those of the loser as a query.
    ``part`` is the part of the winner that has the loser's passages, empty for the others.
    """

    loser: Event
    winner: Event
    score: float
    features: tuple[float, ...]
    part: str = ""

    @property
    def reason(self) -> str:
        """Return why, in words and figures."""
        return f"its passages fit the other: {in_words(self.score, self.features)}"


def merge(
    store: EventStore, event_ids: Iterable[str], judge: Judge, settings: EventSettings
) -> list[Merge]:
    """Merge those of the named events whose passages would now join another.

    The smaller event of a pair is judged as its passages would be on average; the bar lies
    ``merge_margin`` above the threshold, for a merge moves more than one passage. All are judged,
    then merged in their order; what that changed is judged again, until nothing changes.

    Those named are all that have changed since the last time. An event of one passage was
    compared with all others when it was opened, and refused: now only with those that changed.
    """
    merges: list[Merge] = []
    waiting = dict.fromkeys(event_ids)
    altered = dict(waiting)
    while waiting:
        events = [event for name in waiting if (event := store.get(name)) is not None]
        slots = [slot for name in altered if (slot := store.slots.get(name)) is not None]
        waiting = {}
        changed: set[str] = set()
        judged = _judged(store, events, slots, judge, settings)
        for event, found in zip(events, judged, strict=True):
            if found is None or found.score <= settings.threshold + settings.merge_margin:
                continue
            pair = {found.loser.event_id, found.winner.event_id}
            if changed & pair:
                waiting[event.event_id] = None
                continue
            part = absorb(store, found.winner, store.pop(found.loser.event_id))
            merges.append(replace(found, part=part))
            changed |= pair
            waiting[found.winner.event_id] = altered[found.winner.event_id] = None
    return merges


def _judged(
    store: EventStore,
    events: Sequence[Event],
    altered: Sequence[int],
    judge: Judge,
    settings: EventSettings,
) -> list[Merge | None]:
    """Return for each event the merge with the one that it fits best, where there is any."""
    if not events:
        return []
    queries = [as_query(event) for event in events]
    own = [store.slots[event.event_id] for event in events]
    others = _others(store, events, altered, settings.candidates)
    found: list[Merge | None] = []
    larger: dict[int, Event] = {}
    for event, ranked in zip(events, judge.ranks(queries, store, others), strict=True):
        if ranked.best and seniority(event) < seniority(ranked.best):
            larger[len(found)] = ranked.best
        found.append(_merge(event, ranked.best, ranked))
    smaller = [as_query(event) for event in larger.values()]
    turned = judge.ranks(smaller, store, [[own[place]] for place in larger])
    for (place, event), ranked in zip(larger.items(), turned, strict=True):
        found[place] = _merge(event, events[place], ranked)
    return found


def _others(
    store: EventStore, events: Sequence[Event], altered: Sequence[int], count: int
) -> list[list[int]]:
    """Return the slots nearest to each event, save its own; of young ones among the altered."""
    own = [store.slots[event.event_id] for event in events]
    vectors = store.centroids(own)
    young = np.array([event.passages == 1 for event in events])
    found: list[list[int]] = [[] for _ in events]
    for some, among in ((young, altered), (~young, None)):
        _, near = store.search(vectors[some], count + 1, among)
        for place, slots in zip(some.nonzero()[0].tolist(), near.tolist(), strict=True):
            found[place] = [slot for slot in slots if slot != own[place]]
    return found


def _merge(loser: Event, winner: Event | None, ranked: Ranked) -> Merge | None:
    return Merge(loser, winner, ranked.score, ranked.features()) if winner else None
