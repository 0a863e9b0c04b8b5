"""Reading a lake from Python: tables of one snapshot, as written or as of today.

>>> lake = Lake("lake")  # doctest: +SKIP
>>> lake.table("storylines", ["label", "articles"])  # doctest: +SKIP
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property
from typing import Literal

import pyarrow as pa
import pyarrow.parquet as pq

from schemas.manifest import FileEntry, Manifest
from schemas.tables import TABLES
from transforms.errors import LakeError, UsageError
from transforms.lake.current import NEEDED, current_columns, resolve
from transforms.lake.difference import LINEAGE, STORYLINES, Difference, difference, since
from transforms.lake.lineage import Today, today
from transforms.lake.manifests import newest, no_lake, read_manifest, snapshots
from transforms.lake.parquet import columns_of, read_files
from transforms.lake.storage import storage_of
from transforms.lake.verify import Problem, verify

__all__ = ["Filter", "Lake", "Problem", "verify"]

Filter = tuple[str, str, object]
"""Column, operator (``=``, ``!=``, ``<``, ``<=``, ``>``, ``>=``, ``in``, ``not in``), value."""


class Lake:
    """One snapshot of a lake. What it shows does not change while others write.

    Args:
        path: The folder, or an address such as ``gs://bucket/lake``.
        snapshot: Its number; the newest one without it.

    Raises:
        LakeError: There is no lake, no such snapshot, or its manifest is damaged.
    """

    def __init__(self, path: str, snapshot: int | None = None) -> None:
        self.path = path
        self._storage = storage_of(path)
        self.manifest = self._newest() if snapshot is None else self._numbered(snapshot)

    def _newest(self) -> Manifest:
        found = newest(self._storage)
        if found is None:
            raise no_lake(self._storage)
        return found

    def _numbered(self, wanted: int) -> Manifest:
        numbers = self.snapshots()
        if not numbers:
            raise no_lake(self._storage)
        if wanted not in numbers:
            raise LakeError(
                f"{self.path} has no snapshot {wanted}; it has {numbers[0]} to {numbers[-1]}."
            )
        return read_manifest(self._storage, wanted)

    @property
    def snapshot(self) -> int:
        """The number of the snapshot that is read."""
        return self.manifest.snapshot

    def snapshots(self) -> list[int]:
        """Return the numbers of all snapshots, ascending."""
        return snapshots(self._storage)

    def names(self) -> list[str]:
        """Return the names of all tables of the snapshot, ``state/`` ones included."""
        return sorted({*TABLES, *self.manifest.tables})

    def files(self, name: str) -> list[str]:
        """Return the Parquet files of a table, as other programs would open them."""
        return [self._storage.full(entry.path) for entry in self._entries(name)]

    def table(
        self,
        name: str,
        columns: Sequence[str] | None = None,
        filters: Sequence[Filter] = (),
        as_of: Literal["current", "write"] = "current",
    ) -> pa.Table:
        """Return a table of the snapshot.

        Args:
            name: One of :meth:`names`.
            columns: The columns wanted, in this order; all without it.
            filters: Conditions that hold for every row returned.
            as_of: ``current`` follows mergers, splits and moves, so that ids are today's;
                ``write`` gives what was decided when the row was written.

        Raises:
            UsageError: There is no such table or column.
            LakeError: A file is missing or damaged; the message names it.
        """
        entries = self._entries(name)
        self._check_columns(name, [*(columns or ()), *(column for column, _, _ in filters)])
        changing = current_columns(name) if as_of == "current" and name in TABLES else set()
        early = [rule for rule in filters if rule[0] not in changing]
        late = [rule for rule in filters if rule[0] in changing]
        wanted = None if columns is None else _with_needed(name, [*columns, *(r[0] for r in late)])
        rows = read_files(self._storage, name, entries, wanted, _expression(early))
        if changing:
            rows = resolve(self._storage, self.manifest, self._today, name, rows)
        rows = rows.filter(pq.filters_to_expression(late)) if late else rows
        return rows if columns is None else rows.select(list(columns))

    def resolve(self, identifier: str) -> str:
        """Return what the event or storyline ``identifier`` is called today.

        In a lake that was replayed, an id of the lake before leads to what holds most of its
        text; one that both lakes have means this lake's.

        Raises:
            UsageError: The lake has never had it.
        """
        mapped = self.table(
            "id_map", ["new_id"], [("old_id", "=", identifier), ("reused", "=", False)]
        )
        if mapped.num_rows and (name := mapped["new_id"][0].as_py()) is not None:
            return str(name)
        kind = "storyline" if identifier.startswith("s") else "event"
        known = self.table(f"{kind}s", [f"{kind}_id"], [(f"{kind}_id", "=", identifier)], "write")
        if not known.num_rows:
            lost = ", and nothing of the one it was replayed from" if mapped.num_rows else ""
            raise UsageError(
                f"{self.path} has no event or storyline {identifier!r} in snapshot "
                f"{self.snapshot}{lost}."
            )
        if kind == "event":
            return self._today.event(identifier)
        return self._today.storyline("", identifier)

    def changes_since(self, snapshot: int) -> Difference:
        """Return what became of the storylines between ``snapshot`` and the one that is read.

        Raises:
            LakeError: There is no such snapshot, or a file is missing or damaged.
        """
        before = Lake(self.path, snapshot)
        old, new = (
            lake.table("lineage", LINEAGE, [("level", "=", "storyline")]) for lake in (before, self)
        )
        return difference(
            before.table("storylines", STORYLINES),
            self.table("storylines", STORYLINES),
            since(old, new),
        )

    @cached_property
    def _today(self) -> Today:
        return today(self._storage, self.manifest)

    def _entries(self, name: str) -> list[FileEntry]:
        if name not in self.names():
            raise UsageError(f"There is no table {name!r}; there are {', '.join(self.names())}.")
        return self.manifest.of(name)

    def _check_columns(self, name: str, wanted: Sequence[str]) -> None:
        if name in TABLES:
            known = TABLES[name].schema.names
        else:
            known = columns_of(self._storage, self._entries(name)[0])
        unknown = sorted(set(wanted) - set(known))
        if unknown:
            raise UsageError(f"{name} has no column {', '.join(unknown)}.")


def _with_needed(name: str, wanted: Sequence[str]) -> list[str]:
    return list(dict.fromkeys([*wanted, *NEEDED.get(name, ())]))


def _expression(filters: Sequence[Filter]) -> pa.compute.Expression | None:
    return pq.filters_to_expression(list(filters)) if filters else None
