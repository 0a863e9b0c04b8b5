"""What people see: text from articles made harmless, two consoles, a quiet Beam."""

from __future__ import annotations

import logging
import os
import unicodedata
import warnings
from datetime import datetime
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

FILE_WIDTH = 110
"""Characters of a line where the output goes to a file or another program."""

_CONTROLS = {"Cc", "Cs", "Co", "Zl", "Zp"}
"""Unicode categories that can move a cursor or start an escape sequence."""


def plain(value: object) -> str:
    """Return ``value`` as one line that a terminal shows as it is."""
    return printable(" ".join(str(value).split()))


def printable(text: str) -> str:
    """Return ``text`` without what a terminal would obey; spaces and line ends stay.

    Controls become �. Format characters, which turn the direction of a line or hide, go.
    """
    return "".join(_printable(sign) for sign in text)


def _printable(sign: str) -> str:
    category = unicodedata.category(sign)
    if sign == "\n" or category not in _CONTROLS | {"Cf"}:
        return sign
    return "" if category == "Cf" else "�"


def cell(value: object, style: str = "") -> Text:
    """Return ``value`` for a table or line; nothing in it is markup. None is empty."""
    from rich.text import Text

    return Text("" if value is None else plain(value), style=style)


def line(*parts: str | tuple[str, str]) -> Text:
    """Return one line of texts, each plain or with its style."""
    from rich.text import Text

    styled = [part if isinstance(part, tuple) else (part, "") for part in parts]
    return Text.assemble(*((printable(text), style) for text, style in styled))


def grid(*columns: str, right: tuple[str, ...] = (), wrap: tuple[str, ...] = ()) -> Table:
    """Return an empty table without vertical lines.

    The columns in ``right`` hold figures; only the first one and those in ``wrap`` may take
    several lines, so that ids and dates can be copied.
    """
    from rich import box
    from rich.table import Table

    table = Table(box=box.SIMPLE_HEAD, pad_edge=False, header_style="bold")
    for name in columns:
        stays = name != columns[0] and name not in wrap
        table.add_column(name, justify="right" if name in right else "left", no_wrap=stays)
    return table


def day(time: datetime | None) -> str:
    """Return the UTC date, ``2025-08-28``."""
    return "" if time is None else time.strftime("%Y-%m-%d")


def minute(time: datetime | None) -> str:
    """Return the UTC time to the minute."""
    return "" if time is None else time.strftime("%Y-%m-%d %H:%M")


def out() -> Console:
    """Return the console for results: standard output."""
    return _console(stderr=False)


def err() -> Console:
    """Return the console for progress, notes and errors: standard error."""
    return _console(stderr=True)


def _console(stderr: bool) -> Console:
    from rich.console import Console

    console = Console(stderr=stderr, markup=False, emoji=False, highlight=False)
    if not console.is_terminal and "COLUMNS" not in os.environ:
        console.width = FILE_WIDTH
    return console


def set_up_logging(debug: bool) -> None:
    """Send logs to standard error with ``debug``, else nowhere: errors are told in words."""
    root = logging.getLogger()
    root.handlers[:] = [logging.StreamHandler() if debug else logging.NullHandler()]
    root.setLevel(logging.INFO if debug else logging.CRITICAL)
    if not debug:
        warnings.simplefilter("ignore")
