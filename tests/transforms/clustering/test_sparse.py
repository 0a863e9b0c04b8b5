"""What the sparse vectors promise."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from transforms.clustering import sparse
from transforms.clustering.background import NO_PRIOR, Background
from transforms.clustering.sparse import MAX_EVENT_TERMS, add, dot, norm, tfidf

WORDS = [f"w{n}" for n in range(300)]
VECTORS = st.dictionaries(st.sampled_from(WORDS), st.floats(0.01, 5.0), max_size=40)


def seen() -> Background:
    background = Background(prior=NO_PRIOR)
    for n in range(20):
        background.add(["said", f"w{n}"])
    return background


def test_a_passage_has_length_one_and_rare_terms_weigh_more() -> None:
    vector = tfidf(["said", "w1"], [1.0, 1.0], seen())
    assert norm(vector) == pytest.approx(1.0)
    assert vector["w1"] > vector.get("said", 0.0)


def test_repetition_counts_by_its_logarithm() -> None:
    vector = tfidf(["w1", "w2"], [10.0, 1.0], seen())
    assert 1.0 < vector["w1"] / vector["w2"] < 10.0


def test_only_the_heaviest_terms_of_a_passage_stay(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sparse, "MAX_PASSAGE_TERMS", 2)
    assert set(tfidf(["w1", "w2", "x"], [3.0, 2.0, 1.0], Background(prior=NO_PRIOR))) <= {
        "w1",
        "w2",
    }


def test_nothing_but_stop_words_gives_no_vector() -> None:
    assert tfidf([], [], seen()) == {}


@settings(deadline=None)
@given(st.lists(VECTORS, max_size=8))
def test_a_small_sum_is_exact(vectors: list[dict[str, float]]) -> None:
    total: dict[str, float] = {}
    for vector in vectors:
        add(total, vector)
    for word in WORDS:
        assert total.get(word, 0.0) == pytest.approx(sum(v.get(word, 0.0) for v in vectors))


@settings(deadline=None)
@given(VECTORS, VECTORS)
def test_the_inner_product_is_symmetric(one: dict[str, float], other: dict[str, float]) -> None:
    assert dot(one, other) == pytest.approx(dot(other, one))


def test_a_sum_stays_bounded_and_keeps_the_heaviest() -> None:
    total: dict[str, float] = {}
    add(total, {"heavy": 100.0})
    for start in range(0, 10_000, 50):
        add(total, {f"t{n}": 1.0 for n in range(start, start + 50)})
        assert len(total) <= 2 * MAX_EVENT_TERMS
    assert total["heavy"] == 100.0
