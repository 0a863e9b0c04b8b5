"""An old id leads to what holds most of its text; nothing is counted twice or lost."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from transforms.lake.id_map import Kept, Overlap, Shares, carried, characters, kept, map_rows

Paragraph = tuple[str, str, int]
"""Id, storyline, characters."""


def table(paragraphs: Sequence[Paragraph]) -> pa.Table:
    names, lines, sizes = zip(*paragraphs, strict=True) if paragraphs else ((), (), ())
    return pa.table(
        {
            "paragraph_id": pa.array(names, pa.string()),
            "event_id": pa.array([line.replace("s", "e") for line in lines], pa.string()),
            "storyline_id": pa.array(lines, pa.string()),
            "characters": pa.array(sizes, pa.int64()),
        }
    )


def overlap(old: Sequence[Paragraph], new: Sequence[Paragraph]) -> Overlap:
    found = Overlap()
    found.add(table(old), table(new).drop_columns("characters"))
    return found


def best(
    old: Sequence[Paragraph], new: Sequence[Paragraph], opened: Mapping[str, int] | None = None
) -> dict[str, Shares]:
    return overlap(old, new).best("storyline", opened or {})


def test_most_of_the_text_decides_not_most_of_the_paragraphs() -> None:
    old = [("p1", "s1", 30), ("p2", "s1", 30), ("p3", "s1", 140), ("p4", "s2", 60)]
    new = [("p1", "sA", 30), ("p2", "sA", 30), ("p3", "sB", 140), ("p4", "sB", 60)]
    assert best(old, new) == {"s1": Shares("sB", 0.7, 0.7), "s2": Shares("sB", 1.0, 0.3)}


def test_of_two_that_hold_as_much_the_older_is_taken_then_the_smaller_id() -> None:
    old = [("p1", "s1", 10), ("p2", "s1", 10)]
    new = [("p1", "sA", 10), ("p2", "sB", 10)]
    assert best(old, new, {"sA": 2, "sB": 1})["s1"].new_id == "sB"
    assert best(old, new, {"sA": 1, "sB": 1})["s1"].new_id == "sA"


def test_both_levels_are_told_apart() -> None:
    found = overlap([("p1", "s1", 10)], [("p1", "s2", 10)])
    assert found.best("event", {}) == {"e1": Shares("e2", 1.0, 1.0)}
    assert found.best("storyline", {}) == {"s1": Shares("s2", 1.0, 1.0)}


def test_what_the_new_lake_does_not_have_counts_against_the_share() -> None:
    assert best([("p1", "s1", 30), ("p2", "s1", 10)], [("p1", "sA", 30)]) == {
        "s1": Shares("sA", 0.75, 1.0)
    }


PARAGRAPHS = st.lists(
    st.tuples(st.sampled_from("123"), st.sampled_from("ABC"), st.integers(1, 9)), max_size=30
)


@settings(max_examples=200, deadline=None)
@given(PARAGRAPHS, st.integers(1, 5), st.randoms())
def test_counting_in_parts_and_in_any_order_gives_the_same(
    drawn: list[tuple[str, str, int]], size: int, random: Any
) -> None:
    old = [(f"p{n}", f"s{line}", chars) for n, (line, _, chars) in enumerate(drawn)]
    new = [(f"p{n}", f"s{line}", chars) for n, (_, line, chars) in enumerate(drawn)]
    parts = Overlap()
    starts = list(range(0, len(drawn), size))
    random.shuffle(starts)
    for start in starts:
        end = start + size
        parts.add(table(old[start:end]), table(new[start:end][::-1]).drop_columns("characters"))
    whole = best(old, new)
    assert parts.best("storyline", {}) == whole
    assert whole.keys() == {line for _, line, _ in old}
    for shares in whole.values():
        assert 0 < shares.of_old <= 1
        assert 0 < shares.of_new <= 1


def row(old: str, new: str | None, share: float = 1.0, **values: Any) -> dict[str, Any]:
    return {
        "old_id": old,
        "level": "storyline",
        "merged_into": None,
        "new_id": new,
        "reused": False,
        "share_of_old": share,
        "share_of_new": share,
        "replays": 1,
        **values,
    }


def test_what_was_merged_away_leads_where_its_successor_leads() -> None:
    found = map_rows("storyline", {"s1": None, "s2": "s1"}, {}, {"s1": Shares("sA", 1.0, 1.0)})
    assert found == [row("s1", "sA"), row("s2", "sA", merged_into="s1")]


def test_what_nothing_holds_has_a_row_that_says_so() -> None:
    assert map_rows("storyline", {"s1": None}, {}, {}) == [row("s1", None, 0.0)]


def test_an_id_that_both_lakes_have_is_told_unless_the_new_one_merged_it_away() -> None:
    old, new = {"s1": None, "s2": None}, {"s1": None, "s2": "s1"}
    shares = {name: Shares("s1", 1.0, 0.5) for name in old}
    found = map_rows("storyline", old, new, shares)
    assert [(row["old_id"], row["reused"]) for row in found] == [("s1", True), ("s2", False)]


def test_ids_of_the_lake_before_the_one_replayed_are_led_on() -> None:
    now = [row("s1", "sA", 0.5), row("s2", None, 0.0), row("s6", "sA", merged_into="s1")]
    before = [row("s8", "s1", 0.5), row("s9", "s2"), row("s7", None, 0.0)]
    before += [row("s1", "s2", reused=True), row("s6", "s2")]
    assert carried(before, now, {"s9": None}) == [
        row("s1", "sA", 0.5),
        row("s2", None, 0.0),
        row("s6", None, 0.0, replays=2),
        row("s8", "sA", 0.25, replays=2),
        row("s9", None, 0.0, replays=2, reused=True),
        row("s7", None, 0.0, replays=2),
    ]


def test_what_is_kept_is_counted_once_for_each_living_one() -> None:
    found = [
        row("s1", "sA", 0.9),
        row("s2", "sA", 0.89),
        row("s3", None, 0.0),
        row("s4", "sA", merged_into="s1"),
        row("s5", "sA", replays=2),
        row("e1", "eA", level="event"),
    ]
    assert kept(found, "storyline") == Kept(wholly=1, partly=1, lost=1)
    assert kept(found, "event") == Kept(1, 0, 0)


@pytest.mark.parametrize(("text", "weight"), [("", 1), ("ab", 2), ("é🦊", 2)])
def test_a_text_weighs_its_characters(text: str, weight: int) -> None:
    [found] = characters(pa.chunked_array([[text]])).to_pylist()
    assert found == weight
    assert pc.sum(characters(pa.chunked_array([[text, text]]))).as_py() == 2 * weight
