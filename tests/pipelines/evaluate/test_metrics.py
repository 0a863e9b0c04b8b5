"""Scores: worked examples from the papers, and what must hold for every clustering."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipelines.evaluate.metrics import (
    Score,
    adjusted,
    b3,
    b3_items,
    by_story,
    clustering,
    interval,
    mean,
    overlap,
    resampled,
    stems,
    story_sums,
)

# Bagga and Baldwin, 1998, figures 2 to 4: entities 1-5, 6-7 and 8-C.
TRUTH = list("aaaaabbccccc")
SECOND_AND_THIRD_AS_ONE = list("xxxxxyyyyyyy")
FIRST_AND_THIRD_AS_ONE = list("xxxxxyyxxxxx")

LABELS = st.lists(
    st.tuples(st.sampled_from("abcd"), st.sampled_from("wxyz")), min_size=1, max_size=40
)


def test_b3_of_the_papers_first_response() -> None:
    score = b3(TRUTH, SECOND_AND_THIRD_AS_ONE)
    assert score.precision == pytest.approx(16 / 21)
    assert score.recall == 1.0


def test_b3_of_the_papers_second_response() -> None:
    score = b3(TRUTH, FIRST_AND_THIRD_AS_ONE)
    assert score.precision == pytest.approx(7 / 12)
    assert score.recall == 1.0


def test_b3_counts_item_by_item() -> None:
    precision, recall = b3_items(["a", "a", "a", "b"], ["x", "x", "y", "y"])
    assert precision.tolist() == [1.0, 1.0, 0.5, 0.5]
    assert recall.tolist() == pytest.approx([2 / 3, 2 / 3, 1 / 3, 1.0])


@given(LABELS)
def test_precision_is_recall_the_other_way_round(pairs: list[tuple[str, str]]) -> None:
    gold, found = map(list, zip(*pairs, strict=True))
    one, other = b3(gold, found), b3(found, gold)
    assert one.precision == pytest.approx(other.recall)
    assert 0 < one.f1 <= 1


@given(LABELS)
def test_names_of_clusters_do_not_count(pairs: list[tuple[str, str]]) -> None:
    gold, found = map(list, zip(*pairs, strict=True))
    renamed = [{"w": "1", "x": "22", "y": "3", "z": "4"}[name] for name in found]
    assert b3(gold, found) == pytest.approx(b3(gold, renamed))


@given(LABELS)
def test_the_interval_holds_only_possible_scores(pairs: list[tuple[str, str]]) -> None:
    gold, found = map(list, zip(*pairs, strict=True))
    low, high = interval(gold, found, resamples=50)
    assert 0 <= low <= high <= 1 + 1e-12
    assert interval(gold, found, resamples=50) == (low, high)


def test_the_interval_is_a_point_where_every_story_scores_the_same() -> None:
    gold = [str(n // 3) for n in range(30)]
    assert interval(gold, gold) == (1.0, 1.0)


def test_the_interval_narrows_with_the_number_of_stories() -> None:
    def width(stories: int) -> float:
        gold = [str(n // 2) for n in range(2 * stories)]
        found = [str(n // 2) if n % 4 < 2 else str(n + 1000) for n in range(2 * stories)]
        low, high = interval(gold, found)
        return high - low

    assert width(400) < width(40) < width(8)


def test_chance_agreement_is_worth_nothing() -> None:
    assert adjusted(TRUTH, list("abcdefghijkl"))["ari"] == pytest.approx(0.0)
    assert adjusted(TRUTH, TRUTH) == {"ami": pytest.approx(1.0), "ari": 1.0}


def test_both_floors_stand_beside_a_score() -> None:
    figures = clustering(TRUTH, TRUTH)
    assert figures["f1"] == 1.0
    assert figures["floors"]["singletons"]["recall"] == pytest.approx(0.25)
    assert figures["floors"]["singletons"]["f1"] == pytest.approx(0.4)
    assert figures["floors"]["one_cluster"]["recall"] == 1.0
    assert (figures["clusters"], figures["gold_clusters"]) == (3, 3)


@given(LABELS)
def test_the_sums_of_stories_give_the_score(pairs: list[tuple[str, str]]) -> None:
    gold, found = map(list, zip(*pairs, strict=True))
    rows = list(by_story(gold, found).values())
    items, precision, recall = (sum(column) for column in zip(*rows, strict=True))
    assert items == len(gold)
    assert b3(gold, found)[:2] == pytest.approx((precision / items, recall / items), abs=1e-4)


def test_the_same_seed_draws_the_same_stories() -> None:
    _, sums = story_sums(TRUTH, FIRST_AND_THIRD_AS_ONE)
    assert (resampled(sums, 50) == resampled(sums, 50)).all()
    assert (resampled(sums, 50) != resampled(sums, 50, seed=1)).any()


def test_the_interval_of_a_clustering_has_the_seed_that_is_given() -> None:
    gold = [str(n // 3) for n in range(90)]
    found = [str(n // (2 + n % 2)) for n in range(90)]
    intervals = {clustering(gold, found, seed)["interval"] for seed in (0, 0, 1, 2)}
    assert len(intervals) == 3


def test_names_of_stories_do_not_leave_the_corpus() -> None:
    assert not set(by_story(["A headline"], ["c"])) & {"A headline"}


def test_nothing_cannot_be_scored() -> None:
    with pytest.raises(ValueError, match="0 gold"):
        b3([], [])


def test_words_are_compared_by_stem_and_small_words_do_not_count() -> None:
    assert stems("The nominations of the judges") == stems("judge nominated")
    assert overlap(
        stems("Supreme Court nomination"), stems("Kavanaugh nominated to the court")
    ) == (pytest.approx((2 / 3, 2 / 3, 2 / 3)))


def test_sets_that_share_nothing_score_nothing() -> None:
    assert overlap(frozenset(), frozenset({"a"})) == Score(0.0, 0.0, 0.0)


def test_the_mean_is_over_stories() -> None:
    assert mean([Score(1.0, 0.5, 0.6), Score(0.0, 0.0, 0.0)]) == {
        "stories": 2,
        "precision": 0.5,
        "recall": 0.25,
        "f1": pytest.approx(0.3),
        "interval": (0.0, 0.6),
    }
    assert mean([]) == {"stories": 0}
