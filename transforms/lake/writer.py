"""Writes the files of one partition and says which of the parent's they replace.

Nothing that a manifest lists is ever changed: files are named by their content, so writing the
same rows again, after a crash or beside another worker, gives the same file.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence
from typing import NamedTuple

import pyarrow as pa
import pyarrow.compute as pc

from schemas.batches import TableBatch, decode_rows
from schemas.layout import TIME, Table
from schemas.manifest import FileEntry, Manifest
from schemas.tables import KEPT
from transforms.lake.hashing import add_hashes, content_hash, fingerprint
from transforms.lake.parquet import read_files, read_parquet, to_parquet
from transforms.lake.storage import Storage
from transforms.lake.tiers import to_fold
from transforms.lake.upsert import Incoming, fold, in_order, leaving

MAX_ROWS = 262_144
"""Rows of one file: bounds the memory of whoever reads or rewrites it."""

_TALLIED = {"rejections": "reason", "events": "status", "storylines": "status"}


class FileChange(NamedTuple):
    """What one partition of one table contributes to a snapshot."""

    table: str
    partition: str
    dropped: Sequence[str]
    """Paths of the parent's files that are not part of the new snapshot."""
    added: Sequence[str]
    """New files, each a :class:`schemas.manifest.FileEntry` as JSON."""


def write_partition(
    storage: Storage,
    parent: Manifest | None,
    table: str,
    partition: str,
    batches: Iterable[TableBatch],
) -> FileChange:
    """Write what ``batches`` change in one partition; nothing where they change nothing.

    Rows that no other row replaces are added as a new file. Otherwise the files they were in
    are written anew together with the new rows, and those alone; and with them small files,
    where a partition has many (:mod:`transforms.lake.tiers`).

    Raises:
        LakeError: A file of the parent is damaged, or one cannot be written.
        ValueError: The rows do not fit the table.
    """
    held = [] if parent is None else parent.of(table, partition)
    if table not in KEPT:
        return _replace(storage, table, held, _whole(batches))
    layout = KEPT[table]
    return _upsert(storage, layout, partition, held, fold(layout, batches))


def _replace(storage: Storage, table: str, held: Sequence[FileEntry], rows: pa.Table) -> FileChange:
    added = write_files(storage, table, "", rows)
    return _change(table, "", held, added)


def _whole(batches: Iterable[TableBatch]) -> pa.Table:
    given = list(batches)
    last = max(batch.order for batch in given)
    newest = sorted(batch.rows for batch in given if batch.order == last and batch.rows)
    return pa.concat_tables([decode_rows(rows) for rows in newest]) if newest else pa.table({})


def _upsert(
    storage: Storage, layout: Table, partition: str, held: Sequence[FileEntry], new: Incoming
) -> FileChange:
    affected = [entry for entry in held if _touches(storage, layout, entry, new)]
    before = read_files(storage, layout.name, affected)
    stay = pc.invert(pa.array(leaving(layout, before, new)))
    after = in_order(layout, pa.concat_tables([before.filter(stay), new.rows]))
    content = content_hash(after)
    if content == add_hashes(entry.content_hash for entry in affected):
        return FileChange(layout.name, partition, (), ())
    folded = to_fold([entry for entry in held if entry not in affected], after.num_rows)
    if folded:
        after = pa.concat_tables([after, read_files(storage, layout.name, folded)])
        after = in_order(layout, after)
        content = add_hashes([content, *(entry.content_hash for entry in folded)])
    written = write_files(storage, layout.name, partition, after, content)
    return _change(layout.name, partition, [*affected, *folded], written)


def _touches(storage: Storage, layout: Table, entry: FileEntry, new: Incoming) -> bool:
    columns = {*layout.key} if layout.scope is None else {*layout.key, layout.scope}
    rows = read_parquet(storage, entry, sorted(columns))
    return bool(leaving(layout, rows, new).any())


def _change(
    table: str, partition: str, old: Sequence[FileEntry], new: Sequence[FileEntry]
) -> FileChange:
    before, after = {entry.path for entry in old}, {entry.path for entry in new}
    added = [entry.model_dump_json() for entry in new if entry.path not in before]
    return FileChange(table, partition, sorted(before - after), sorted(added))


def write_files(
    storage: Storage, table: str, partition: str, rows: pa.Table, content: str | None = None
) -> list[FileEntry]:
    """Write ``rows``, in their order, as files of at most ``MAX_ROWS``; none for no rows.

    ``content`` is their content hash, where it is known already: it takes longer than all else.
    """
    parts = [rows.slice(start, MAX_ROWS) for start in range(0, rows.num_rows, MAX_ROWS)]
    known = content if len(parts) == 1 else None
    return [
        _write_file(storage, table, partition, part, known or content_hash(part)) for part in parts
    ]


def _write_file(
    storage: Storage, table: str, partition: str, rows: pa.Table, content: str
) -> FileEntry:
    data = to_parquet(rows)
    digest = hashlib.sha256(data).hexdigest()
    folder = f"{table}/{partition}" if partition else table
    path = f"{folder}/{digest[:16]}.parquet"
    storage.write_once(path, data)
    first, last = _times(table, rows)
    return FileEntry(
        table=table,
        partition=partition,
        path=path,
        rows=rows.num_rows,
        bytes=len(data),
        sha256=digest,
        fingerprint=fingerprint(rows.schema),
        content_hash=content,
        first_time=first,
        last_time=last,
        tally=_tally(table, rows),
    )


def _times(table: str, rows: pa.Table) -> tuple[int | None, int | None]:
    column = KEPT[table].date if table in KEPT else None
    if column is None:
        return None, None
    ends = pc.min_max(rows[column].cast(TIME).cast(pa.int64())).as_py()
    return ends["min"], ends["max"]


def _tally(table: str, rows: pa.Table) -> dict[str, int]:
    if table == "articles":
        return {"duplicates": rows.num_rows - rows["duplicate_of"].null_count}
    if table not in _TALLIED:
        return {}
    counted = sorted(
        rows[_TALLIED[table]].value_counts().to_pylist(), key=lambda pair: pair["values"]
    )
    return {pair["values"]: pair["counts"] for pair in counted}
