"""What the sparse vectors promise."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from transforms.clustering import sparse
from transforms.clustering.sparse import (
    MAX_EVENT_TERMS,
    Coded,
    Lexicon,
    bounded,
    coded,
    dots,
    length,
    tfidf,
    total,
)

WORDS = [f"w{n}" for n in range(300)]
VECTORS = st.dictionaries(st.sampled_from(WORDS), st.floats(0.01, 5.0), max_size=40)


def weighted(counts: dict[str, float], idf: dict[str, float]) -> Coded:
    lexicon = Lexicon()
    numbers = lexicon.encode(list(counts))
    idfs = np.array([idf.get(term, 1.0) for term in counts])
    [found] = tfidf([Coded(lexicon, numbers, np.array(list(counts.values())))], idfs)
    return found


def test_a_passage_has_length_one_and_rare_terms_weigh_more() -> None:
    vector = weighted({"said": 1.0, "w1": 1.0}, {"said": 0.1, "w1": 3.0})
    assert length(vector.weights) == pytest.approx(1.0)
    assert vector["w1"] == pytest.approx(30.0 * vector["said"])


def test_a_term_that_is_everywhere_is_left_out() -> None:
    assert set(weighted({"said": 9.0, "w1": 1.0}, {"said": 0.0})) == {"w1"}


def test_passages_weighted_together_weigh_what_they_weigh_alone() -> None:
    lexicon = Lexicon()
    counts = [
        coded({"w1": 2.0, "w2": 1.0}, lexicon),
        coded({}, lexicon),
        coded({"w2": 5.0}, lexicon),
    ]
    found = tfidf(counts, np.array([1.0, 3.0, 3.0]))
    alone = tfidf(counts[:1], np.array([1.0, 3.0]))
    assert [dict(one) for one in found] == [dict(alone[0]), {}, {"w2": 1.0}]


def test_repetition_counts_by_its_logarithm_and_never_below_once() -> None:
    vector = weighted({"w1": 10.0, "w2": 1.0, "w3": -3.0}, {})
    assert vector["w1"] / vector["w2"] == pytest.approx(1.0 + np.log(10.0))
    assert vector["w3"] == vector["w2"]


def test_only_the_heaviest_terms_stay_and_of_equal_ones_the_first(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(sparse, "MAX_PASSAGE_TERMS", 2)
    assert list(weighted({"w1": 1.0, "w2": 1.0, "x": 3.0}, {})) == ["w1", "x"]


def test_nothing_but_stop_words_gives_no_vector() -> None:
    assert dict(weighted({}, {})) == {}


@settings(deadline=None)
@given(VECTORS)
def test_a_coded_vector_is_the_mapping_it_was_made_of(vector: dict[str, float]) -> None:
    lexicon = Lexicon()
    lexicon.encode(WORDS[100:])
    one = coded(vector, lexicon)
    assert dict(one) == dict(one.items()) == vector
    assert list(one) == list(vector)
    assert all(one[term] == weight for term, weight in vector.items())
    assert "never" not in one


@settings(deadline=None)
@given(st.lists(VECTORS, max_size=8))
def test_a_sum_is_exact_and_has_its_terms_as_they_came(vectors: list[dict[str, float]]) -> None:
    lexicon = Lexicon()
    one, model = coded({}, lexicon), dict[str, float]()
    for vector in vectors:
        one = total(one, coded(vector, lexicon))
        for term, weight in vector.items():
            model[term] = model.get(term, 0.0) + weight
    assert list(one.items()) == list(model.items())


@settings(deadline=None)
@given(VECTORS, st.lists(VECTORS, min_size=1, max_size=5))
def test_inner_products_are_those_of_the_mappings(
    one: dict[str, float], others: list[dict[str, float]]
) -> None:
    lexicon = Lexicon()
    [found] = dots([coded(one, lexicon)], [coded(other, lexicon) for other in others])
    expected = [sum(one[t] * other[t] for t in one.keys() & other.keys()) for other in others]
    assert found == pytest.approx(expected)


@settings(deadline=None)
@given(VECTORS, st.lists(VECTORS, min_size=1, max_size=5), st.permutations(WORDS))
def test_neither_numbers_nor_company_change_a_bit_of_an_inner_product(
    one: dict[str, float], others: list[dict[str, float]], seen: list[str]
) -> None:
    fresh, used = Lexicon(), Lexicon()
    used.encode(seen)
    company = coded({"w1": 2.0, "w2": 3.0}, fresh)
    asked = [company, coded(one, fresh), company]
    together = dots(asked, [coded(other, fresh) for other in others])
    alone = [dots([coded(one, used)], [coded(other, used)])[0, 0] for other in others]
    assert together[1].tolist() == alone


def test_sums_and_products_leave_nothing_behind() -> None:
    lexicon = Lexicon()
    one, other = coded({"a": 1.0, "b": 2.0}, lexicon), coded({"b": 1.0, "c": 4.0}, lexicon)
    total(one, other)
    dots([one], [other])
    assert not lexicon.zeros().any()


def test_a_lexicon_grows_with_its_terms() -> None:
    lexicon = Lexicon()
    one = coded({f"t{n}": 1.0 for n in range(5_000)}, lexicon)
    assert dots([one], [one]) == [5_000.0]


def test_a_sum_stays_bounded_and_keeps_the_heaviest() -> None:
    lexicon = Lexicon()
    one = coded({"heavy": 100.0}, lexicon)
    for start in range(0, 10_000, 50):
        more = coded({f"t{n}": 1.0 for n in range(start, start + 50)}, lexicon)
        one = bounded(total(one, more))
        assert len(one) <= 2 * MAX_EVENT_TERMS
    assert one["heavy"] == 100.0
