"""Ids between snapshots: what changed, and what the lineage explains."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from pipelines.evaluate.stability import HOUR, Stability, follow
from transforms.clustering.lineage import Change
from transforms.clustering.step import Step


def core(**storyline_of: str) -> Any:
    """An engine with these events, ten articles each, in these storylines."""
    return SimpleNamespace(
        storylines=SimpleNamespace(of_event=storyline_of),
        events=SimpleNamespace(find=lambda name: SimpleNamespace(articles=10)),
    )


def change(level: str, name: str, what: str, other: str = "") -> Change:
    return Change(0, level, name, what, other, "")


def after(before: Any, now: Any, *changes: Change) -> dict[str, float]:
    stability = Stability()
    stability.note(Step(1 * HOUR), before)
    stability.note(Step(2 * HOUR, changes=list(changes)), now)
    return stability.figures()


def test_nothing_changed() -> None:
    figures = after(core(e1="s1", e2="s2"), core(e1="s1", e2="s2", e3="s1"))
    assert figures["unchanged"] == figures["unchanged_or_explained"] == 1.0


def test_a_change_without_lineage_is_neither_unchanged_nor_explained() -> None:
    figures = after(core(e1="s1", e2="s2"), core(e1="s1", e2="s1"))
    assert figures["unchanged"] == figures["unchanged_or_explained"] == 0.5
    assert figures["unchanged_outside_lineage"] == 0.5


def test_a_merged_storyline_is_explained_through_any_number_of_mergers() -> None:
    rows = [
        change("storyline", "s2", "merged_into", "s3"),
        change("storyline", "s3", "merged_into", "s1"),
    ]
    figures = after(core(e1="s1", e2="s2"), core(e1="s1", e2="s1"), *rows)
    assert (figures["unchanged"], figures["unchanged_or_explained"]) == (0.5, 1.0)
    assert figures["unchanged_outside_lineage"] == 1.0


def test_lineage_that_leads_elsewhere_explains_nothing() -> None:
    row = change("storyline", "s2", "merged_into", "s3")
    assert after(core(e2="s2"), core(e2="s1"), row)["unchanged_or_explained"] == 0.0


def test_an_event_that_moved_is_explained() -> None:
    row = change("event", "e2", "moved_to", "s9")
    assert after(core(e2="s2"), core(e2="s9"), row)["unchanged_or_explained"] == 1.0


def test_an_event_that_was_merged_away_is_explained() -> None:
    row = change("event", "e1", "merged_into", "e3")
    figures = after(core(e1="s1", e3="s1"), core(e3="s1"), row)
    assert (figures["unchanged"], figures["unchanged_or_explained"]) == (0.5, 1.0)


def test_an_event_that_is_retired_keeps_its_ids_in_the_tables() -> None:
    row = change("event", "e1", "retired")
    assert after(core(e1="s1", e2="s1"), core(e2="s1"), row)["unchanged"] == 1.0


def test_an_event_that_is_gone_without_a_row_is_not_explained() -> None:
    figures = after(core(e1="s1", e2="s1"), core(e2="s1"))
    assert figures["unchanged"] == figures["unchanged_or_explained"] == 0.5


def test_a_passage_that_moved_is_a_change_that_is_explained() -> None:
    figures = after(core(e1="s1"), core(e1="s1"), change("passage", "g1", "moved_to", "e2"))
    assert (figures["unchanged"], figures["unchanged_or_explained"]) == (0.9, 1.0)
    assert figures["unchanged_outside_lineage"] == 1.0


def test_a_passage_that_moved_within_the_hour_in_which_it_came_is_no_change() -> None:
    stability = Stability()
    stability.note(Step(HOUR), core(e1="s1"))
    decided = SimpleNamespace(decisions=[(None, SimpleNamespace(passage_id="g1"))])
    moves = [change("passage", "g1", "moved_to", "e1")]
    step = Step(2 * HOUR, placed=[decided], changes=moves)  # type: ignore[list-item]
    stability.note(step, core(e1="s1"))
    assert stability.figures()["unchanged"] == 1.0


def test_what_comes_and_goes_within_an_hour_does_not_count() -> None:
    stability = Stability()
    stability.note(Step(HOUR), core(e1="s1"))
    stability.note(Step(HOUR + 1), core(e1="s2"))
    stability.note(Step(2 * HOUR), core(e1="s1"))
    assert stability.figures()["unchanged"] == 1.0


@given(st.dictionaries(st.sampled_from("abcde"), st.sampled_from("abcdef")), st.sampled_from("abc"))
def test_following_ids_ends_even_in_a_circle(successors: dict[str, str], name: str) -> None:
    assert follow(name, successors) in {name, *successors.values()}
