"""What the join score promises."""

from __future__ import annotations

import json
from importlib.resources import files

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from schemas.tables import FEATURES
from transforms.clustering.score import Weights, default_weights, gap_feature

WEIGHTS = Weights(-1.0, np.array([2.0, 1.0, -0.5, 3.0]))
ROWS = arrays(np.float64, st.tuples(st.integers(1, 8), st.just(4)), elements=st.floats(-2, 2))


@settings(deadline=None)
@given(ROWS)
def test_a_score_does_not_depend_on_the_other_rows(rows: np.ndarray) -> None:
    together = WEIGHTS.score(rows)
    alone = [WEIGHTS.score(rows[n : n + 1])[0] for n in range(len(rows))]
    assert together.tolist() == alone


def test_a_score_is_the_weighted_sum() -> None:
    assert WEIGHTS.score(np.array([[1.0, 1.0, 2.0, 0.5]])).tolist() == [2.5]


def test_weights_need_every_feature() -> None:
    with pytest.raises(KeyError):
        Weights.from_mapping({"bias": 0.0})


def test_the_packaged_weights_reward_likeness_and_punish_silence() -> None:
    weights = dict(zip(FEATURES, default_weights().features, strict=True))
    assert weights["dense"] > 0
    assert weights["sparse"] > 0
    assert weights["gap"] < 0


def test_the_packaged_weights_say_where_they_come_from() -> None:
    text = files("transforms.clustering").joinpath("weights.json").read_text("utf-8")
    assert json.loads(text)["origin"]


def test_likeness_is_what_meaning_and_words_add() -> None:
    rows = np.array([[1.0, 0.5, 9.0, 9.0], [0.0, 1.0, -9.0, -9.0]])
    assert WEIGHTS.likeness(rows).tolist() == [2.5, 1.0]


def test_the_packaged_weights_ask_for_more_where_more_is_usual() -> None:
    weights = default_weights()
    assert dict(zip(FEATURES, weights.features, strict=True))["usual"] < 0
    assert weights.usual > 0


def test_silence_counts_by_its_logarithm() -> None:
    assert gap_feature([0.0, np.e - 1.0]).round(9).tolist() == [0.0, 1.0]
