"""Tables to Parquet and back. The same rows give the same bytes: no clock, no chance."""

from __future__ import annotations

import io
from collections.abc import Iterator, Sequence
from typing import BinaryIO

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from schemas.manifest import FileEntry
from schemas.tables import KEPT
from transforms.errors import LakeError
from transforms.lake.hashing import fingerprint
from transforms.lake.storage import Storage

_ROWS = 65_536
_ROWS_WITH_VECTORS = 4_096
"""Rows of a row group: a few megabytes either way, which is what a reader skips or takes."""


def to_parquet(table: pa.Table) -> bytes:
    """Return the file: zstd, strings in dictionaries, vectors split by byte, pages with CRCs."""
    leaves = [leaf for field in table.schema for leaf in _leaves(field.name, field.type)]
    vectors = [path for path, kind in leaves if pa.types.is_floating(kind) and ".list." in path]
    strings = [path for path, kind in leaves if pa.types.is_string(kind)]
    sink = io.BytesIO()
    pq.write_table(
        table.combine_chunks(),
        sink,
        compression="zstd",
        use_dictionary=strings or False,
        # Values rounded to half precision have two idle bytes: split, these cost nothing.
        column_encoding=dict.fromkeys(vectors, "BYTE_STREAM_SPLIT") or None,
        row_group_size=_ROWS_WITH_VECTORS if vectors else _ROWS,
        write_page_checksum=True,
    )
    return sink.getvalue()


def _leaves(path: str, kind: pa.DataType) -> Iterator[tuple[str, pa.DataType]]:
    if pa.types.is_list(kind):
        yield from _leaves(f"{path}.list.element", kind.value_type)
    elif pa.types.is_struct(kind):
        for index in range(kind.num_fields):
            yield from _leaves(f"{path}.{kind.field(index).name}", kind.field(index).type)
    else:
        yield path, kind


def read_parquet(
    storage: Storage,
    entry: FileEntry,
    columns: Sequence[str] | None = None,
    filters: pc.Expression | None = None,
) -> pa.Table:
    """Return the rows of one file of the lake.

    Raises:
        LakeError: The file is missing, has another length than its manifest says, is damaged
            where it was read, or has another schema than its table.
    """
    size = storage.size(entry.path)
    if size is not None and size != entry.bytes:
        raise LakeError(
            f"{storage.full(entry.path)} has {size} bytes and was written with {entry.bytes}: "
            "it is damaged. Restore it, or read an earlier snapshot."
        )
    with storage.open(entry.path) as source:
        try:
            return _read(source, entry, columns, filters)
        except (pa.ArrowException, OSError, ValueError) as error:
            raise LakeError(f"{storage.full(entry.path)} is damaged: {error}") from error


def _read(
    source: BinaryIO,
    entry: FileEntry,
    columns: Sequence[str] | None,
    filters: pc.Expression | None,
) -> pa.Table:
    found = fingerprint(pq.read_schema(source))
    if found != entry.fingerprint:
        raise ValueError(f"its schema is {found}, the manifest says {entry.fingerprint}")
    source.seek(0)
    names = None if columns is None else list(columns)
    table = pq.read_table(source, columns=names, filters=filters, page_checksum_verification=True)
    return table.select(names) if names else table


def columns_of(storage: Storage, entry: FileEntry) -> list[str]:
    """Return the names of a file's columns; LakeError where it cannot be read."""
    with storage.open(entry.path) as source:
        try:
            return list(pq.read_schema(source).names)
        except (pa.ArrowException, OSError) as error:
            raise LakeError(f"{storage.full(entry.path)} is damaged: {error}") from error


def read_files(
    storage: Storage,
    table: str,
    entries: Sequence[FileEntry],
    columns: Sequence[str] | None = None,
    filters: pc.Expression | None = None,
) -> pa.Table:
    """Return the rows of several files of one table, one file after the other."""
    parts = [read_parquet(storage, entry, columns, filters) for entry in entries]
    if not parts and table in KEPT:
        empty = KEPT[table].schema.empty_table()
        return empty if columns is None else empty.select(list(columns))
    return pa.concat_tables(parts) if parts else pa.table({})
