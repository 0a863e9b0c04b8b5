"""An event that has become two is split."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, fields, replace

from schemas.records import make_id
from schemas.settings import EventSettings
from transforms.clustering.events import Event, EventStore, Part, as_query, seniority
from transforms.clustering.parts import rest
from transforms.clustering.ranking import Judge
from transforms.clustering.score import in_words


@dataclass(frozen=True, slots=True)
class Split:
    """An event became two: the larger side kept its id, of equal ones the older.

    Attributes:
        event_id: of the side that stays.
        born: the side that left.
        part: the id that the event's part had.
        part_left: whether it is the part that left; else it stayed and the rest left.
        score: log-odds at which the passages of one side would join the other, on average.
    """

    event_id: str
    born: Event
    part: str
    part_left: bool
    score: float
    reason: str

    def takes(self, part: str) -> bool:
        """Say whether a passage of the event, with its part, is among those that left."""
        return (part == self.part) == self.part_left


def split(
    store: EventStore,
    event_ids: Iterable[str],
    judge: Judge,
    settings: EventSettings,
    since: int,
    now: int,
) -> list[Split]:
    """Split those of the named events whose one side would not join the other.

    As in merging, the smaller side is judged as its passages would be on average; the bar lies
    ``split_margin`` below the threshold, so that what was merged does not part again at once. A
    side stays that began before ``since``, microseconds: which of its passages it has is
    forgotten. ``now`` is the time of the change.
    """
    splits = []
    for name in dict.fromkeys(event_ids):
        event = store.get(name)
        if event is None or event.part is None:
            continue
        if min(event.part.passages, event.passages - event.part.passages) < settings.split_passages:
            continue
        found = _judged(store, event, event.part, judge, now)
        if found.score < settings.threshold - settings.split_margin and found.born.first >= since:
            splits.append(found)
            _apply(store, event, event.part, found)
    return splits


def _judged(store: EventStore, event: Event, part: Part, judge: Judge, now: int) -> Split:
    large, small = sorted((rest(store, event, part), _plain(part)), key=seniority)
    alone = EventStore(store.dimension)
    alone.adopt(store.lexicon)
    alone.insert(large)
    ranked = judge.rank(as_query(small), alone, [0])
    reason = (
        f"{small.passages} of {event.passages} passages would not join the others: "
        f"{in_words(ranked.score, ranked.features())}"
    )
    left = small.event_id == part.event_id
    born = replace(small, event_id=make_id("e", event.event_id, part.event_id, str(now)))
    return Split(event.event_id, born, part.event_id, left, ranked.score, reason)


def _apply(store: EventStore, event: Event, part: Part, found: Split) -> None:
    stays = rest(store, event, part) if found.part_left else _plain(part)
    store.pop(event.event_id)
    store.insert(replace(stays, event_id=event.event_id, opened=event.opened))
    store.insert(found.born)


def _plain(part: Part) -> Event:
    return Event(**{field.name: getattr(part, field.name) for field in fields(Event)})
