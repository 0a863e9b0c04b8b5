"""Exact nearest centroids by FAISS."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import DTypeLike, NDArray

Floats = NDArray[np.float32]
QUERIES = 256
"""Queries compared at once: fewer are slower each, more are not faster."""


class Rows:
    """An array that grows by rows, each of this shape and type.

    Rows are numbered 0 to n - 1; removing one moves the last into its place.
    """

    def __init__(self, shape: tuple[int, ...], dtype: DTypeLike) -> None:
        self._kept: NDArray[Any] = np.zeros((0, *shape), dtype)
        self._count = 0

    def __len__(self) -> int:
        return self._count

    @property
    def all(self) -> NDArray[Any]:
        """The rows, as a view that holds until one is added."""
        return self._kept[: self._count]

    def append(self, row: Any) -> int:
        """Add a row; return its number."""
        if self._count == len(self._kept):
            room = np.zeros((max(self._count, 16), *self._kept.shape[1:]), self._kept.dtype)
            self._kept = np.concatenate([self._kept, room])
        self._kept[self._count] = row
        self._count += 1
        return self._count - 1

    def overwrite(self, number: int, row: Any) -> None:
        """Replace a row in place."""
        self._kept[number] = row

    def remove(self, number: int) -> None:
        """Remove a row; the last takes its number."""
        self._count -= 1
        self._kept[number] = self._kept[self._count]


class CentroidIndex(Rows):
    """Unit vectors, float32 ``[n, d]``, and what lies nearest by the inner product."""

    def __init__(self, dimension: int) -> None:
        import faiss

        # This wheel's threshold sends small batches past BLAS, ten times slower.
        faiss.cvar.distance_compute_blas_threshold = 20
        self._faiss = faiss
        super().__init__((dimension,), np.float32)

    def search(
        self, queries: Floats, count: int, among: Sequence[int] | None = None
    ) -> tuple[Floats, NDArray[np.int64]]:
        """Return cosines and numbers of the nearest rows, ``[m, min(count, n)]``, best first.

        Only rows ``among`` these numbers are found, where they are given.
        """
        if among is not None:
            numbers = np.array(among, np.int64)
            cosines, places = self._nearest(queries, self.all[numbers], count)
            return cosines, numbers[places]
        return self._nearest(queries, self.all, count)

    def _nearest(
        self, queries: Floats, rows: Floats, count: int
    ) -> tuple[Floats, NDArray[np.int64]]:
        count = min(count, len(rows))
        if not count or not len(queries):
            shape = len(queries), count
            return np.zeros(shape, np.float32), np.zeros(shape, np.int64)
        parts = np.array_split(
            np.ascontiguousarray(queries, np.float32), -(-len(queries) // QUERIES)
        )
        threads = self._faiss.omp_get_max_threads()
        self._faiss.omp_set_num_threads(1)
        try:
            found = [
                self._faiss.knn(part, rows, count, self._faiss.METRIC_INNER_PRODUCT)
                for part in parts
            ]
        finally:
            self._faiss.omp_set_num_threads(threads)
        return np.concatenate([c for c, _ in found]), np.concatenate([n for _, n in found])
