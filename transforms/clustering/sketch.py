"""The words of an event as a short dense vector, so that average links follow from sums.

Each term adds its weight, with a sign, at a place that its hash tells: inner products keep their
expected values, and errors cancel out over many terms (Weinberger et al., 2009, Feature hashing
for large scale multitask learning, section 2).
"""

from __future__ import annotations

from collections.abc import Mapping
from hashlib import blake2b

import numpy as np
from numpy.typing import NDArray

from transforms.clustering.sparse import Coded, Lexicon, coded

SKETCH = 512
"""Length of a sketch; 256 loses some precision, 1,024 gains nothing."""
MAX_TERMS = 200
"""Heaviest terms of an event that count: what is lighter is said by chance."""


def sketch(sparse: Mapping[str, float]) -> NDArray[np.float32]:
    """Return the sketch of a sum of TF-IDF vectors, float32 ``[SKETCH]``.

    It depends on terms and weights alone, not on their order.
    """
    vector = sparse if isinstance(sparse, Coded) else coded(sparse, Lexicon())
    kept = _heaviest(vector)
    places = vector.lexicon.places(_place)[vector.numbers[kept]]
    both = np.bincount(places, vector.weights[kept], 2 * SKETCH)
    return (both[:SKETCH] - both[SKETCH:]).astype(np.float32)


def _heaviest(vector: Coded) -> NDArray[np.intp]:
    """Return the indices of the heaviest terms, the heaviest first.

    Terms of the same weight may come in any order, for their sums do not tell; but where the
    last place is shared, the alphabet says who has it.
    """
    weights = vector.weights
    order = np.argsort(-weights, kind="stable")
    if len(order) > MAX_TERMS and weights[order[MAX_TERMS - 1]] == weights[order[MAX_TERMS]]:
        terms = list(vector)
        names = sorted(range(len(terms)), key=lambda at: (-weights[at], terms[at]))
        order = np.asarray(names, np.intp)
    return order[:MAX_TERMS]


def _place(term: str) -> int:
    """Return where a term adds, 0 up to SKETCH, or SKETCH more where it is taken off."""
    digest = blake2b(term.encode("utf-8", "surrogatepass"), digest_size=4).digest()
    return int.from_bytes(digest, "little") % (2 * SKETCH)
