"""The words of an event as a short dense vector, so that average links follow from sums.

Each term adds its weight, with a sign, at a place that its hash tells: inner products keep their
expected values, and errors cancel out over many terms (Weinberger et al., 2009, Feature hashing
for large scale multitask learning, section 2).
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from hashlib import blake2b
from heapq import nsmallest

import numpy as np
from numpy.typing import NDArray

SKETCH = 512
"""Length of a sketch; 256 loses some precision, 1,024 gains nothing."""
MAX_TERMS = 200
"""Heaviest terms of an event that count: what is lighter is said by chance."""


def sketch(sparse: Mapping[str, float]) -> NDArray[np.float32]:
    """Return the sketch of a sum of TF-IDF vectors, float32 ``[SKETCH]``.

    It depends on terms and weights alone, not on their order.
    """
    heaviest = nsmallest(MAX_TERMS, sparse.items(), key=lambda item: (-item[1], item[0]))
    places = np.fromiter((_place(term) for term, _ in heaviest), np.intp, len(heaviest))
    weights = np.fromiter((weight for _, weight in heaviest), np.float64, len(heaviest))
    both = np.bincount(places, weights, 2 * SKETCH)
    return (both[:SKETCH] - both[SKETCH:]).astype(np.float32)


@lru_cache(maxsize=1 << 16)
def _place(term: str) -> int:
    """Return where a term adds, 0 up to SKETCH, or SKETCH more where it is taken off."""
    digest = blake2b(term.encode("utf-8", "surrogatepass"), digest_size=4).digest()
    return int.from_bytes(digest, "little") % (2 * SKETCH)
