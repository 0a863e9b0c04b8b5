"""What all peers share: noise, and what is scored."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from benchmarks.peers.base import named
from tests.benchmarks.peers.tasks import task

LABELS = st.lists(st.integers(-1, 4), max_size=30)


def test_noise_is_a_cluster_an_article_or_one_for_all() -> None:
    alone, together = named([0, -1, 0, -1]), named([0, -1, 0, -1], "one cluster")
    assert alone[0] == alone[2]
    assert len(set(alone)) == 3
    assert together[1] == together[3]
    assert len(set(together)) == 2


@given(LABELS)
def test_as_singletons_noise_shares_its_cluster_with_nothing(labels: list[int]) -> None:
    found = named(labels)
    for row, label in enumerate(labels):
        same = [other for other in range(len(labels)) if found[other] == found[row]]
        assert same == [o for o in range(len(labels)) if labels[o] == label] or label == -1
        assert label != -1 or same == [row]


def test_noise_is_not_read_in_a_third_way() -> None:
    with pytest.raises(ValueError, match="dropped"):
        named([0], "dropped")


def test_articles_that_are_only_streamed_are_not_scored() -> None:
    gold, found = task([0, 1, 1], scored=[1, 2]).compared(["a", "b", "c"])
    assert gold == ["story 1", "story 1"]
    assert found == ["b", "c"]


def test_a_rejected_article_is_alone_whatever_the_peer_says() -> None:
    gold, found = task([0, 0], lost=["story 0", "story 0"]).compared(["a", "a"])
    assert gold == ["story 0"] * 4
    assert len(set(found)) == 3


def test_a_peer_that_leaves_articles_out_is_told() -> None:
    with pytest.raises(ValueError, match="1 clusters for 2 articles"):
        task([0, 1]).compared(["a"])
