"""A hash of a table's rows that knows nothing of files, row groups, batches or their order.

Each row is written in one canonical form and hashed; the hash of a table is the sum of its rows'
hashes modulo 2**256. Sums need no sorting and add up over files, so a snapshot of a large lake
costs only what it adds. It tells whether two lakes are equal; it is no defence against somebody
who chooses the rows to make them collide.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

_MODULUS = 1 << 256


def content_hash(table: pa.Table) -> str:
    """Return 64 hexadecimal digits: equal for equal rows in whatever order and layout."""
    total = sum(
        int.from_bytes(hashlib.blake2b(row, digest_size=32).digest(), "little")
        for batch in table.to_batches(max_chunksize=8192)
        for row in row_bytes(pa.Table.from_batches([batch]))
    )
    return f"{total % _MODULUS:064x}"


def add_hashes(hashes: Iterable[str]) -> str:
    """Return the content hash of tables whose content hashes are given, taken together."""
    return f"{sum(int(value, 16) for value in hashes) % _MODULUS:064x}"


def fingerprint(schema: pa.Schema) -> str:
    """Return 16 hexadecimal digits for names, types and nullability; descriptions do not count."""
    lines = [f"{field.name} {_type(field.type)} {field.nullable}" for field in schema]
    return hashlib.sha256("\n".join(lines).encode()).hexdigest()[:16]


def _type(kind: pa.DataType) -> str:
    if pa.types.is_list(kind):
        # Parquet may give the items of a list another name than Arrow does.
        return f"list<{_type(kind.value_type)}>"
    if pa.types.is_struct(kind):
        fields = [kind.field(index) for index in range(kind.num_fields)]
        return f"struct<{', '.join(f'{field.name}: {_type(field.type)}' for field in fields)}>"
    return str(kind)


def row_bytes(table: pa.Table, columns: Sequence[str] | None = None) -> list[bytes]:
    """Return each row, or these columns of it, in its canonical form: equal bytes, equal row."""
    names = table.schema.names if columns is None else columns
    cells = [_cells(_one_chunk(table[name])) for name in names]
    return [b"".join(row) for row in zip(*cells, strict=True)]


def _one_chunk(column: pa.ChunkedArray) -> pa.Array:
    array = column.combine_chunks()
    if isinstance(array, pa.ChunkedArray):
        array = pa.concat_arrays(array.chunks) if array.num_chunks else pa.array([], array.type)
    return array.dictionary_decode() if pa.types.is_dictionary(array.type) else array


def _cells(array: pa.Array) -> list[bytes]:
    payloads = _payloads(array)
    valid = array.is_valid().to_pylist()
    return [b"\1" + cell if full else b"\0" for cell, full in zip(payloads, valid, strict=True)]


def _payloads(array: pa.Array) -> list[bytes]:
    kind = array.type
    if pa.types.is_struct(kind):
        fields = [_cells(field) for field in array.flatten()]
        return [b"".join(row) for row in zip(*fields, strict=True)]
    if pa.types.is_list(kind) or pa.types.is_large_list(kind):
        return _lists(array)
    if pa.types.is_string(kind) or pa.types.is_large_string(kind):
        return [_sized((value or "").encode("utf-8")) for value in array.to_pylist()]
    if pa.types.is_binary(kind) or pa.types.is_large_binary(kind):
        return [_sized(value or b"") for value in array.to_pylist()]
    values, width = _fixed(array)
    return [values[start : start + width] for start in range(0, len(values), width)]


def _lists(array: pa.Array) -> list[bytes]:
    items = array.flatten()
    counts = pc.list_value_length(array).fill_null(0).to_numpy(zero_copy_only=False)
    ends = np.cumsum(counts).tolist()
    spans = [(end - count, end) for count, end in zip(counts.tolist(), ends, strict=True)]
    if pa.types.is_floating(items.type) or pa.types.is_integer(items.type):
        return _vectors(items, spans)
    cells = _cells(items)
    return [_number(end - start) + b"".join(cells[start:end]) for start, end in spans]


def _vectors(items: pa.Array, spans: list[tuple[int, int]]) -> list[bytes]:
    values, width = _fixed(items)
    valid = np.asarray(items.is_valid().to_numpy(zero_copy_only=False), dtype=np.uint8).tobytes()
    return [
        _number(end - start) + values[start * width : end * width] + valid[start:end]
        for start, end in spans
    ]


def _fixed(array: pa.Array) -> tuple[bytes, int]:
    kind = array.type
    if pa.types.is_boolean(kind):
        array = array.cast(pa.uint8())
    elif pa.types.is_temporal(kind):
        array = array.cast(pa.int64() if kind.bit_width == 64 else pa.int32())
    values = array.fill_null(0).to_numpy(zero_copy_only=False)
    packed = np.ascontiguousarray(values, dtype=values.dtype.newbyteorder("<"))
    return packed.tobytes(), packed.dtype.itemsize


def _sized(value: bytes) -> bytes:
    return _number(len(value)) + value


def _number(value: int) -> bytes:
    return value.to_bytes(8, "little")
