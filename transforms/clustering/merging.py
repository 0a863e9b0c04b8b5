"""Events that turned out to be one become one."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np

from schemas.settings import EventSettings
from schemas.tables import FEATURES
from transforms.clustering.events import Event, EventStore, as_query
from transforms.clustering.ranking import Judge, Ranked


@dataclass(frozen=True, slots=True)
class Merge:
    """One event was taken into another: the larger, else the older, else the smaller id, stays."""

    loser: Event
    winner: Event
    score: float
    reason: str


def merge(
    store: EventStore, event_ids: Iterable[str], judge: Judge, settings: EventSettings
) -> list[Merge]:
    """Merge those of the named events whose passages would now join another.

    The smaller event of a pair is judged as its passages would be on average; the bar lies
    ``merge_margin`` above the threshold, for a merge moves more than one passage. All are judged,
    then merged in their order; what that changed is judged again, until nothing changes.
    """
    merges: list[Merge] = []
    waiting = dict.fromkeys(event_ids)
    while waiting:
        events = [event for name in waiting if (event := store.get(name)) is not None]
        waiting = {}
        changed: set[str] = set()
        for event, found in zip(events, _judged(store, events, judge, settings), strict=True):
            if found is None or found.score <= settings.threshold + settings.merge_margin:
                continue
            pair = {found.loser.event_id, found.winner.event_id}
            if changed & pair:
                waiting[event.event_id] = None
                continue
            merges.append(found)
            store.absorb(found.winner, store.pop(found.loser.event_id))
            changed |= pair
            waiting[found.winner.event_id] = None
    return merges


def _judged(
    store: EventStore, events: Sequence[Event], judge: Judge, settings: EventSettings
) -> list[Merge | None]:
    """Return for each event the merge with the one that it fits best, where there is any."""
    mine = _ranked(store, [(event, []) for event in events], judge, settings)
    smaller = [
        (ranked.best, [store.slots[event.event_id]])
        for event, ranked in zip(events, mine, strict=True)
        if ranked.best and _seniority(event) < _seniority(ranked.best)
    ]
    theirs = iter(_ranked(store, smaller, judge, settings))
    return [
        _merge(ranked.best, event, next(theirs))
        if ranked.best and _seniority(event) < _seniority(ranked.best)
        else _merge(event, ranked.best, ranked)
        for event, ranked in zip(events, mine, strict=True)
    ]


def _ranked(
    store: EventStore,
    asked: Sequence[tuple[Event, list[int]]],
    judge: Judge,
    settings: EventSettings,
) -> list[Ranked]:
    """Return for each event the ranking of its neighbours and of the slots beside it."""
    if not asked:
        return []
    queries = [as_query(event) for event, _ in asked]
    _, found = store.search(np.stack([q.vector for q in queries]), settings.candidates + 1)
    return [
        judge.rank(query, store, [s for s in near if store.events[s] is not event] + more)
        for query, (event, more), near in zip(queries, asked, found.tolist(), strict=True)
    ]


def _merge(loser: Event, winner: Event | None, ranked: Ranked) -> Merge | None:
    place = ranked.place(winner)
    if winner is None or place is None:
        return None
    return Merge(loser, winner, ranked.scores[place], _reason(ranked, place))


def _seniority(event: Event) -> tuple[int, int, str]:
    return -event.passages, event.first, event.event_id


def _reason(ranked: Ranked, place: int) -> str:
    values = zip(FEATURES, ranked.features(place), strict=True)
    figures = ", ".join(f"{name} {value:.2f}" for name, value in values)
    return f"its passages fit the other: log-odds {ranked.scores[place]:.2f} ({figures})"
