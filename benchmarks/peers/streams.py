"""River's DBSTREAM and TextClust: one article after the other, each learnt by itself."""

from __future__ import annotations

import math
from typing import Any

from benchmarks.peers.base import Readings, Task

PATIENCE = 100_000
"""Articles until something is forgotten: more than any corpus has."""
FADING = 1e-6
"""By which half is forgotten in a million articles; River allows no 0."""


def dbstream(task: Task, radius: float) -> Readings:
    """Return the cluster that each article is in at the end of the stream.

    ``radius`` is a distance of unit vectors. Numbers of clusters change while it learns, so only
    the end can be read. Nothing is forgotten: by default a cluster of one is after two articles.
    """
    model = _with_c_distance()(
        clustering_threshold=radius, fading_factor=FADING, cleanup_interval=PATIENCE
    )
    points = [dict(enumerate(vector.tolist())) for vector in task.vectors]
    for point in points:
        model.learn_one(point)
    return {"at the end": [str(model.predict_one(point)) for point in points]}


def _with_c_distance() -> Any:
    """Return River's class with its Euclidean distance computed in C, three times as fast."""
    from river.cluster import DBSTREAM

    class Quick(DBSTREAM):
        @staticmethod
        def _distance(point_a: dict[int, float], point_b: dict[int, float]) -> float:
            return math.dist(tuple(point_a.values()), tuple(point_b.values()))

    return Quick


def textclust(task: Task, radius: float) -> Readings:
    """Return the cluster that each article went to as it came, or what that was merged into.

    TextClust gets words, since it weighs them itself; ``radius`` is a cosine distance. Nothing is
    forgotten: by default a cluster of one is after 100 articles.
    """
    model = _recording()(radius=radius, tgap=PATIENCE, fading_factor=FADING, real_time_fading=False)
    model._micro_distance = QuickCosine()
    merged: dict[int, int] = {}
    found = []
    for words in task.words:
        model.learn_one(dict(words))
        found.append(model.joined)
        for number, cluster in model.micro_clusters.items():
            merged.update((gone, number) for gone in cluster.merged_ids)
    return {"as they came": [str(follow(number, merged)) for number in found]}


def _recording() -> Any:
    """Return River's class, made to say which cluster it put an article into."""
    from river.cluster import TextClust

    class Recording(TextClust):
        joined = 0

        def _get_closest_mc(self, mc: Any, idf: Any, distance: Any) -> Any:
            found, least = super()._get_closest_mc(mc, idf, distance)
            self.joined = self._cluster_id if found is None else found
            return found, least

    return Recording


class QuickCosine:
    """River's TF-IDF cosine distance, in a third of the time.

    An article is compared with all clusters in turn: its own weights are computed once.
    """

    def __init__(self) -> None:
        self._of: tuple[Any, Any, float] | None = None
        self._weights: dict[str, float] = {}
        self._length = 0.0

    def dist(self, one: Any, other: Any, idf: dict[str, float]) -> float:
        """Return 1 less the cosine of two micro-clusters; 1 where either is empty."""
        self._weigh(one, idf)
        terms = other.tf
        common = [key for key in self._weights if key in terms]
        if not common:
            return 1
        dot = sum([self._weights[key] * (terms[key]["tf"] * idf[key]) for key in common])
        length = math.sqrt(sum([(count["tf"] * idf[key]) ** 2 for key, count in terms.items()]))
        return 1 if not self._length * length else round(1 - dot / (self._length * length), 10)

    def _weigh(self, one: Any, idf: dict[str, float]) -> None:
        known = self._of
        if known and known[0] is one and known[1] is idf and known[2] == one.weight:
            return
        self._of = one, idf, one.weight
        self._weights = {key: count["tf"] * idf[key] for key, count in one.tf.items() if key in idf}
        self._length = math.sqrt(sum([weight**2 for weight in self._weights.values()]))


def follow(number: int, merged: dict[int, int]) -> int:
    """Return the cluster that one is part of today."""
    while number in merged:
        number = merged[number]
    return number
