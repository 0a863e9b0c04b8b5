"""The oracle's cut is the best that its tree has."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray
from scipy.cluster.hierarchy import fcluster

from benchmarks.peers.average_link import average_link, best_cut, on_vectors
from pipelines.evaluate.metrics import b3
from tests.benchmarks.peers.tasks import task

STORIES = st.lists(st.integers(0, 3), min_size=2, max_size=12)


def tree_of(size: int, seed: int) -> NDArray[np.float64]:
    vectors = np.random.default_rng(seed).standard_normal((size, 4))
    vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
    return average_link(vectors @ vectors.T)


@settings(max_examples=40)
@given(STORIES, st.integers(0, 1000), st.floats(0, 2))
def test_no_other_threshold_scores_more(stories: list[int], seed: int, threshold: float) -> None:
    gold = [str(story) for story in stories]
    tree = tree_of(len(gold), seed)

    def score(labels: NDArray[np.intp]) -> float:
        return b3(gold, [str(label) for label in labels]).f1

    best = best_cut(tree, score)
    assert best.score >= score(fcluster(tree, threshold, "distance"))
    assert best.score == score(best.labels)


def test_the_cut_may_leave_all_apart_or_put_all_together() -> None:
    tree = tree_of(5, 1)
    assert len(set(best_cut(tree, lambda labels: len(set(labels))).labels)) == 5
    assert len(set(best_cut(tree, lambda labels: -len(set(labels))).labels)) == 1


def test_copies_can_be_told_apart_too() -> None:
    tree = average_link(np.ones((3, 3)))
    assert len(set(best_cut(tree, lambda labels: len(set(labels))).labels)) == 3


def test_of_equal_cuts_the_lowest_is_taken() -> None:
    assert best_cut(tree_of(6, 2), lambda labels: 1.0).distance < 0


def test_what_is_only_streamed_does_not_move_the_cut() -> None:
    """The gold of two stories that are one in the vectors counts only where they are scored."""
    [(said, found)] = on_vectors(task([0, 0, 1, 1, 2], scored=[0, 1, 2, 3])).items()
    assert found[0] == found[1] != found[2] == found[3]
    assert said == "cut at cosine 1.000"


@pytest.mark.parametrize("longest", [1, 2])
def test_stories_without_a_common_word_part(longest: int) -> None:
    pytest.importorskip("sklearn")
    from benchmarks.peers.average_link import on_tfidf

    [found] = on_tfidf(task([0, 1, 2, 0, 1, 2]), longest=longest).values()
    assert found[:3] == found[3:]
    assert len(set(found)) == 3
