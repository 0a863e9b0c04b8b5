"""HDBSCAN, and BERTopic, which is built upon it: both see all articles at once."""

from __future__ import annotations

from benchmarks.peers.base import SEED, Readings, Task, named


def hdbscan(task: Task, min_cluster_size: int) -> Readings:
    """Return the clusters of the vectors; noise as singletons."""
    from hdbscan import HDBSCAN  # type: ignore[import-untyped]

    labels = HDBSCAN(min_cluster_size=min_cluster_size).fit_predict(task.vectors.astype(float))
    return {"noise as singletons": named(labels)}


def bertopic(task: Task) -> Readings:
    """Return the topics of BERTopic's defaults, given our vectors; only the seed is set.

    Topic -1 is what it calls outliers.
    """
    from bertopic import BERTopic  # type: ignore[import-untyped]

    model = BERTopic()
    model.umap_model.random_state = SEED
    topics, _ = model.fit_transform(list(task.texts), embeddings=task.vectors)
    return {f"topic -1 as {noise}": named(topics, noise) for noise in ("singletons", "one cluster")}
