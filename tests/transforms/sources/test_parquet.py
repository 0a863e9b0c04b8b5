from __future__ import annotations

import datetime as dt
import json
from decimal import Decimal
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from tests.transforms.sources.reading import objects, places, read, reasons, rejections

UTC = dt.UTC


def write(path: Path, columns: dict[str, object], **options: object) -> Path:
    pq.write_table(pa.table(columns), path, **options)
    return path


def test_each_row_is_a_document_with_its_number(tmp_path: Path) -> None:
    path = write(tmp_path / "a.parquet", {"id": [7, 8, 9], "text": ["one", None, "drei’"]},
                 row_group_size=2)  # fmt: skip
    records = read(path)
    assert objects(records) == [
        {"id": 7, "text": "one"}, {"id": 8, "text": None}, {"id": 9, "text": "drei’"},
    ]  # fmt: skip
    assert places(records) == ["row 1", "row 2", "row 3"]
    assert {record.origin for record in records} == {str(path)}


@pytest.mark.parametrize(
    ("column", "expected"),
    [
        (pa.array([dt.datetime(2018, 5, 3, 10)]), "2018-05-03 10:00:00.000000Z"),
        (
            pa.array([1_525_341_600], pa.timestamp("s", "America/New_York")),
            "2018-05-03 10:00:00.000000Z",
        ),
        (pa.array([1_525_341_600_000_000_001], pa.timestamp("ns")), "2018-05-03 10:00:00.000000Z"),
        (pa.array([dt.date(2018, 5, 3)]), "2018-05-03"),
        (pa.array(["2018-05-03"]).dictionary_encode(), "2018-05-03"),
        (pa.array([Decimal("1525341600.5")]), "1525341600.5"),
        (pa.array([b"2018-05-03"]), "2018-05-03"),
        (pa.array([float("nan")]), float("nan")),
    ],
)
def test_times_bytes_and_odd_numbers_have_a_form_that_json_knows(
    tmp_path: Path, column: pa.Array, expected: object
) -> None:
    path = write(tmp_path / "a.parquet", {"text": ["a text"], "date": column})
    (record,) = objects(read(path))
    assert isinstance(record, dict)
    assert record["date"] == pytest.approx(expected, nan_ok=True)


def test_a_time_that_python_cannot_hold_does_not_stop_the_rows(tmp_path: Path) -> None:
    path = write(tmp_path / "a.parquet", {
        "text": ["one", "two"], "date": pa.array([2**60, 0], pa.timestamp("us", "UTC")),
    })  # fmt: skip
    assert places(read(path)) == ["row 1", "row 2"]


def test_strings_that_are_not_utf8_are_decoded(tmp_path: Path) -> None:
    broken = "Le café était fermé depuis l’été".encode("cp1252")
    column = pa.Array.from_buffers(
        pa.string(),
        1,
        [None, pa.array([0, len(broken)], pa.int32()).buffers()[1], pa.py_buffer(broken)],
    )
    path = write(tmp_path / "a.parquet", {"text": column})
    assert objects(read(path)) == [{"text": "Le café était fermé depuis l’été"}]


def test_lists_of_paragraphs_and_structs_stay_what_they_are(tmp_path: Path) -> None:
    path = write(tmp_path / "a.parquet", {"paragraphs": [["a", "b"]], "source": [{"name": "X"}]})
    assert objects(read(path)) == [{"paragraphs": ["a", "b"], "source": {"name": "X"}}]


def test_columns_that_can_be_of_no_use_are_not_read(tmp_path: Path) -> None:
    path = write(tmp_path / "a.parquet", {"Text": ["a"], "embedding": [[0.1] * 9], "story": ["s"]})
    assert objects(read(path)) == [{"Text": "a"}]


def test_a_mapped_column_is_read(tmp_path: Path) -> None:
    path = write(tmp_path / "a.parquet", {"roh": ["a"], "meta": [{"when": "2018"}]})
    fields = {"text": "roh", "published": "meta.when"}
    assert objects(read(path, fields=fields)) == [{"roh": "a", "meta": {"when": "2018"}}]


def test_a_table_without_a_text_is_refused_with_its_columns(tmp_path: Path) -> None:
    path = write(tmp_path / "a.parquet", {"id": [1], "roh": ["a"]})
    (refused,) = rejections(read(path))
    assert refused.reason == "bad_field"
    assert "id, roh" in refused.message
    assert "input.fields.text" in refused.message


def test_a_row_over_the_limit_is_refused_and_reading_goes_on(tmp_path: Path) -> None:
    path = write(tmp_path / "a.parquet", {"text": ["one", "x" * 5_000, "two"]})
    records = read(path, max_record_bytes=1_000)
    assert places(records) == ["row 1", "row 3"]
    assert [(r.reason, r.place, len(r.sample)) for r in rejections(records)] == [
        ("too_large", "row 2", 400)
    ]


@pytest.mark.parametrize(
    "content", [b"", b"PAR1", b"no parquet at all" * 99, b"PAR1" + bytes(99) + b"PAR1"]
)
def test_what_is_no_parquet_is_unreadable(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "a.parquet"
    path.write_bytes(content)
    assert reasons(read(path)) == ["unreadable_file"]


def test_a_damaged_row_group_is_refused_and_the_next_one_is_read(tmp_path: Path) -> None:
    texts = [json.dumps([n, "x" * (n % 50)]) for n in range(3_000)]
    path = write(tmp_path / "a.parquet", {"text": texts}, row_group_size=1_000)
    column = pq.ParquetFile(path).metadata.row_group(1).column(0)
    start = column.dictionary_page_offset or column.data_page_offset
    content = bytearray(path.read_bytes())
    content[start : start + column.total_compressed_size] = b"\xff" * column.total_compressed_size
    path.write_bytes(content)
    records = read(path)
    assert [r["text"] for r in objects(records)] == texts[:1_000] + texts[2_000:]  # type: ignore[index]
    assert places(records)[1_000] == "row 2001"
    (refused,) = rejections(records)
    assert (refused.reason, refused.place) == ("unreadable_file", "row 1001")
    assert "Rows 1001 to 2000" in refused.message


def test_an_empty_table_has_no_records(tmp_path: Path) -> None:
    assert read(write(tmp_path / "a.parquet", {"text": pa.array([], pa.string())})) == []
