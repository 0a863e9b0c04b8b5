from __future__ import annotations

import io
import re
from collections.abc import Iterator
from threading import Event

import pytest
from rich.console import Console

from pipelines import progress_view
from pipelines.progress_view import progress_line, watched
from transforms.progress import PROGRESS


@pytest.fixture(autouse=True)
def _fresh() -> Iterator[None]:
    PROGRESS.reset()
    yield
    PROGRESS.reset()


def test_the_line_has_the_counts_so_far() -> None:
    PROGRESS.count("read", 1_500)
    PROGRESS.count("paragraphs", 12_000)
    PROGRESS.count("articles", 20)
    PROGRESS.gauge("storylines", 7)
    assert progress_line(75.0) == (
        "1:15  clustering: 1,500 articles read, 12,000 paragraphs embedded, 20 articles placed, "
        "7 storylines"
    )


def test_the_line_says_what_is_being_done() -> None:
    assert "reading:" in progress_line(0)
    PROGRESS.count("read", 2)
    assert "embedding:" in progress_line(0)
    PROGRESS.count("articles", 1)
    assert "clustering:" in progress_line(0)
    PROGRESS.count("articles", 1)
    assert "writing:" in progress_line(0)


def test_the_rate_is_that_of_the_embedding_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    PROGRESS.count("paragraphs", 300)
    monkeypatch.setattr(PROGRESS, "seconds", lambda: {"embed": 4.0, "cluster": 90.0})
    assert "(75/s)" in progress_line(100)


class _Lines(io.StringIO):
    """Knows when a line was written."""

    def __init__(self) -> None:
        super().__init__()
        self.wrote = Event()

    def write(self, text: str) -> int:
        self.wrote.set()
        return super().write(text)


def test_plain_lines_come_where_there_is_no_terminal(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(progress_view, "EVERY", 0.01)
    file = _Lines()
    with watched(Console(file=file, width=40)):
        assert file.wrote.wait(timeout=30)
    lines = file.getvalue().splitlines()
    assert all(re.match(r"0:\d\d  reading: 0 articles read", line) for line in lines)
    assert "\x1b" not in file.getvalue()


def test_a_terminal_is_left_as_it_was() -> None:
    file = io.StringIO()
    console = Console(file=file, force_terminal=True, width=140)
    with watched(console):
        PROGRESS.count("read", 3)
    assert "3 articles read" in file.getvalue()
    assert file.getvalue().rstrip().endswith("\x1b[2K")  # The line was taken away again.


def test_what_goes_wrong_inside_comes_out(monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(ZeroDivisionError), watched(Console(file=io.StringIO())):
        raise ZeroDivisionError
