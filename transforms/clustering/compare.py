"""How queries compare with events: the features that a score is made of."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from schemas.tables import FEATURES
from transforms.clustering.events import DAY, Event, EventStore, Query
from transforms.clustering.score import gap_feature
from transforms.clustering.sparse import Coded, dots

WIDTH = len(FEATURES)
TOGETHER = 16
"""Groups of queries compared at once: what is read of their events still fits a core's cache."""


def features(query: Query, events: Sequence[Event]) -> NDArray[np.float64]:
    """Return float64 ``[len(events), len(FEATURES)]`` for events wherever they are."""
    store = EventStore(len(query.vector))
    if isinstance(query.sparse, Coded):
        store.adopt(query.sparse.lexicon)
    store.restore([replace(event) for event in events])
    [found] = compare([[query]], store, [range(len(events))])
    return np.asarray(found[0])


def compare(
    groups: Sequence[Sequence[Query]], store: EventStore, slots: Sequence[Sequence[int]]
) -> list[NDArray[np.float64]]:
    """Return the features of each query of a group with each of the group's slots.

    They are ``[queries, slots, features]``, an array for each group.

    *dense*: mean of the average links of passage vectors and of leads; these follow from the
    sums alone, for the mean inner product of x with the n members of an event is x.S / n
    (Steinbach et al., 2000, A comparison of document clustering techniques, section 3).
    *sparse*: geometric mean of the TF-IDF vector's average link and of its cosine to the event's
    centroid: one forgives an event its breadth too little, the other too much. *gap*: ln(1 + days
    of silence), 0 where there is no date. *usual* is left at 0: it is the judge's, not the event's.
    Company plays no part: a row has the same bits whatever else is compared.
    """
    found = []
    for start in range(0, len(groups), TOGETHER):
        found += _compared(groups[start : start + TOGETHER], store, slots[start : start + TOGETHER])
    return found


def _compared(
    groups: Sequence[Sequence[Query]], store: EventStore, slots: Sequence[Sequence[int]]
) -> list[NDArray[np.float64]]:
    terms = [[store.coded(query.sparse) for query in group] for group in groups]
    links, figures, sparse = store.columns([slot for some in slots for slot in some])
    rows = np.zeros((sum(len(g) * len(s) for g, s in zip(groups, slots, strict=True)), WIDTH))
    found, places, first, start = [], [], 0, 0
    for group, asked, some in zip(groups, terms, slots, strict=True):
        end, last = start + len(some), first + len(group) * len(some)
        mine = rows[first:last].reshape(len(group), len(some), WIDTH)
        for row, query in zip(mine, group, strict=True):
            row[:, 0] = np.vecdot(links[start:end], np.concatenate([query.vector, query.lead]))
        mine[:, :, 1] = dots(asked, sparse[start:end])
        found.append(mine)
        places += [*range(start, end)] * len(group)
        first, start = last, end
    figures = figures[np.array(places, np.intp)]
    rows[:, 1] /= np.maximum(np.sqrt(figures["norm"] * figures["passages"]), 1e-12)
    rows[:, 2] = gap_feature(_silence(groups, slots, figures))
    return found


def _silence(
    groups: Sequence[Sequence[Query]], slots: Sequence[Sequence[int]], figures: NDArray[Any]
) -> NDArray[np.float64]:
    """Days between the queries' times and the events' periods; 0 where either has no date."""
    queries = [query for group in groups for query in group]
    sizes = [len(some) for group, some in zip(groups, slots, strict=True) for _ in group]
    times = [(q.time, q.time if q.until is None else q.until, q.dated) for q in queries]
    start, end, dated = np.repeat(np.array(times), sizes, axis=0).T
    silent = np.maximum(start - figures["last"], figures["first"] - end)
    return np.asarray(np.maximum(silent, 0) * (dated * figures["dated"]) / DAY, np.float64)
