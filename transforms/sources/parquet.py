"""Parquet: one row is one article, read batch by batch."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import date
from typing import Any, BinaryIO

import pyarrow as pa
import pyarrow.parquet as pq

from schemas.records import SAMPLE_BYTES
from schemas.settings import InputSettings
from transforms.decode import to_text
from transforms.fields import is_column
from transforms.sources.base import InputFile, Record, Source, document, refuse, too_large

BATCH_BYTES = 16_000_000
"""Uncompressed bytes that a batch should have; no batch is less than a row."""
MAX_BATCH_ROWS = 500
_SPOKEN = ("title", "text", "paragraphs")


def read(opened: BinaryIO, file: InputFile, settings: InputSettings) -> Iterator[Record]:
    """Yield each row as a JSON object of the columns that can be of use.

    Raises OSError or ValueError (which Arrow's errors are) where the file is no Parquet. A row
    group that cannot be read is one rejection, and the next one is tried.
    """
    parquet = pq.ParquetFile(opened)
    names = parquet.schema_arrow.names
    columns = [name for name in names if is_column(name, settings.fields)]
    if not any(is_column(name, settings.fields, _SPOKEN) for name in columns):
        yield refuse(file, "bad_field", _no_text(names, parquet.metadata.num_rows))
        return
    first = 1
    for group in range(parquet.num_row_groups):
        rows = parquet.metadata.row_group(group).num_rows
        number = first
        try:
            for row in _rows(parquet, group, columns):
                yield _record(row, f"row {number}", file, settings.max_record_bytes)
                number += 1
        except (OSError, ValueError, NotImplementedError) as error:
            message = f"Rows {number} to {first + rows - 1} cannot be read: {error}"
            yield refuse(file, "unreadable_file", message, f"row {number}")
        first += rows


def _rows(parquet: pq.ParquetFile, group: int, columns: list[str]) -> Iterator[dict[str, Any]]:
    size = _batch_rows(parquet.metadata.row_group(group))
    for batch in parquet.iter_batches(size, row_groups=[group], columns=columns):
        printable = {name: _printable(batch.column(name)) for name in batch.schema.names}
        # Row by row: as Python objects a batch is many times its size.
        for index in range(batch.num_rows):
            yield {name: _value(column[index]) for name, column in printable.items()}


def _batch_rows(group: Any) -> int:
    a_row = max(1, group.total_byte_size // max(1, group.num_rows))
    return int(min(MAX_BATCH_ROWS, max(1, BATCH_BYTES // a_row)))


def _printable(column: pa.Array) -> pa.Array:
    """Times become ISO texts in UTC here: Python's own end at the year 9999."""
    if pa.types.is_timestamp(column.type):
        column = column.cast(pa.timestamp("us", "UTC"), safe=False)
    return column.cast(pa.string()) if pa.types.is_temporal(column.type) else column


def _value(cell: pa.Scalar) -> object:
    try:
        return cell.as_py()
    except UnicodeDecodeError:
        return to_text(cell.as_buffer().to_pybytes()) if hasattr(cell, "as_buffer") else None
    except ArithmeticError:
        return None  # A time inside a list or struct that Python cannot hold.


def _record(row: dict[str, Any], place: str, file: InputFile, limit: int) -> Record:
    body = json.dumps(row, ensure_ascii=False, default=_plain).encode("utf-8", "replace")
    if len(body) > limit:
        return too_large(file, place, len(body), limit, body[:SAMPLE_BYTES])
    return document(file, place, "json", body)


def _plain(value: object) -> str | None:
    if isinstance(value, bytes):
        return to_text(value)
    return value.isoformat() if isinstance(value, date) else str(value)


def _no_text(names: list[str], rows: int) -> str:
    listed = ", ".join(names[:30])
    return (
        f"None of the columns ({listed}) can be the text or title of its {rows} rows. Name it, "
        'for example with --set input.fields.text="the_column".'
    )


SOURCE = Source("parquet", (".parquet", ".pq"), read)
