"""A sketch is short, adds up, and keeps inner products about as they were."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from transforms.clustering.sketch import MAX_TERMS, SKETCH, sketch

_SPARSE = st.dictionaries(
    st.text(min_size=1, max_size=12), st.floats(0.001, 5.0), max_size=2 * MAX_TERMS
)


def test_a_term_keeps_its_whole_weight() -> None:
    assert float(np.linalg.norm(sketch({"tariff": 0.7}))) == pytest.approx(0.7)
    assert not sketch({}).any()


def test_inner_products_stay_about_the_same() -> None:
    words = [f"word{number}" for number in range(120)]
    one = dict.fromkeys(words[:80], 80**-0.5)
    other = dict.fromkeys(words[40:], 80**-0.5)
    assert float(sketch(one) @ sketch(other)) == pytest.approx(0.5, abs=0.15)
    assert float(sketch(one) @ sketch(one)) == pytest.approx(1.0, abs=0.15)


def test_vectors_without_a_term_in_common_are_about_orthogonal() -> None:
    one = {f"left{number}": 0.1 for number in range(100)}
    other = {f"right{number}": 0.1 for number in range(100)}
    assert abs(float(sketch(one) @ sketch(other))) < 0.15


def test_only_the_heaviest_terms_count() -> None:
    heavy = {f"heavy{number}": 1.0 for number in range(MAX_TERMS)}
    light = {f"light{number}": 0.5 for number in range(50)}
    assert np.array_equal(sketch({**light, **heavy}), sketch(heavy))


@given(_SPARSE)
def test_its_size_and_type_are_fixed(sparse: dict[str, float]) -> None:
    found = sketch(sparse)
    assert found.shape == (SKETCH,)
    assert found.dtype == np.float32
    assert np.isfinite(found).all()


@given(_SPARSE)
def test_the_order_of_the_terms_plays_no_part(sparse: dict[str, float]) -> None:
    shuffled = dict(reversed(sparse.items()))
    assert sketch(shuffled).tobytes() == sketch(sparse).tobytes()
