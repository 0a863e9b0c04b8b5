"""A snapshot writes what changed, and the files of a manifest hold every row exactly once."""

from __future__ import annotations

from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipelines.lake import Lake
from schemas.batches import TableBatch, encode_table
from tests.lakes import DAY, MARCH, Row, article, batches, paragraph, passage, write
from transforms.lake import writer
from transforms.lake.verify import verify

_WORDS = st.sampled_from(["one", "two", "three"])
_UPSERT = st.tuples(st.integers(0, 5), st.integers(0, 2), st.integers(0, 1), _WORDS)
_BATCH = st.tuples(st.lists(_UPSERT, max_size=4), st.sets(st.integers(0, 2), max_size=2))


def _row(number: int, of: int, month: int, text: str) -> Row:
    """Paragraph ids carry their month: a key never moves to another partition by itself."""
    name, time = f"p{number}.{month}", MARCH + 31 * DAY * month + number
    return paragraph(name, f"a{of}", "g1", "e1", "s1", text=text, time=time)


def _given(rows: list[Row], removed: set[int], order: int) -> list[TableBatch]:
    gone = sorted(f"a{of}" for of in removed)
    places = ["date=2017-03-01", "date=2017-04-01"] if removed else []
    return [
        *batches("paragraphs", *rows, order=order),
        *(TableBatch("paragraphs", place, b"", gone, order) for place in places),
    ]


@settings(max_examples=25, deadline=None)
@given(snapshots=st.lists(st.lists(_BATCH, max_size=3), max_size=4))
def test_any_sequence_of_snapshots_is_a_dictionary(
    tmp_path_factory: pytest.TempPathFactory,
    snapshots: list[list[tuple[list[tuple[int, int, int, str]], set[int]]]],
) -> None:
    lake = str(tmp_path_factory.mktemp("lake") / "lake")
    model: dict[str, Row] = {}
    given: list[TableBatch] = batches("rejections")
    for snapshot in snapshots:
        given = []
        for order, (upserts, removed) in enumerate(snapshot):
            rows = list({(n, m): _row(n, of, m, text) for n, of, m, text in upserts}.values())
            given += _given(rows, removed, order)
            model = {k: r for k, r in model.items() if int(r["article_id"][1:]) not in removed}
            model |= {row["paragraph_id"]: row for row in rows}
        before = _ids(lake)
        made = write(lake, reversed(given))
        if made is not None:
            found = Lake(lake).table("paragraphs", as_of="write")
            texts = zip(
                *(found[n].to_pylist() for n in ("paragraph_id", "article_id", "text")), strict=True
            )
            assert sorted(texts) == sorted(
                (row["paragraph_id"], row["article_id"], row["text"]) for row in model.values()
            )
        else:
            assert before == sorted(model)


def _ids(lake: str) -> list[str]:
    if not Path(lake).exists():
        return []
    return sorted(Lake(lake).table("paragraphs", as_of="write")["paragraph_id"].to_pylist())


def test_new_rows_are_added_beside_the_old_files(tmp_path: Path) -> None:
    write(str(tmp_path), batches("paragraphs", _row(1, 1, 0, "one")))
    before = Lake(str(tmp_path)).files("paragraphs")
    write(str(tmp_path), batches("paragraphs", _row(2, 1, 0, "two")))
    after = Lake(str(tmp_path)).files("paragraphs")
    assert len(after) == 2
    assert set(before) < set(after)


def test_only_the_files_of_replaced_rows_are_written_anew(tmp_path: Path) -> None:
    for number in (1, 2):
        write(str(tmp_path), batches("paragraphs", _row(number, number, 0, "one")))
    held = Lake(str(tmp_path)).files("paragraphs")
    write(str(tmp_path), batches("paragraphs", _row(1, 1, 0, "two")))
    newest = Lake(str(tmp_path)).files("paragraphs")
    assert len(newest) == 2
    assert len(set(newest) & set(held)) == 1
    assert Lake(str(tmp_path), snapshot=2).files("paragraphs") == held


def test_writing_what_is_there_makes_no_snapshot(tmp_path: Path) -> None:
    rows = [_row(number, 1, 0, "one") for number in range(3)]
    assert write(str(tmp_path), batches("paragraphs", *rows)) == 1
    assert write(str(tmp_path), batches("paragraphs", *rows[:2])) is None
    assert write(str(tmp_path), [TableBatch("paragraphs", "date=2017-03-01", b"", ["a9"])]) is None
    assert Lake(str(tmp_path)).snapshot == 1


def test_a_partition_can_become_empty(tmp_path: Path) -> None:
    write(str(tmp_path), batches("paragraphs", _row(1, 1, 0, "one")))
    assert write(str(tmp_path), [TableBatch("paragraphs", "date=2017-03-01", b"", ["a1"])]) == 2
    assert Lake(str(tmp_path)).table("paragraphs").num_rows == 0
    assert Lake(str(tmp_path)).files("paragraphs") == []


def test_state_is_replaced_as_a_whole_and_kept_without_news(tmp_path: Path) -> None:
    def state(*values: int) -> list[TableBatch]:
        return [TableBatch("state/terms", "", encode_table(pa.table({"n": list(values)})))]

    assert write(str(tmp_path), state(3, 1, 2)) == 1
    assert write(str(tmp_path), state(3, 1, 2)) is None
    assert write(str(tmp_path), state(9)) == 2
    assert write(str(tmp_path), batches("paragraphs", _row(1, 1, 0, "one"))) == 3
    assert Lake(str(tmp_path)).table("state/terms")["n"].to_pylist() == [9]
    assert Lake(str(tmp_path), 1).table("state/terms")["n"].to_pylist() == [3, 1, 2]


def test_of_two_states_the_later_one_stays(tmp_path: Path) -> None:
    given = [
        TableBatch("state/terms", "", encode_table(pa.table({"n": [order]})), (), order)
        for order in (2, 7, 5)
    ]
    write(str(tmp_path), given)
    assert Lake(str(tmp_path)).table("state/terms")["n"].to_pylist() == [7]


def test_large_partitions_are_several_files(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(writer, "MAX_ROWS", 2)
    write(str(tmp_path), batches("paragraphs", *(_row(n, 1, 0, "one") for n in range(5))))
    sizes = [pq.read_metadata(file).num_rows for file in Lake(str(tmp_path)).files("paragraphs")]
    assert sorted(sizes) == [1, 2, 2]


def test_files_are_the_same_bytes_wherever_they_are_written(tmp_path: Path) -> None:
    for name in ("one", "two"):
        write(str(tmp_path / name), batches("articles", article("a1", [("e1", "s1", 1.0)])))
    one, two = (
        {
            str(path.relative_to(tmp_path / name)): path.read_bytes()
            for path in sorted((tmp_path / name).rglob("*.parquet"))
        }
        for name in ("one", "two")
    )
    assert one == two
    assert len(one) == 1


def test_vectors_are_split_by_byte_and_strings_have_dictionaries(tmp_path: Path) -> None:
    write(str(tmp_path), batches("passages", passage("g1", "a1", "e1", "s1", 1.0)))
    metadata = pq.read_metadata(Lake(str(tmp_path)).files("passages")[0])
    columns = [metadata.row_group(0).column(place) for place in range(metadata.num_columns)]
    by_name = {column.path_in_schema: column for column in columns}
    assert "BYTE_STREAM_SPLIT" in by_name["embedding.list.element"].encodings
    assert "RLE_DICTIONARY" in by_name["features.list.element.name"].encodings
    assert {column.compression for column in columns} == {"ZSTD"}
    assert by_name["time"].statistics.min is not None


def test_everything_written_here_verifies_but_for_references(tmp_path: Path) -> None:
    write(str(tmp_path), batches("paragraphs", _row(1, 1, 0, "one")))
    assert {problem.message.split(" names")[0] for problem in verify(str(tmp_path))} == {
        "paragraphs.article_id",
        "paragraphs.passage_id",
        "paragraphs.event_id",
        "paragraphs.storyline_id",
    }
