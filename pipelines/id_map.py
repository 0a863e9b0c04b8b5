"""Writes the map from the ids of a lake that was replayed to those of the new one."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pyarrow as pa

from pipelines.lake import Lake
from schemas.batches import TableBatch, encode_rows
from schemas.manifest import Manifest
from transforms.lake.commit import commit
from transforms.lake.current import resolve
from transforms.lake.id_map import LEVELS, Overlap, carried, characters, map_rows
from transforms.lake.lineage import Today, today
from transforms.lake.manifests import read_manifest
from transforms.lake.parquet import read_files
from transforms.lake.plan import SnapshotPlan
from transforms.lake.storage import storage_of
from transforms.lake.writer import write_partition
from transforms.sources.lake import Span, StoredArticles, rows_between, spans

_IDS = ("paragraph_id", "passage_id", "event_id", "storyline_id")


def write_id_map(
    source: StoredArticles, plan: SnapshotPlan, made: Manifest
) -> tuple[Manifest, list[dict[str, Any]]]:
    """Commit the map from the old lake's ids to the new lake's as its next snapshot.

    Args:
        source: the old lake.
        plan: of the replay.
        made: the newest snapshot of the new lake.
    """
    rows = id_map(source, plan.lake, made)
    if not rows:
        return made, rows
    storage = storage_of(plan.lake)
    batch = TableBatch("id_map", "", encode_rows("id_map", rows), (), 0)
    change = write_partition(storage, made, "id_map", "", [batch])
    number = commit(storage, replace(plan, parent=made.snapshot, inputs=()), [change])
    return (made if number is None else read_manifest(storage, number)), rows


def id_map(source: StoredArticles, lake: str, made: Manifest) -> list[dict[str, Any]]:
    """Return the rows of the table ``id_map``; see :data:`schemas.tables.ID_MAP`."""
    old, new = _Side(source.lake, source.manifest()), _Side(lake, made)
    overlap = Overlap()
    for span in spans(source):
        overlap.add(old.paragraphs(span, ("text",)), new.paragraphs(span))
    rows: list[dict[str, Any]] = []
    known: dict[str, str | None] = {}
    for level, table in LEVELS.items():
        known |= new.ids(level, table)
        best = overlap.best(level, new.opened(level, table))
        rows += map_rows(level, old.ids(level, table), known, best)
    before = Lake(source.lake, source.snapshot).table("id_map").to_pylist()
    return carried(before, rows, known)


class _Side:
    """One of the two lakes."""

    def __init__(self, lake: str, manifest: Manifest) -> None:
        self._storage, self._manifest = storage_of(lake), manifest
        self._today: Today = today(self._storage, manifest)

    def paragraphs(self, span: Span, more: tuple[str, ...] = ()) -> pa.Table:
        """Return the paragraphs of some articles under today's ids."""
        columns = (*_IDS, *more)
        rows = rows_between(self._storage, self._manifest, "paragraphs", columns, span)
        rows = resolve(self._storage, self._manifest, self._today, "paragraphs", rows)
        if "text" in more:
            rows = rows.append_column("characters", characters(rows["text"])).drop_columns("text")
        return rows.drop_columns("passage_id")

    def ids(self, level: str, table: str) -> dict[str, str | None]:
        """Return all ids, each with what it has become where it was merged away."""
        rows = read_files(self._storage, table, self._manifest.of(table), [f"{level}_id"])
        lead = self._today.event if level == "event" else self._storyline
        names = rows[f"{level}_id"].to_pylist()
        return {name: None if lead(name) == name else lead(name) for name in names}

    def _storyline(self, name: str) -> str:
        return self._today.storyline("", name)

    def opened(self, level: str, table: str) -> dict[str, int]:
        """Return when each was opened, microseconds."""
        names = [f"{level}_id", "opened_at"]
        rows = read_files(self._storage, table, self._manifest.of(table), names)
        times = rows["opened_at"].cast(pa.int64()).to_pylist()
        return dict(zip(rows[f"{level}_id"].to_pylist(), times, strict=True))
