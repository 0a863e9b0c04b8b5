"""MinHash signatures of articles: what near copies are found by."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from datasketch import MinHash

PERMUTATIONS = 128
SHINGLE = 5
"""Words of a shingle: long enough that two reports of one event share few."""
SCHEME = "affine32"
"""How datasketch permutes hashes; signatures of two schemes cannot be compared."""
MAX_WORDS = 20_000
"""Words looked at; two articles that agree for so long are copies."""


def signature(paragraphs: Sequence[str]) -> bytes:
    """Return the MinHash of the word shingles of the paragraphs, little-endian uint32.

    Shingles do not cross paragraphs, so that a copy with its paragraphs moved is still one.
    Empty for a text without words. Source: Broder, 1997, On the resemblance and containment of
    documents.
    """
    from datasketch import MinHash

    shingles = _shingles(paragraphs)
    if not shingles:
        return b""
    same = _permutations()
    sketch = MinHash(num_perm=PERMUTATIONS, seed=1, permutations=same, scheme=SCHEME)
    sketch.update_batch(sorted(shingles))
    return bytes(sketch.hashvalues.astype("<u4").tobytes())


def sketch_of(signature: bytes) -> MinHash:
    """Return the MinHash whose values are ``signature``."""
    from datasketch import MinHash

    values = np.frombuffer(signature, "<u4").astype(np.uint32)
    same = _permutations()
    return MinHash(
        num_perm=PERMUTATIONS, seed=1, hashvalues=values, permutations=same, scheme=SCHEME
    )


@cache
def _permutations() -> Any:
    """Return what every sketch permutes by: to draw it takes longer than all the rest."""
    from datasketch import MinHash

    return MinHash(num_perm=PERMUTATIONS, seed=1, scheme=SCHEME).permutations


def resemblance(one: bytes, other: bytes) -> float:
    """Return the estimated Jaccard similarity of the shingles behind two signatures."""
    if len(one) != len(other) or not one:
        return 0.0
    return float(np.mean(np.frombuffer(one, "<u4") == np.frombuffer(other, "<u4")))


def _shingles(paragraphs: Sequence[str]) -> set[bytes]:
    found: set[bytes] = set()
    left = MAX_WORDS
    for paragraph in paragraphs:
        words = paragraph.lower().split()[:left]
        left -= len(words)
        for start in range(max(len(words) - SHINGLE + 1, 1 if words else 0)):
            found.add(" ".join(words[start : start + SHINGLE]).encode("utf-8", "surrogatepass"))
    return found
