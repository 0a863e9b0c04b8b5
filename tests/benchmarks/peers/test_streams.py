"""River's clusterers, where River is installed, put like with like."""

from __future__ import annotations

import pytest

from tests.benchmarks.peers.tasks import task

STORIES = [0, 1, 2, 0, 1, 2, 0]


def test_what_came_first_is_not_forgotten_by_the_end() -> None:
    pytest.importorskip("river", reason="the extra bench is not installed")
    from benchmarks.peers.streams import dbstream, textclust

    for found in (
        dbstream(task(STORIES), 0.7).values(),
        textclust(task(STORIES), 0.7).values(),
    ):
        [labels] = found
        assert [labels.index(label) for label in labels] == [0, 1, 2, 0, 1, 2, 0]


def test_an_articlefollows_the_cluster_that_its_own_was_merged_into() -> None:
    from benchmarks.peers.streams import follow

    assert [follow(number, {3: 2, 2: 0}) for number in (0, 1, 2, 3)] == [0, 1, 0, 0]
