"""Scores of a clustering against a gold standard, and of labels against editors' names."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Hashable, Sequence
from functools import lru_cache
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from transforms.clustering.terms import tokenise
from transforms.errors import UsageError

Floats = NDArray[np.float64]
RESAMPLES = 1_000
"""Bootstrap samples behind an interval."""


class Score(NamedTuple):
    """Precision, recall and F1, 0 to 1."""

    precision: float
    recall: float
    f1: float

    @classmethod
    def of(cls, precision: float, recall: float) -> Score:
        """Return the score with its harmonic mean; 0 where both are 0."""
        both = precision + recall
        return cls(precision, recall, 2 * precision * recall / both if both else 0.0)


def b3_items(gold: Sequence[str], found: Sequence[str]) -> tuple[Floats, Floats]:
    """Return each item's precision and recall, float64 ``[n]``.

    Of the items in its found cluster, the share that are of its gold cluster; and the other way
    round. Source: Bagga and Baldwin, 1998, Algorithms for scoring coreference chains.
    """
    _, golds, of_gold = np.unique(np.asarray(gold), return_inverse=True, return_counts=True)
    _, founds, of_found = np.unique(np.asarray(found), return_inverse=True, return_counts=True)
    pairs = golds.astype(np.int64) * len(of_found) + founds
    _, both, of_both = np.unique(pairs, return_inverse=True, return_counts=True)
    hits = of_both[both].astype(np.float64)
    return hits / of_found[founds], hits / of_gold[golds]


def b3(gold: Sequence[str], found: Sequence[str]) -> Score:
    """Return B-cubed: the means of :func:`b3_items`. ValueError where there are no items."""
    if not gold or len(gold) != len(found):
        raise ValueError(f"{len(gold)} gold and {len(found)} found; as many, and some, expected")
    precision, recall = b3_items(gold, found)
    return Score.of(float(precision.mean()), float(recall.mean()))


def story_sums(gold: Sequence[str], found: Sequence[str]) -> tuple[list[str], Floats]:
    """Return the stories in order, and float64 ``[3, stories]``: precision, recall and number.

    Summed over the items of each story, as :func:`b3_items` scores them.
    """
    precision, recall = b3_items(gold, found)
    names, story = np.unique(np.asarray(gold), return_inverse=True)
    each = (precision, recall, np.ones(len(story)))
    return names.tolist(), np.array([np.bincount(story, weights) for weights in each])


def resampled(sums: Floats, resamples: int = RESAMPLES, seed: int = 0) -> Floats:
    """Return the B-cubed F1 of ``resamples`` draws of as many stories, float64 ``[resamples]``.

    What an item scores is left as it is; which stories are counted, and how often, is drawn. The
    same seed draws the same stories.
    """
    drawn = _draws(sums.shape[1], resamples, seed)
    p, r, n = (drawn @ values for values in sums)
    found: Floats = 2 * p * r / ((p + r) * n)
    return found


def _draws(stories: int, resamples: int, seed: int) -> Floats:
    """Return how often each story is drawn, ``[resamples, stories]``."""
    chance = np.random.default_rng(seed)
    drawn = chance.multinomial(stories, np.full(stories, 1.0 / stories), size=resamples)
    return drawn.astype(np.float64)


def percentiles(values: Floats) -> tuple[float, float]:
    """Return the 95 % interval: Efron and Tibshirani, 1993, chapter 13."""
    low, high = np.percentile(values, [2.5, 97.5])
    return float(low), float(high)


def interval(
    gold: Sequence[str], found: Sequence[str], resamples: int = RESAMPLES, seed: int = 0
) -> tuple[float, float]:
    """Return the 95 % interval of the B-cubed F1, by resampling whole stories."""
    return percentiles(resampled(story_sums(gold, found)[1], resamples, seed))


def adjusted(gold: Sequence[str], found: Sequence[str]) -> dict[str, float]:
    """Return ``ami`` and ``ari``: what is left of agreement when chance is taken off.

    Raises:
        UsageError: scikit-learn is not installed.
    """
    try:
        from sklearn.metrics import adjusted_mutual_info_score, adjusted_rand_score
    except ImportError as error:
        raise _missing("scikit-learn") from error
    return {
        "ami": float(adjusted_mutual_info_score(gold, found)),
        "ari": float(adjusted_rand_score(gold, found)),
    }


def clustering(gold: Sequence[str], found: Sequence[str], seed: int = 0) -> dict[str, Any]:
    """Return every figure of one clustering, with the floors: what needs no reading at all.

    ``seed`` is that of the interval.
    """
    score = b3(gold, found)
    floors = {
        "singletons": b3(gold, [str(place) for place in range(len(gold))]),
        "one_cluster": b3(gold, ["all"] * len(gold)),
    }
    return {
        "items": len(gold),
        "gold_clusters": len(set(gold)),
        "clusters": len(set(found)),
        **score._asdict(),
        "interval": interval(gold, found, seed=seed),
        **adjusted(gold, found),
        "floors": {name: floor._asdict() for name, floor in floors.items()},
        "by_story": by_story(gold, found),
    }


def by_story(gold: Sequence[str], found: Sequence[str]) -> dict[str, list[float]]:
    """Return each story's items and sums of precision and recall: what a later run is paired with.

    Stories go by a hash: the names of some are headlines.
    """
    names, sums = story_sums(gold, found)
    return {
        hashlib.blake2b(name.encode(), digest_size=6).hexdigest(): [
            int(n),
            round(p, 5),
            round(r, 5),
        ]
        for name, (p, r, n) in zip(names, sums.T.tolist(), strict=True)
    }


def overlap(found: frozenset[Hashable], wanted: frozenset[Hashable]) -> Score:
    """Return the score of one set against another; 0 where they share nothing."""
    hits = len(found & wanted)
    return Score.of(hits / len(found), hits / len(wanted)) if hits else Score(0.0, 0.0, 0.0)


def stems(text: str) -> frozenset[Hashable]:
    """Return the Snowball stems of the content words of a text.

    Raises:
        UsageError: snowballstemmer is not installed.
    """
    return frozenset(map(stemmer(), tokenise(text)))


@lru_cache(maxsize=1)
def stemmer() -> Callable[[str], str]:
    """Return the English Snowball stemmer; UsageError where it is not installed."""
    try:
        import snowballstemmer  # type: ignore[import-untyped]
    except ImportError as error:
        raise _missing("snowballstemmer") from error
    stem: Callable[[str], str] = snowballstemmer.stemmer("english").stemWord
    return lru_cache(maxsize=None)(stem)


def mean(scores: Sequence[Score], seed: int = 0) -> dict[str, Any]:
    """Return the means of precision, recall and F1 over stories, and how many there were.

    With the 95 % interval of the F1, by resampling stories.
    """
    if not scores:
        return {"stories": 0}
    values = np.array(scores)
    drawn = _draws(len(scores), RESAMPLES, seed) @ values[:, 2] / len(scores)
    means = dict(zip(Score._fields, values.mean(axis=0).tolist(), strict=True))
    return {"stories": len(scores), **means, "interval": percentiles(drawn)}


def _missing(package: str) -> UsageError:
    return UsageError(
        f"{package} is not installed, which the scores are computed with. "
        'Install it with `pip install "storybeam[bench]"`.'
    )
