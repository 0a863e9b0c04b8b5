"""Small tasks of invented articles."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from benchmarks.peers.base import Task

WORDS = ("harbour crane ship", "senate vote bill", "vaccine trial dose")


def task(
    stories: Sequence[int], scored: Sequence[int] | None = None, lost: Sequence[str] = ()
) -> Task:
    """Articles of up to three stories that share no word and lie at right angles."""
    rows = range(len(stories)) if scored is None else scored
    return Task(
        name="invented",
        segmented=[],
        articles=[],
        vectors=np.eye(3, dtype=np.float32)[list(stories)],
        texts=[WORDS[story] for story in stories],
        words=[dict.fromkeys(WORDS[story].split(), 1.0) for story in stories],
        scored=rows,
        gold=[f"story {stories[row]}" for row in rows],
        lost=lost,
    )
