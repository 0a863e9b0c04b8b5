from __future__ import annotations

import unicodedata

from hypothesis import given, settings
from hypothesis import strategies as st
from rich.console import Console

from pipelines.console import cell, grid, line, plain, printable


@settings(deadline=None)
@given(st.text())
def test_nothing_that_a_terminal_obeys_is_left(text: str) -> None:
    for sign in plain(text):
        assert unicodedata.category(sign) not in {"Cc", "Cf", "Cs", "Co", "Zl", "Zp"}


@settings(deadline=None)
@given(st.text(st.characters(codec="ascii", exclude_categories=["Cc"])))
def test_plain_words_stay(text: str) -> None:
    assert plain(text) == " ".join(text.split())
    assert printable(text) == text


def test_a_line_that_turns_its_direction_does_not() -> None:
    assert plain("abc\u202edef\u2066") == "abcdef"


def test_escape_sequences_are_shown_and_not_obeyed() -> None:
    assert plain("red \x1b[31malert\x07") == "red �[31malert�"


def test_markup_and_emoji_codes_in_texts_are_text() -> None:
    console = Console(width=80, record=True, markup=True, emoji=True)
    table = grid("Title")
    table.add_row(cell("[bold]Big[/bold] [link=https://a.example]news[/link] :bomb: [/]"))
    console.print(table)
    console.print(line("[red]so[/red] ", ("[/blue] :bomb:", "bold")))
    shown = console.export_text()
    assert "[bold]Big[/bold] [link=https://a.example]news[/link] :bomb: [/]" in shown
    assert "[red]so[/red] [/blue] :bomb:" in shown


def test_a_missing_value_is_an_empty_cell() -> None:
    assert cell(None).plain == ""


def test_half_of_a_character_can_be_printed() -> None:
    line("caf\udce9").plain.encode("utf-8")
