"""What every embedder promises."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

Vectors = NDArray[np.float32]


class Embedder(Protocol):
    """Turns texts into unit vectors.

    The vector of a text depends on the text and the model alone, never on the texts around it,
    and is rounded to half precision: what is stored in 16 bits is exactly what was clustered.
    """

    name: str
    """What the user asked for: a package, a name or a path."""
    digest: str
    """SHA-256 of the weights, in hexadecimal."""
    dimension: int
    """Length of a vector."""

    def embed(self, texts: Sequence[str]) -> Vectors:
        """Return float32 ``[len(texts), dimension]``, rows of length 1 within 1e-3."""
        ...


def to_half(vectors: Vectors) -> Vectors:
    """Round to half precision and keep the dtype: 384 values of a unit vector lose about 1e-4."""
    return vectors.astype(np.float16).astype(np.float32)


def pack(vector: NDArray[np.floating]) -> bytes:
    """Return the vector as little-endian float16, two bytes a value."""
    return vector.astype("<f2").tobytes()


def unpack(packed: bytes) -> Vectors:
    """Return float32 ``[d]`` from what :func:`pack` made."""
    return np.frombuffer(packed, dtype="<f2").astype(np.float32)
