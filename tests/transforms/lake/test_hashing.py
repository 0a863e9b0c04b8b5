"""The content hash sees rows, and nothing of how they lie."""

from __future__ import annotations

import io

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from transforms.lake.hashing import add_hashes, content_hash, fingerprint, row_bytes

_SCHEMA = pa.schema(
    [
        ("name", pa.string()),
        ("time", pa.timestamp("us", tz="UTC")),
        ("count", pa.int32()),
        ("known", pa.bool_()),
        ("raw", pa.binary()),
        ("vector", pa.list_(pa.float32())),
        ("terms", pa.list_(pa.string())),
        ("shares", pa.list_(pa.struct([("id", pa.string()), ("share", pa.float32())]))),
    ]
)
_SHARE = st.fixed_dictionaries(
    {"id": st.none() | st.text(max_size=3), "share": st.none() | st.floats(width=32)}
)
_ROW = st.fixed_dictionaries(
    {
        "name": st.none() | st.text(max_size=4),
        "time": st.none() | st.integers(0, 2**52),
        "count": st.none() | st.integers(-9, 9),
        "known": st.none() | st.booleans(),
        "raw": st.none() | st.binary(max_size=3),
        "vector": st.none() | st.lists(st.none() | st.floats(width=32), max_size=3),
        "terms": st.none() | st.lists(st.none() | st.text(max_size=2), max_size=3),
        "shares": st.none() | st.lists(st.none() | _SHARE, max_size=2),
    }
)


def _table(rows: list[dict[str, object]]) -> pa.Table:
    return pa.Table.from_pylist(rows, schema=_SCHEMA)


@settings(max_examples=50, deadline=None)
@given(rows=st.lists(_ROW, max_size=12), data=st.data())
def test_order_chunks_and_files_do_not_matter(
    rows: list[dict[str, object]], data: st.DataObject
) -> None:
    whole = content_hash(_table(rows))
    shuffled = data.draw(st.permutations(rows))
    cut = data.draw(st.integers(0, len(rows)))
    parts = [_table(shuffled[:cut]), _table(shuffled[cut:])]
    assert content_hash(pa.concat_tables(parts)) == whole
    assert add_hashes(content_hash(part) for part in parts) == whole
    assert content_hash(_table([*rows[:1], *rows]).slice(len(rows[:1]))) == whole


@settings(max_examples=25, deadline=None)
@given(rows=st.lists(_ROW, min_size=1, max_size=12))
def test_a_trip_through_parquet_does_not_matter(rows: list[dict[str, object]]) -> None:
    sink = io.BytesIO()
    pq.write_table(_table(rows), sink, row_group_size=3)
    assert content_hash(pq.read_table(io.BytesIO(sink.getvalue()))) == content_hash(_table(rows))


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ({"name": ""}, {"name": None}),
        ({"count": 0}, {"count": None}),
        ({"vector": []}, {"vector": None}),
        ({"vector": [0.0]}, {"vector": [None]}),
        ({"terms": ["ab", "c"]}, {"terms": ["a", "bc"]}),
        ({"terms": [None]}, {"terms": []}),
        ({"name": "a", "raw": b"b"}, {"name": "ab", "raw": b""}),
        ({"shares": [{"id": "a", "share": 0.5}]}, {"shares": [{"id": "a", "share": None}]}),
        ({"shares": [None]}, {"shares": [{"id": None, "share": None}]}),
        ({"known": False}, {"known": None}),
    ],
)
def test_different_rows_differ(one: dict[str, object], other: dict[str, object]) -> None:
    assert content_hash(_table([one])) != content_hash(_table([other]))


def test_a_row_twice_is_not_a_row_once() -> None:
    row = {"name": "a"}
    assert content_hash(_table([row, row])) != content_hash(_table([row]))
    assert content_hash(_table([])) == "0" * 64


def test_the_hash_is_what_it_was() -> None:
    rows = [{"name": "é", "count": 1, "vector": [0.5], "terms": ["x"]}, {"known": True}]
    assert row_bytes(_table(rows), ["name", "count"]) == [
        b"\1\2" + b"\0" * 7 + "é".encode() + b"\1\1\0\0\0",
        b"\0\0",
    ]


def test_descriptions_are_no_part_of_a_fingerprint() -> None:
    plain = pa.schema([pa.field("a", pa.string())])
    described = pa.schema([pa.field("a", pa.string(), metadata={"description": "x"})])
    assert fingerprint(plain) == fingerprint(described)
    assert fingerprint(plain) != fingerprint(pa.schema([pa.field("a", pa.string(), False)]))
