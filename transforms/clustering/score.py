"""Should a passage join an event? A small logistic score over what is known of both."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from importlib.resources import files

import numpy as np
from numpy.typing import NDArray

from schemas.tables import FEATURES

Floats = NDArray[np.float64]
LIKENESS = slice(0, 2)
"""The features that say how alike two texts are: dense and sparse."""
NAMES = ("bias", "first_usual", "most_usual", *FEATURES)
"""Of the figures in a file of weights."""


@dataclass(frozen=True)
class Weights:
    """Log-odds per unit of each feature, and at zero of all.

    Attributes:
        bias: log-odds where every feature is 0.
        features: float64 ``[len(FEATURES)]``.
        usual: the feature of that name before the first article.
        most: the feature of that name at most: where much is usual, likeness still says something.
    """

    bias: float
    features: Floats
    usual: float = 0.0
    most: float = math.inf

    def likeness(self, rows: Floats) -> Floats:
        """Return what meaning and words alone add to each row's log-odds, float64 ``[..., n]``."""
        return np.asarray(np.vecdot(rows[..., LIKENESS], self.features[LIKENESS]), np.float64)

    def score(self, rows: Floats) -> Floats:
        """Return the log-odds that each row's event is the right one, float64 ``[..., n]``.

        Each row is summed alone, so that its score does not depend on the other rows.
        """
        return np.asarray(np.vecdot(rows, self.features) + self.bias, np.float64)

    @classmethod
    def from_mapping(cls, values: Mapping[str, float]) -> Weights:
        """Return weights from a mapping that has all of ``NAMES``."""
        features = np.array([float(values[name]) for name in FEATURES])
        first, most = float(values["first_usual"]), float(values["most_usual"])
        return cls(float(values["bias"]), features, first, most)


def in_words(score: float, features: Sequence[float]) -> str:
    """Return a score with what it rests on: ``log-odds 1.23 (dense 0.66, ...)``."""
    values = zip(FEATURES, features, strict=True)
    figures = ", ".join(f"{name} {value:.2f}" for name, value in values)
    return f"log-odds {score:.2f} ({figures})"


@lru_cache(maxsize=1)
def default_weights() -> Weights:
    """Return the weights in ``weights.json``, which says what they were fitted on."""
    text = files("transforms.clustering").joinpath("weights.json").read_text("utf-8")
    return Weights.from_mapping(json.loads(text)["weights"])


def gap_feature(days: Sequence[float] | Floats) -> Floats:
    """Return ln(1 + days) of silence between an event and a passage; before counts as after."""
    return np.asarray(np.log1p(np.abs(np.asarray(days, np.float64))), np.float64)
