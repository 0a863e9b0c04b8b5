"""River's clusterers, where River is installed, put like with like."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.benchmarks.peers.tasks import task

Counts = dict[str, int]
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


def test_the_quick_distance_gives_the_clusters_that_rivers_own_gives() -> None:
    cluster = pytest.importorskip("river.cluster", reason="the extra bench is not installed")
    from benchmarks.peers.streams import FADING, PATIENCE, dbstream

    vectors = np.random.default_rng(1).standard_normal((60, 4)).astype(np.float32)
    vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
    plain = cluster.DBSTREAM(0.7, FADING, PATIENCE)
    points = [dict(enumerate(vector.tolist())) for vector in vectors]
    for point in points:
        plain.learn_one(point)
    [found] = dbstream(replace(task([0] * 60), vectors=vectors), 0.7).values()
    assert found == [str(plain.predict_one(point)) for point in points]
    assert 1 < len(set(found)) < 60


COUNTS = st.dictionaries(st.sampled_from("abcdef"), st.integers(1, 5), max_size=6)


@given(COUNTS, COUNTS, COUNTS)
def test_the_quick_cosine_is_rivers_own(one: Counts, other: Counts, third: Counts) -> None:
    cluster = pytest.importorskip("river.cluster", reason="the extra bench is not installed")
    from benchmarks.peers.streams import QuickCosine

    micro = [
        cluster.TextClust.MicroCluster({key: {"tf": n} for key, n in counts.items()}, 1, 1, 1, 0)
        for counts in (one, other, third)
    ]
    idf = {key: 1.0 + place for place, key in enumerate(sorted(other.keys() | third.keys()))}
    quick, plain = QuickCosine(), cluster.TextClust.Distances("tfidf_cosine_distance")
    for known in micro[1:]:
        expected = plain.dist(micro[0], known, idf)
        assert quick.dist(micro[0], known, idf) == pytest.approx(expected, abs=1e-9)


def test_an_article_follows_the_cluster_that_its_own_was_merged_into() -> None:
    from benchmarks.peers.streams import follow

    assert [follow(number, {3: 2, 2: 0}) for number in (0, 1, 2, 3)] == [0, 1, 0, 0]
