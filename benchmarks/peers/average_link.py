"""Average link over all articles, cut where it scores best: an oracle, nobody can run it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from benchmarks.peers.base import Readings, Task

Floats = NDArray[np.float64]


class Cut(NamedTuple):
    """A cut through a tree: what was merged up to a distance, and what that is worth."""

    distance: float
    labels: NDArray[np.intp]
    score: float


def on_vectors(task: Task) -> Readings:
    """Return average link on the cosines of the vectors, at its best cut."""
    vectors = task.vectors.astype(np.float64)
    return _readings(task, vectors @ vectors.T)


def on_tfidf(task: Task, longest: int = 1, least: int = 1) -> Readings:
    """Return average link on TF-IDF cosines, the idf of the whole corpus, at its best cut.

    Terms are up to ``longest`` words in a row that ``least`` articles have.
    """
    from sklearn.feature_extraction.text import TfidfVectorizer

    vectorizer = TfidfVectorizer(
        stop_words="english", sublinear_tf=True, ngram_range=(1, longest), min_df=least
    )
    weights = vectorizer.fit_transform(task.texts)
    return _readings(task, (weights @ weights.T).toarray())


def average_link(cosines: Floats) -> Floats:
    """Return SciPy's linkage matrix ``[n - 1, 4]`` of at least two items."""
    from scipy.cluster.hierarchy import linkage
    from scipy.spatial.distance import squareform

    distances = np.maximum(1.0 - (cosines + cosines.T) / 2, 0.0)
    np.fill_diagonal(distances, 0.0)
    return np.asarray(linkage(squareform(distances, checks=False), "average"))


def best_cut(tree: Floats, score: Callable[[NDArray[np.intp]], float]) -> Cut:
    """Return the cut with the highest score over all that a tree has, the lowest of equal ones.

    A cut between two merges gives what the lower one gives, so each height is tried once, and
    one below all of them.
    """
    from scipy.cluster.hierarchy import fcluster

    best = None
    for distance in (-1.0, *np.unique(tree[:, 2]).tolist()):
        labels = fcluster(tree, distance, "distance")
        value = score(labels)
        if best is None or value > best.score:
            best = Cut(distance, labels, value)
    assert best is not None
    return best


def _readings(task: Task, cosines: Floats) -> Readings:
    def score(labels: Sequence[int] | NDArray[np.intp]) -> float:
        return task.f1([str(label) for label in labels])

    cut = best_cut(average_link(cosines), score)
    return {f"cut at cosine {1 - cut.distance:.3f}": [str(label) for label in cut.labels]}
