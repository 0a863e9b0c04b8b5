"""BIRCH as in Apache Beam's example of online clustering: one article after the other."""

from __future__ import annotations

import numpy as np

from benchmarks.peers.base import Readings, Task


def birch(task: Task, threshold: float) -> Readings:
    """Return the clusters at the end of the stream.

    The example takes ``Birch(n_clusters=None, threshold=.7)``, learns each vector by itself with
    ``partial_fit`` and predicts all collected ones anew each time: the last prediction counts.
    Source: apache/beam, examples/online_clustering/clustering_pipeline/pipeline.
    """
    from sklearn.cluster import Birch

    model = Birch(n_clusters=None, threshold=threshold)
    for vector in task.vectors:
        model.partial_fit(np.atleast_2d(vector))
    return {"": [str(label) for label in model.predict(task.vectors)]}
