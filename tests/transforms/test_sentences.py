from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from transforms.sentences import SENTENCE_LIMIT, WINDOW, sentences

ALL = 10**9
PIECES = [
    "Mr. ",
    "a. ",
    "1. ",
    "1) ",
    ". ",
    "! ",
    '"',
    "’",
    "(",
    "♨",
    "∯",
    "&ᓰ& ",
    "U.S. ",
    "Hello ",
]


def letters(text: str) -> str:
    return "".join(text.split())


def test_abbreviations_do_not_end_a_sentence() -> None:
    text = "Mr. Ames met Dr. Bell at 9 a.m. on Monday. They left."
    assert sentences(text, ALL) == ["Mr. Ames met Dr. Bell at 9 a.m. on Monday.", "They left."]


def test_beyond_the_careful_part_end_marks_decide() -> None:
    assert sentences("It rained. “Go!” she said. 雨。晴れ。", 0) == [
        "It rained.",
        "“Go!”",
        "she said.",
        "雨。",
        "晴れ。",
    ]


def test_a_window_does_not_end_inside_a_word() -> None:
    text = "The ferry sailed at noon with forty people on board. " * (3 * WINDOW // 50)
    found = sentences(text, ALL)
    assert set(found) == {"The ferry sailed at noon with forty people on board."}


def test_a_sentence_without_end_is_cut_at_spaces() -> None:
    found = sentences("harbour " * 2_000, ALL)
    assert max(map(len, found)) <= SENTENCE_LIMIT
    assert {word for part in found for word in part.split()} == {"harbour"}


@pytest.mark.parametrize(
    "bit", ["a", ".", ". ", "1. ", "a. ", "Mr. ", "(", '"', "?! ", "ii. ", "&ᓰ& ", "。", "a@b.c "]
)
def test_hostile_text_is_cut_into_bounded_parts_without_loss(bit: str) -> None:
    text = bit * (300_000 // len(bit))
    found = sentences(text, 60_000)
    assert max(map(len, found)) <= SENTENCE_LIMIT
    assert letters("".join(found)) == letters(text)


@settings(max_examples=60, deadline=None)
@given(st.lists(st.sampled_from(PIECES)).map("".join) | st.text(), st.sampled_from([0, ALL]))
def test_no_character_is_lost_or_added(text: str, careful: int) -> None:
    found = sentences(text, careful)
    assert letters("".join(found)) == letters(text)
    assert all(part == part.strip() != "" for part in found)
