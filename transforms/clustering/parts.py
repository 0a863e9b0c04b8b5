"""The two sides of an event: which passages would part from the others if any did.

No passage is kept, so it is decided as each comes: it goes to one of two sides, or the two become
one and it opens the other. Whichever of the three pairs costs least is put together, by the rise
in squared distances to the mean (Ward, 1963, Hierarchical grouping to optimize an objective
function), which follows from sums. The sums of one side are kept, the part; the rest is the event
less its part.
"""

from __future__ import annotations

import numpy as np

from transforms.clustering.events import Event, EventStore, Floats, Part, Query
from transforms.clustering.sparse import Coded, coded, length, weights_of

SPECK = 1e-9
"""Weight of a term below which it is what rounding has left of nothing."""


def join(store: EventStore, event: Event, query: Query) -> str:
    """Add a passage to an event; return the id of the part that it went to, or nothing."""
    sums = np.concatenate([query.vector, query.lead])
    part = _choose(event, query.passage_id, sums, 1, (query.time, query.time))
    if part is not None:
        store.add(part, query)
    store.join(event, query)
    return "" if part is None else part.event_id


def absorb(store: EventStore, winner: Event, loser: Event) -> str:
    """Add all of ``loser``, no longer in the store, to ``winner``; return the part as above."""
    period = loser.first, loser.last
    part = _choose(winner, loser.event_id, _sums(loser), loser.passages, period)
    if part is not None:
        store.add_all(part, loser)
    store.absorb(winner, loser)
    return "" if part is None else part.event_id


def side(event: Event, query: Query) -> str:
    """Return the id of the part that a passage lies nearer to than to the rest, or nothing."""
    part = event.part
    if part is None:
        return ""
    mine = float(part.total @ query.vector)
    all_ = float(event.total @ query.vector)
    nearer = mine / part.passages > (all_ - mine) / (event.passages - part.passages)
    return part.event_id if nearer else ""


def rest(store: EventStore, event: Event, part: Part) -> Event:
    """Return an event of the store less its part."""
    sparse = _less(coded(event.sparse, store.lexicon), coded(part.sparse, store.lexicon))
    return Event(
        event.event_id,
        event.total - part.total,
        event.lead - part.lead,
        sparse,
        part.rest_first,
        part.rest_last,
        length(sparse.weights),
        event.passages - part.passages,
        event.dated - part.dated,
        max(event.articles - part.articles, 1),
        max(event.copies - part.copies, 0),
        {s: n for s in event.sources if (n := event.sources[s] - part.sources.get(s, 0)) > 0},
        {t: weight for t, weight in event.headlines.items() if t not in part.headlines},
        event.last_article,
        event.opened,
    )


def _less(whole: Coded, part: Coded) -> Coded:
    weights = whole.weights - weights_of(whole.numbers, part)
    kept = weights > SPECK
    return Coded(whole.lexicon, whole.numbers[kept], weights[kept])


def _choose(
    event: Event, name: str, sums: Floats, passages: int, period: tuple[int, int]
) -> Part | None:
    """Return the part of ``event`` to add to, maybe a new one; None where it is the rest."""
    part = event.part
    pair = _nearest(event, part, sums, passages) if part is not None else "sides"
    if part is not None and pair == "part":
        return part
    if part is not None and pair == "rest":
        part.rest_first = min(part.rest_first, period[0])
        part.rest_last = max(part.rest_last, period[1])
        return None
    width = len(event.total)
    event.part = Part(
        name,
        np.zeros(width, np.float32),
        np.zeros(width, np.float32),
        {},
        *period,
        opened=period[0],
        rest_first=event.first,
        rest_last=event.last,
    )
    return event.part


def _nearest(event: Event, part: Part, sums: Floats, passages: int) -> str:
    """Say what costs least: to add ``sums`` to the rest or the part, or to join the two sides."""
    mine, others = _sums(part), event.passages - part.passages
    left = (_sums(event) - mine) / np.float32(others)
    mine /= np.float32(part.passages)
    new = sums / np.float32(passages)
    return min(
        ("rest", _cost(left, others, new, passages)),
        ("part", _cost(mine, part.passages, new, passages)),
        ("sides", _cost(left, others, mine, part.passages)),
        key=lambda pair: pair[1],
    )[0]


def _cost(one: Floats, count: int, other: Floats, more: int) -> float:
    """Return the rise for two means of so many."""
    apart = one - other
    return count * more / (count + more) * float(apart @ apart)


def _sums(event: Event) -> Floats:
    return np.concatenate([event.total, event.lead])
