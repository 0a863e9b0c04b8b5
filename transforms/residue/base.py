"""What a rule is."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Literal, NamedTuple

Near = Literal["anywhere", "start", "end", "edges"]
"""Part of the article that a rule is confined to."""
Found = Callable[[str], "re.Match[str] | None"]
"""Looks a pattern up in a text."""


class Rule(NamedTuple):
    """One kind of residue, recognised by the whole of a paragraph."""

    name: str
    description: str
    example: str
    """Invented; shown in the documentation and held against the rule by a test."""
    limit: int
    """Characters; a longer paragraph is never this kind of residue."""
    forms: tuple[tuple[Found, ...], ...]
    """The rule holds when every pattern of one form is found."""
    near: Near = "anywhere"


class Edge(NamedTuple):
    """Residue stuck to one end of a paragraph; the whole match is cut off."""

    rule: str
    words: tuple[str, ...]
    """One of these occurs wherever the pattern does: a cheap first look."""
    pattern: re.Pattern[str]


def forms(*patterns: str | Found | tuple[str | Found, ...]) -> tuple[tuple[Found, ...], ...]:
    """Return the forms of a rule, each given as one pattern or as several that must all hold."""
    each = (form if isinstance(form, tuple) else (form,) for form in patterns)
    return tuple(tuple(_found(pattern) for pattern in form) for form in each)


def holding(word: str, pattern: str) -> Found:
    """Return a search for ``pattern`` that first looks for ``word``, lower-case, in the text."""
    search = re.compile(pattern).search
    return lambda text: search(text) if word in text.lower() else None


def _found(pattern: str | Found) -> Found:
    if not isinstance(pattern, str):
        return pattern
    compiled = re.compile(pattern)
    # `search` would try an anchored pattern again at every character.
    return compiled.match if re.match(r"(?:\(\?i\))?\^(?!.*\|\^)", pattern) else compiled.search
