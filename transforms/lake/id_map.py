"""Which event or storyline of a new lake holds what one of an old lake held."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, NamedTuple

import pyarrow as pa
import pyarrow.compute as pc

Pair = tuple[str, str]
LEVELS = {"event": "events", "storyline": "storylines"}
"""Levels, and the tables that have their ids."""
WHOLLY = 0.9
"""Share of its characters above which an old one counts as found again."""


class Shares(NamedTuple):
    """The new one that holds most of an old one; None where none holds any of it."""

    new_id: str | None
    of_old: float
    of_new: float


class Overlap:
    """Characters that each old id has in common with each new one, counted in parts."""

    def __init__(self) -> None:
        self._common: dict[str, dict[Pair, int]] = {level: defaultdict(int) for level in LEVELS}
        self._old: dict[str, dict[str, int]] = {level: defaultdict(int) for level in LEVELS}
        self._new: dict[str, dict[str, int]] = {level: defaultdict(int) for level in LEVELS}

    def add(self, old: pa.Table, new: pa.Table) -> None:
        """Count paragraphs of both lakes: ``paragraph_id``, ``event_id``, ``storyline_id``, of
        the old ones ``characters`` as well.
        """
        both = old.join(new, "paragraph_id", join_type="inner", right_suffix="_new")
        for level in LEVELS:
            whole = old.group_by(f"{level}_id").aggregate([("characters", "sum")])
            for row in whole.to_pylist():
                self._old[level][row[f"{level}_id"]] += row["characters_sum"]
            self._count(level, both.select([f"{level}_id", f"{level}_id_new", "characters"]))

    def _count(self, level: str, rows: pa.Table) -> None:
        names = rows.schema.names[:2]
        sums = rows.group_by(names).aggregate([("characters", "sum")])
        columns = (sums[name].to_pylist() for name in (*names, "characters_sum"))
        for old, new, characters in zip(*columns, strict=True):
            self._common[level][old, new] += characters
            self._new[level][new] += characters

    def best(self, level: str, opened: Mapping[str, int]) -> dict[str, Shares]:
        """Return, for each old id, the new one that holds most of it.

        ``opened`` says when each new one was opened: of two that hold as much the older one is
        taken, then the one with the smaller id.
        """
        ranked = sorted(
            self._common[level].items(),
            key=lambda item: (-item[1], opened.get(item[0][1], 0), item[0][1]),
        )
        found: dict[str, Shares] = {}
        for (old, new), characters in ranked:
            parts = characters / self._old[level][old], characters / self._new[level][new]
            found.setdefault(old, Shares(new, *parts))
        return found


def characters(texts: pa.ChunkedArray) -> pa.ChunkedArray:
    """Return the weight of each text: its characters, at least 1."""
    return pc.max_element_wise(pc.utf8_length(texts), 1).cast(pa.int64())


def map_rows(
    level: str,
    old: Mapping[str, str | None],
    new: Mapping[str, str | None],
    best: Mapping[str, Shares],
) -> list[dict[str, Any]]:
    """Return the rows of one level.

    ``old`` and ``new`` have every id of the two lakes, with what it had become where it was
    merged away.
    """
    rows = []
    for name, successor in sorted(old.items()):
        shares = best.get(successor or name, Shares(None, 0.0, 0.0))
        rows.append(_row(name, level, successor, shares, 1, new))
    return rows


def carried(
    before: Iterable[Mapping[str, Any]],
    rows: Sequence[dict[str, Any]],
    new: Mapping[str, str | None],
) -> list[dict[str, Any]]:
    """Return ``rows`` with those of the old lake's own map, led on to the new one.

    An id that both have means what the old lake says if that had a living one of it, else what
    the map of the old lake says: nobody was ever given the other. ``new`` as in :func:`map_rows`.
    """
    known = {row["old_id"]: row for row in rows}
    found = dict(known)
    for row in before:
        if row["reused"]:
            continue
        on = known.get(row["new_id"])
        shares = Shares(None, 0.0, 0.0)
        if on is not None and on["new_id"] is not None:
            of_old = row["share_of_old"] * on["share_of_old"]
            shares = Shares(on["new_id"], of_old, row["share_of_new"] * on["share_of_new"])
        name, replays = row["old_id"], row["replays"] + 1
        found[name] = _row(name, row["level"], row["merged_into"], shares, replays, new)
    return list(found.values())


def _row(
    name: str,
    level: str,
    successor: str | None,
    shares: Shares,
    replays: int,
    new: Mapping[str, str | None],
) -> dict[str, Any]:
    return {
        "old_id": name,
        "level": level,
        "merged_into": successor,
        "new_id": shares.new_id,
        "reused": name in new and new[name] is None,
        "share_of_old": shares.of_old,
        "share_of_new": shares.of_new,
        "replays": replays,
    }


class Kept(NamedTuple):
    """How many of an old lake's events or storylines a new one has again."""

    wholly: int
    """At least ``WHOLLY`` of them in one."""
    partly: int
    lost: int
    """Not at all."""


def kept(rows: Iterable[Mapping[str, Any]], level: str) -> Kept:
    """Count the rows of ``level``, those without that were merged or come from earlier replays."""
    shares = [
        row["share_of_old"]
        for row in rows
        if row["level"] == level and row["replays"] == 1 and row["merged_into"] is None
    ]
    wholly = sum(share >= WHOLLY for share in shares)
    lost = sum(share == 0 for share in shares)
    return Kept(wholly, len(shares) - wholly - lost, lost)
