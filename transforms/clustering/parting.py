"""What a split means for the passages: each goes with its side, and a row says so."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace

from transforms.clustering.lineage import Change
from transforms.clustering.places import Place
from transforms.clustering.registry import Registry
from transforms.clustering.splitting import Split
from transforms.clustering.step import Heir, Step
from transforms.clustering.storylines import StorylineGrouper

_BORN = "storyline", "born"


def leave(step: Step, registry: Registry, trace: Callable[[str, str], Heir]) -> None:
    """Let the passages that left an event with a split have their new one, wherever it is kept.

    A passage that was written before gets a row of the lineage, by which readers find it; what
    this window placed is yet to be written.
    """
    if not step.splits:
        return
    moved = _moved(step, registry, trace)
    for placed in step.placed:
        placed.decisions = [
            (passage, replace(d, event_id=moved[d.passage_id].born.event_id, part=""))
            if d.passage_id in moved
            else (passage, d)
            for passage, d in placed.decisions
        ]
    for split in step.splits:
        change = Change(
            step.time, "event", split.born.event_id, "split_from", split.event_id, split.reason
        )
        step.changes.append(change)
    decided = (pair for placed in step.placed for pair in placed.decisions)
    new = {decision.passage_id for _, decision in decided if decision.kind != "kept"}
    for name in sorted(moved.keys() - new):
        split = moved[name]
        reason = f"went with the part that left {split.event_id}"
        step.changes.append(
            Change(step.time, "passage", name, "moved_to", split.born.event_id, reason)
        )


def regroup(step: Step, changes: Sequence[Change], storylines: StorylineGrouper) -> None:
    """Note which storylines were born of a split: their event left one that is in another."""
    born = {change.id for change in changes if (change.level, change.change) == _BORN}
    for split in step.splits:
        name = storylines.of_event[split.born.event_id]
        other = storylines.of_event[split.event_id]
        if name in born and name != other:
            step.changes.append(
                Change(step.time, "storyline", name, "split_from", other, split.reason)
            )


def _moved(step: Step, registry: Registry, trace: Callable[[str, str], Heir]) -> dict[str, Split]:
    """Put the places of all passages that left into their new events; return these passages."""
    splits = {split.event_id: split for split in step.splits}
    moved: dict[str, Split] = {}
    seen: set[int] = set()
    for place in _places(step, registry, lambda name: trace(name, "").event_id in splits):
        heir = trace(place.event_id, place.part)
        split = splits.get(heir.event_id)
        # Versions of an article share their places.
        if split is None or id(place) in seen:
            continue
        seen.add(id(place))
        place.event_id, place.part = heir.event_id, ""
        if split.takes(heir.part):
            place.event_id = split.born.event_id
            moved[place.passage_id] = split
    return moved


def _places(step: Step, registry: Registry, has_split: Callable[[str], bool]) -> Iterator[Place]:
    for record in registry.records.values():
        if any(map(has_split, record.events)):
            yield from record.places.values()
    for placed in step.placed:
        yield from placed.record.places.values()
