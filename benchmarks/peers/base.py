"""What every peer is given, and what it gives back."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal, NamedTuple

import numpy as np
from numpy.typing import NDArray

from pipelines.evaluate.metrics import b3
from schemas.records import EmbeddedArticle, SegmentedArticle

SEED = 1
Sees = Literal["stream", "all", "labels"]
"""The past alone; all articles at once; all of them and their gold stories as well."""
Readings = Mapping[str, Sequence[str]]
"""The cluster of each article, in the order of the task, by how the outcome was read."""


@dataclass(frozen=True)
class Task:
    """A corpus, in the order of its event time.

    Attributes:
        segmented: the articles with their paragraphs.
        articles: the same with their passages: what storybeam's core gets.
        vectors: float32 ``[n, d]``, a unit vector an article: the one that storybeam compares.
        texts: title and paragraphs.
        words: how often each content word occurs, a title's three times.
        scored: rows that are scored; the others are only streamed.
        gold: the story of each scored row. For oracles, and for the choice of a reading.
        lost: stories of articles that were rejected: a cluster each, whoever clusters.
    """

    name: str
    segmented: Sequence[SegmentedArticle]
    articles: Sequence[EmbeddedArticle]
    vectors: NDArray[np.float32]
    texts: Sequence[str]
    words: Sequence[Mapping[str, float]]
    scored: Sequence[int]
    gold: Sequence[str]
    lost: Sequence[str] = ()

    def compared(self, found: Sequence[str]) -> tuple[list[str], list[str]]:
        """Return gold and found of what is scored, rejected articles included."""
        if len(found) != len(self.texts):
            raise ValueError(
                f"{len(found)} clusters for {len(self.texts)} articles; one an article"
            )
        alone = [f"rejected {number}" for number in range(len(self.lost))]
        return [*self.gold, *self.lost], [*(found[row] for row in self.scored), *alone]

    def f1(self, found: Sequence[str]) -> float:
        """Return the B-cubed F1 of the articles that are scored."""
        return b3(*self.compared(found)).f1


class Peer(NamedTuple):
    """One way to cluster, with one setting.

    ``run`` may return several readings of one outcome; the best on the corpus counts.
    """

    name: str
    sees: Sees
    run: Callable[[Task], Readings]


def named(labels: Sequence[int], noise: str = "singletons") -> list[str]:
    """Return labels as names; -1, which is no cluster, as ``singletons`` or ``one cluster``.

    Raises:
        ValueError: ``noise`` is neither.
    """
    if noise not in {"singletons", "one cluster"}:
        raise ValueError(f"noise is to be 'singletons' or 'one cluster', not {noise!r}")
    alone = noise == "singletons"
    return [
        f"noise {row}" if alone and label == -1 else str(int(label))
        for row, label in enumerate(labels)
    ]
