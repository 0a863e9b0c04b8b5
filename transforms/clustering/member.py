"""What a storyline keeps of its events: sums, from which average links follow."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from transforms.clustering.events import Event
from transforms.clustering.sketch import sketch

Floats = NDArray[np.float32]


@dataclass(slots=True)
class Member:
    """What a storyline keeps of an event: sums that can be taken out again.

    ``sums`` holds the sum of the unit vectors of its passages and the sketch of its words, side
    by side, float32 [d + SKETCH].
    """

    sums: Floats
    passages: int
    first: int
    last: int

    @classmethod
    def of(cls, event: Event) -> Member:
        """Return the sums of an event as they are now."""
        sums = np.concatenate([event.total, sketch(event.sparse)])
        return cls(sums, event.passages, event.first, event.last)


def combined(parts: Sequence[Member]) -> Member:
    """Return the sums over several events, taken in their order."""
    return Member(
        np.sum([part.sums for part in parts], axis=0, dtype=np.float32),
        sum(part.passages for part in parts),
        min(part.first for part in parts),
        max(part.last for part in parts),
    )
