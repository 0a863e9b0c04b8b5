"""What passages promise."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from schemas.settings import PassageSettings
from tests.news import article, report
from transforms.embedding.base import unpack
from transforms.passages import group, unit

APART = PassageSettings(similarity=0.5)


def rows(*directions: int) -> np.ndarray:
    return np.eye(6, dtype=np.float32)[list(directions)]


def sizes(*characters: int) -> np.ndarray:
    return np.array(characters, np.float64)


def test_paragraphs_on_different_things_are_different_passages() -> None:
    assert group(rows(0, 1, 0, 1), sizes(200, 200, 200, 200), APART) == [[0, 2], [1, 3]]


def test_a_short_paragraph_follows_the_one_before() -> None:
    assert group(rows(0, 1, 2), sizes(200, 200, 10), APART) == [[0], [1, 2]]


def test_a_short_first_paragraph_follows_the_one_after() -> None:
    assert group(rows(2, 0, 1), sizes(10, 200, 200), APART) == [[0, 1], [2]]


def test_where_all_are_short_each_counts() -> None:
    assert group(rows(0, 1), sizes(10, 10), APART) == [[0], [1]]


@settings(deadline=None, max_examples=30)
@given(st.lists(st.tuples(st.integers(0, 5), st.integers(1, 300)), min_size=1, max_size=15))
def test_each_paragraph_lies_in_exactly_one_passage(paragraphs: list[tuple[int, int]]) -> None:
    found = group(rows(*[d for d, _ in paragraphs]), sizes(*[n for _, n in paragraphs]), APART)
    assert sorted(row for members in found for row in members) == list(range(len(paragraphs)))
    assert all(members == sorted(members) for members in found)
    assert found == sorted(found)


def test_shares_sum_to_one_and_vectors_have_length_one() -> None:
    found = article("n1", (*report("tea"), *report("xua")), title="A title of tea").passages
    assert sum(passage.share for passage in found) == pytest.approx(1.0)
    for passage in found:
        assert np.linalg.norm(unpack(passage.vector)) == pytest.approx(1.0, abs=2e-3)
        assert np.linalg.norm(unpack(passage.lead)) == pytest.approx(1.0, abs=2e-3)


def test_the_words_of_the_title_count_three_times() -> None:
    [passage] = article("n1", ("The harbour strike went on for days.",), title="Harbour").passages
    counts = dict(zip(passage.terms, passage.counts, strict=True))
    assert counts["harbour"] == 4.0
    assert counts["strike"] == 1.0


def test_a_zero_vector_stays_zero() -> None:
    assert unit(np.zeros(3)).tolist() == [0.0, 0.0, 0.0]
    assert unit([3.0, 4.0]) == pytest.approx([0.6, 0.8])
