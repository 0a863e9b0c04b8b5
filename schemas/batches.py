"""Rows on their way into the lake: the element that the snapshot writer takes, and its encoding."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any, NamedTuple

import pyarrow as pa

from schemas.tables import KEPT, TABLES

GRANULARITIES = ("month", "day")
STATE = "state/"


class TableBatch(NamedTuple):
    """New rows of one partition of one table, and what they take the place of."""

    table: str
    """A name in :data:`schemas.tables.TABLES`, or ``state/<name>``."""
    partition: str
    """From :func:`partition_of`; empty for tables that have no date."""
    rows: bytes
    """From :func:`encode_rows` or :func:`encode_table`; empty for none."""
    removed: Sequence[str] = ()
    """Values of the table's scope column whose earlier rows in this partition go away."""
    order: int = 0
    """When it was decided, in microseconds of event time: of two rows with the same key, and of
    two contents of one ``state/`` table, the one with the greater order stays."""


def encode_rows(
    table: str, rows: Sequence[Mapping[str, Any]], schema: pa.Schema | None = None
) -> bytes:
    """Return ``rows`` as :func:`encode_table` does.

    Args:
        table: A table's name; its schema is the lake's.
        rows: One mapping a row. Times are microseconds since the epoch.
        schema: Needed for ``state/`` tables, whose schema is their own affair.

    Raises:
        ValueError: A column is unknown, missing or null where it must not be.
    """
    schema = KEPT[table].schema if table in KEPT else schema
    if schema is None:
        raise ValueError(f"{table} is no table with a fixed schema; give its schema")
    unknown = {name for row in rows for name in row} - set(schema.names)
    if unknown:
        raise ValueError(f"{table} has no column {', '.join(sorted(unknown))}")
    return encode_table(pa.Table.from_pylist(list(rows), schema=schema))


def encode_table(table: pa.Table) -> bytes:
    """Return ``table`` as an Arrow stream; ValueError for a null where there must be none.

    Compressed as a whole: most tables on the way have few rows and a schema larger than these.
    """
    check_nulls(table)
    sink = pa.BufferOutputStream()
    with (
        pa.CompressedOutputStream(sink, "zstd") as packed,
        pa.ipc.new_stream(packed, table.schema) as stream,
    ):
        stream.write_table(table)
    encoded: bytes = sink.getvalue().to_pybytes()
    return encoded


def decode_rows(encoded: bytes) -> pa.Table:
    """Return the rows that :func:`encode_rows` made."""
    with pa.CompressedInputStream(pa.BufferReader(encoded), "zstd") as packed:
        return pa.ipc.open_stream(packed).read_all()


def check_nulls(table: pa.Table) -> None:
    """Raise ValueError when a column that must be full is not: Arrow itself does not look."""
    for field in table.schema:
        if not field.nullable and table[field.name].null_count:
            raise ValueError(f"column {field.name} must not be null, and is in some rows")


def partition_of(table: str, time: int, granularity: str) -> str:
    """Return ``date=YYYY-MM-DD``, the first day of the period that ``time`` (µs UTC) lies in.

    Empty for tables without a date. ``granularity`` is ``month`` or ``day``.
    """
    layout = TABLES.get(table)
    if layout is None or layout.date is None:
        return ""
    day = datetime.fromtimestamp(time // 1_000_000, UTC)
    return f"date={day:%Y-%m-}{'01' if granularity == 'month' else format(day, '%d')}"
