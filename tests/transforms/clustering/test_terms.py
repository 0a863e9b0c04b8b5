from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from transforms.clustering.terms import MAX_LENGTH, MAX_TERMS, STOP_WORDS, count_terms, tokenise


@pytest.mark.parametrize(
    ("text", "terms"),
    [
        ("The Senate will vote on the bill", ["senate", "vote", "bill"]),
        ("Trump’s tariffs and China's reply", ["trump", "tariff", "china", "reply"]),
        ("U.S. and US troops", ["usa", "usa", "troop"]),
        ("they told us", []),
        ("F.B.I. director in D.C.", ["fbi", "director", "dc"]),
        ("health-care taxes by e-mail", ["health", "care", "tax", "email"]),
        ("AT&T and O'Neill", ["at&t", "o'neill"]),
        ("$1,200 in 2017, 3 of 3.5 million", ["1200", "2017", "3.5", "million"]),
        ("We're sure they don't, he'd say", ["sure"]),
        ("Countries, watches, heroes, women", ["country", "watch", "hero", "woman"]),
        ("Texas, Paris, Congress, James", ["texas", "paris", "congress", "james"]),
        ("Müller besucht Zürich", ["müller", "besucht", "zürich"]),
    ],
)
def test_content_words_are_found(text: str, terms: list[str]) -> None:
    assert tokenise(text) == terms


def test_a_shouted_us_stays_a_pronoun() -> None:
    assert tokenise("TELL US MORE") == ["tell"]


def test_title_terms_weigh_more_and_come_sorted() -> None:
    assert count_terms("Zinc prices", ["Zinc fell. Copper fell."]) == (
        ["copper", "fell", "price", "zinc"],
        [1.0, 2.0, 3.0, 4.0],
    )


def test_a_passage_without_title_or_words_has_no_terms() -> None:
    assert count_terms(None, ["?!", ""]) == ([], [])


def test_only_the_most_frequent_terms_are_kept() -> None:
    words = [f"word{n:04d}" for n in range(MAX_TERMS + 5)]

    terms, counts = count_terms(None, [" ".join(words), words[-1]])

    assert terms == [*words[: MAX_TERMS - 1], words[-1]]
    assert counts[-1] == 2.0


def test_a_word_without_end_is_no_term() -> None:
    assert tokenise("x" * 1_000_000 + " end") == ["end"]


@given(st.text(max_size=300))
def test_any_text_gives_bounded_lower_case_terms(text: str) -> None:
    for term in tokenise(text):
        assert 2 <= len(term) <= MAX_LENGTH
        assert term == term.lower()
        assert term not in STOP_WORDS


@given(st.lists(st.sampled_from(["senate", "vote", "tariff", "china", "2017"]), max_size=20))
def test_terms_are_terms_of_themselves(words: list[str]) -> None:
    assert tokenise(" ".join(words)) == words
