"""Rows are checked where they are made, and land in the partition of their time."""

from __future__ import annotations

import pyarrow as pa
import pytest

from schemas.batches import decode_rows, encode_rows, encode_table, partition_of
from schemas.tables import PARAGRAPHS
from tests.lakes import DAY, MARCH, paragraph


def test_rows_come_back_under_the_tables_schema() -> None:
    row = paragraph("p1", "a1", "g1", "e1", "s1")
    decoded = decode_rows(encode_rows("paragraphs", [row]))
    assert decoded.schema == PARAGRAPHS.schema
    (found,) = decoded.to_pylist()
    assert {**found, "time": int(found["time"].timestamp() * 1_000_000)} == {
        **row,
        "source": None,
        "runner_up": None,
    }


def test_what_does_not_fit_is_refused() -> None:
    row = paragraph("p1", "a1", "g1", "e1", "s1")
    with pytest.raises(ValueError, match="paragraphs has no column colour"):
        encode_rows("paragraphs", [{**row, "colour": "red"}])
    with pytest.raises(ValueError, match="text must not be null"):
        encode_rows("paragraphs", [{**row, "text": None}])
    with pytest.raises(ValueError, match="give its schema"):
        encode_rows("state/terms", [{"n": 1}])


def test_state_brings_its_own_schema() -> None:
    schema = pa.schema([("n", pa.int8())])
    assert decode_rows(encode_rows("state/terms", [{"n": 1}], schema)).schema == schema
    table = pa.table({"n": [1, None]})
    assert decode_rows(encode_table(table)) == table


@pytest.mark.parametrize(
    ("table", "time", "granularity", "partition"),
    [
        ("articles", MARCH + 40 * DAY, "month", "date=2017-04-01"),
        ("articles", MARCH + 40 * DAY, "day", "date=2017-04-10"),
        ("articles", MARCH - 1, "day", "date=2017-02-28"),
        ("articles", -1, "month", "date=1969-12-01"),
        ("events", MARCH, "month", "date=2017-03-01"),
        ("state/terms", MARCH, "month", ""),
    ],
)
def test_partitions_are_named_by_their_first_day(
    table: str, time: int, granularity: str, partition: str
) -> None:
    assert partition_of(table, time, granularity) == partition
