"""New rows take the place of old ones by key, in the order they were decided in."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from schemas.batches import TableBatch, encode_table
from schemas.tables import INPUTS, LINEAGE, PASSAGES
from tests.lakes import batches, lineage, passage
from transforms.lake.upsert import fold


def _passage(name: str, score: float, of: str = "a1", order: int = 0) -> TableBatch:
    row = passage(name, of, "e1", "s1", 1.0, score=score)
    return batches("passages", row, order=order)[0]


def _scores(*given: TableBatch) -> dict[str, float]:
    rows = fold(PASSAGES, given).rows
    return dict(zip(rows["passage_id"].to_pylist(), rows["score"].to_pylist(), strict=True))


def test_the_later_decision_stays() -> None:
    assert _scores(_passage("g1", 1.0, order=2), _passage("g1", 2.0, order=1)) == {"g1": 1.0}


def test_a_removal_takes_what_was_decided_before_it_only() -> None:
    removal = TableBatch("passages", "date=2017-03-01", b"", ["g1", "g2"], 5)
    held = (_passage("g1", 1.0, order=4), _passage("g2", 2.0, order=5), _passage("g3", 3.0, "a2"))
    assert _scores(*held, removal) == {"g2": 2.0, "g3": 3.0}
    assert fold(PASSAGES, [removal]).removed == {"g1", "g2"}


@settings(max_examples=30, deadline=None)
@given(
    held=st.lists(st.tuples(st.sampled_from("ghi"), st.integers(0, 3), st.integers(0, 2))),
    data=st.data(),
)
def test_who_came_first_does_not_matter(
    held: list[tuple[str, int, int]], data: st.DataObject
) -> None:
    given = [_passage(name, float(score), order=order) for name, score, order in held]
    shuffled = data.draw(st.permutations(given))
    assert fold(PASSAGES, shuffled).rows.equals(fold(PASSAGES, given).rows)


def test_rows_lie_by_time_then_key() -> None:
    rows = [
        lineage("event", name, "born", time=time) for name, time in (("b", 2), ("a", 2), ("c", 1))
    ]
    folded = fold(LINEAGE, batches("lineage", *rows)).rows
    assert folded["id"].to_pylist() == ["c", "a", "b"]


def test_a_null_where_there_must_be_none_is_refused() -> None:
    row = passage("g1", "a1", "e1", "s1", 1.0)
    del row["event_id"]
    with pytest.raises(ValueError, match="event_id must not be null"):
        batches("passages", row)


def test_rows_of_another_table_are_refused() -> None:
    rows = INPUTS.schema.empty_table()
    with pytest.raises(ValueError, match="match"):
        fold(PASSAGES, [TableBatch("passages", "", encode_table(rows))])
