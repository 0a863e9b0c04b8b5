from __future__ import annotations

import unicodedata

from hypothesis import given
from hypothesis import strategies as st

from transforms.text import MARKS, normalise


def test_entities_are_decoded() -> None:
    assert normalise("Fish &amp; chips &#8212; &pound;9&nbsp;each") == "Fish & chips — £9 each"


def test_line_ends_of_every_kind_become_newlines() -> None:
    assert normalise("a\r\nb\rc\u2028d\u2029e\x0bf\x0cg\x85h") == "a\nb\nc\nd\ne\nf\ng\nh"


def test_blank_lines_stay_because_they_separate_paragraphs() -> None:
    assert normalise("One.\r\n\r\n  Two.") == "One.\n\n Two."


def test_runs_of_spaces_and_tabs_become_one_space() -> None:
    assert normalise("  a \t\u00a0\u2003b  ") == "a b"


def test_control_and_zero_width_characters_vanish() -> None:
    assert normalise("\ufeffha\u00adr\x00bo\u200bur\x1b\ufeff") == "harbour"


def test_the_result_is_composed() -> None:
    assert normalise("Cafe\u0301") == "Café"


def test_letters_of_every_script_stay() -> None:
    for text in ("Łódź", "Тарту", "東京で会談。", "القاهرة", "नई दिल्ली"):
        assert normalise(text) == unicodedata.normalize("NFC", text)


def test_a_heap_of_accents_on_one_letter_is_thinned() -> None:
    heap = "a" + "\u0323\u0301" * 100_000
    assert len(normalise(heap)) <= MARKS + 1
    assert normalise(heap + " b").endswith(" b")


@given(st.text())
def test_no_control_characters_are_left(text: str) -> None:
    result = normalise(text)
    assert all(unicodedata.category(c) != "Cc" or c == "\n" for c in result)


@given(st.text().filter(lambda text: "&" not in text and "\u037e" not in text))
def test_normalising_twice_changes_nothing(text: str) -> None:
    once = normalise(text)
    assert normalise(once) == once


@given(st.text(st.characters(codec="ascii", categories=["L", "N", "P", "Zs"])))
def test_words_of_plain_text_stay_in_their_order(text: str) -> None:
    if "&" not in text:
        assert normalise(text).split() == text.split()
