"""Exact nearest centroids by FAISS."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float32]


class CentroidIndex:
    """A flat inner-product index whose rows can be overwritten and removed.

    It is derived: the centroids are the truth, and :meth:`rebuild` makes it anew from them.
    Rows are numbered 0 to n - 1; removing one moves the last into its place.
    """

    def __init__(self, dimension: int) -> None:
        import faiss

        # This wheel's threshold sends small batches past BLAS, ten times slower.
        faiss.cvar.distance_compute_blas_threshold = 20
        self._faiss = faiss
        self._dimension = dimension
        self._index: Any = faiss.IndexFlatIP(dimension)

    def __len__(self) -> int:
        return int(self._index.ntotal)

    def rebuild(self, centroids: Floats) -> None:
        """Replace all rows by ``centroids``, float32 ``[n, d]``."""
        self._index.reset()
        if len(centroids):
            self._index.add(np.ascontiguousarray(centroids, np.float32))

    def append(self, centroid: Floats) -> int:
        """Add one centroid, float32 ``[d]``; return its row."""
        self._index.add(centroid.reshape(1, -1))
        return len(self) - 1

    def overwrite(self, row: int, centroid: Floats) -> None:
        """Replace the centroid of ``row`` in place."""
        self._rows()[row] = centroid

    def remove(self, row: int) -> None:
        """Remove ``row``; the last row takes its number."""
        last = len(self) - 1
        if row != last:
            rows = self._rows()
            rows[row] = rows[last]
        self._index.remove_ids(np.array([last], np.int64))

    def search(self, queries: Floats, count: int) -> NDArray[np.int64]:
        """Return the rows nearest to each query, int64 ``[m, min(count, n)]``, best first."""
        threads = self._faiss.omp_get_max_threads()
        self._faiss.omp_set_num_threads(1)
        try:
            _, rows = self._index.search(
                np.ascontiguousarray(queries, np.float32), min(count, len(self))
            )
        finally:
            self._faiss.omp_set_num_threads(threads)
        return np.asarray(rows, np.int64)

    def _rows(self) -> Floats:
        size = len(self) * self._dimension
        flat = self._faiss.rev_swig_ptr(self._index.get_xb(), size)
        return np.asarray(flat).reshape(len(self), self._dimension)
