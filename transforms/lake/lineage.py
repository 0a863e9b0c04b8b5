"""What became of an event or storyline: follows mergers and moves to today's id."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import pyarrow as pa
import pyarrow.compute as pc

from schemas.manifest import Manifest
from transforms.lake.parquet import read_files
from transforms.lake.storage import Storage


def follow(merged: Mapping[str, str], start: str) -> str:
    """Return where the chain of ``merged`` that starts at ``start`` ends.

    A chain that runs in a circle, which only a damaged lake has, ends at its smallest id.
    """
    seen: dict[str, None] = {}
    current = start
    while current in merged:
        if current in seen:
            names = list(seen)
            return min(names[names.index(current) :])
        seen[current] = None
        current = merged[current]
    return current


@dataclass
class Today:
    """Today's place of every passage, event and storyline of one snapshot."""

    moved: Mapping[str, str]
    """Passage to the event it was last moved to, for those that were moved."""
    event_merged: Mapping[str, str]
    storyline_merged: Mapping[str, str]
    storyline_of: Mapping[str, str]
    """Event to its storyline, as written."""
    _events: dict[str, str] = field(default_factory=dict)

    def event(self, written: str) -> str:
        """Return today's id of the event ``written``; unknown ids are returned as they are."""
        if written not in self._events:
            self._events[written] = follow(self.event_merged, written)
        return self._events[written]

    def storyline(self, event: str, written: str) -> str:
        """Return today's storyline of ``event``; of ``written`` where the event is unknown."""
        return follow(self.storyline_merged, self.storyline_of.get(self.event(event), written))


def today(storage: Storage, manifest: Manifest) -> Today:
    """Return what the snapshot's events, storylines and lineage say. Raises LakeError."""

    def columns(table: str, *names: str) -> pa.Table:
        return read_files(storage, table, manifest.of(table), names)

    events = columns("events", "event_id", "storyline_id", "merged_into")
    storylines = columns("storylines", "storyline_id", "merged_into")
    return Today(
        _moves(storage, manifest),
        _merged(events, "event_id"),
        _merged(storylines, "storyline_id"),
        dict(zip(events["event_id"].to_pylist(), events["storyline_id"].to_pylist(), strict=True)),
    )


def _merged(table: pa.Table, key: str) -> dict[str, str]:
    gone = table.filter(pc.is_valid(table["merged_into"]))
    return dict(zip(gone[key].to_pylist(), gone["merged_into"].to_pylist(), strict=True))


def _moves(storage: Storage, manifest: Manifest) -> dict[str, str]:
    moved = (pc.field("level") == "passage") & (pc.field("change") == "moved_to")
    names = ("time", "id", "other")
    rows = read_files(storage, "lineage", manifest.of("lineage"), names, moved)
    newest = rows.sort_by([(name, "ascending") for name in names])
    return dict(zip(newest["id"].to_pylist(), newest["other"].to_pylist(), strict=True))
