"""All peers with their settings, in the order of the table."""

from __future__ import annotations

from functools import partial

from benchmarks.peers import average_link, birch, density, ours, streams
from benchmarks.peers.base import Peer, Task


def singletons(task: Task) -> dict[str, list[str]]:
    """Return the floor of each article alone."""
    return {"": [str(row) for row in range(len(task.texts))]}


def one_cluster(task: Task) -> dict[str, list[str]]:
    """Return the floor of all articles together."""
    return {"": ["all"] * len(task.texts)}


def peers(folds: str | None = None) -> list[Peer]:
    """Return all peers; storybeam leaving the corpus out as well where ``folds`` holds how."""
    return [
        Peer("all singletons", "stream", singletons),
        Peer("one cluster", "stream", one_cluster),
        *(
            Peer(
                f"River DBSTREAM, radius {radius}",
                "stream",
                partial(streams.dbstream, radius=radius),
            )
            for radius in (0.7, 0.8, 0.9)
        ),
        Peer("River TextClust, radius 0.5", "stream", partial(streams.textclust, radius=0.5)),
        *(
            Peer(f"BIRCH, threshold {size}", "stream", partial(birch.birch, threshold=size))
            for size in (0.7, 0.5)
        ),
        *(
            Peer(f"HDBSCAN, {size}", "all", partial(density.hdbscan, min_cluster_size=size))
            for size in (2, 3)
        ),
        Peer("BERTopic, defaults", "all", density.bertopic),
        Peer("average link, vectors", "labels", average_link.on_vectors),
        Peer("average link, TF-IDF", "labels", average_link.on_tfidf),
        Peer(
            "average link, TF-IDF with pairs of words",
            "labels",
            partial(average_link.on_tfidf, longest=2, least=2),
        ),
        *ours.peers(folds),
    ]
