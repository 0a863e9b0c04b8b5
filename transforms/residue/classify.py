"""Hold paragraphs against the rules."""

from __future__ import annotations

import re
from typing import NamedTuple

from transforms.residue.base import Edge, Near, Rule
from transforms.residue.edges import HEADS, TAILS
from transforms.residue.press import PRESS_RULES
from transforms.residue.site import SITE_RULES

RULES: tuple[Rule, ...] = SITE_RULES + PRESS_RULES
"""In the order in which they are tried; the first that holds names the residue."""

START_PARAGRAPHS = 4
"""Paragraphs from the top that rules for the start look at."""
END_PARAGRAPHS = 6
"""Paragraphs from the bottom that rules for the end look at."""
EDGE_CHARACTERS = 1000
"""How far into a paragraph, from either end, stuck residue is looked for."""
FORM_LABEL_CHARACTERS = 40
"""A line after a comment form no longer than this, made of form labels, belongs to the form."""

SEGMENT_RULES = {
    "title_repeated": "The first paragraph says what the title says.",
    "beyond_limit": "What follows the most paragraphs that one article may have, in one piece.",
}
"""Rules that need the whole article; :mod:`transforms.segment` applies them."""

_LOOSE = re.compile(r" (?=[,.;:!?)](?:\s|$))")
_FORM_LABEL = re.compile(
    r"(?i)^\W*(?:(?:your|name|e-?mail|address|website|url|comment|comments|message|required|submit|"
    r"post|send|reply|cancel|optional|title|rating|phone|captcha|notify|Δ)\b[\W_]*){1,6}$|^Δ$"
)


class Cut(NamedTuple):
    """Residue cut off one end of a paragraph."""

    rule: str
    text: str


def classify(text: str, position: int = 0, total: int = 1, before: str | None = None) -> str | None:
    """Return the rule by which a whole paragraph is residue, None where it is not.

    ``text`` is one paragraph without line breaks, ``position`` its place from 0 among ``total``,
    ``before`` the rule by which the paragraph before it was dropped.
    """
    tight = _LOOSE.sub("", text[: 2 * EDGE_CHARACTERS]) if len(text) < EDGE_CHARACTERS else text
    places = _places(position, total)
    for rule in RULES:
        if len(text) <= rule.limit and rule.near in places and _holds(rule, tight):
            return rule.name
    if before == "comment_form" and len(text) <= FORM_LABEL_CHARACTERS and _FORM_LABEL.search(text):
        return before
    return None


def cut(text: str) -> tuple[str, list[Cut]]:
    """Return the paragraph without residue stuck to its ends, and what was cut, in text order.

    The text returned is empty where nothing else was there.
    """
    heads: list[Cut] = []
    tails: list[Cut] = []
    while text and (found := _first(HEADS, text[:EDGE_CHARACTERS])):
        rule, match = found
        heads.append(Cut(rule, match.group().strip()))
        text = text[match.end() :]
    while text and (found := _first(TAILS, text[-EDGE_CHARACTERS:])):
        rule, match = found
        start = max(0, len(text) - EDGE_CHARACTERS) + match.start()
        tails.insert(0, Cut(rule, text[start:].strip()))
        text = text[:start].rstrip()
    return text, heads + tails


def _first(edges: tuple[Edge, ...], text: str) -> tuple[str, re.Match[str]] | None:
    for edge in edges:
        if any(word in text for word in edge.words) and (match := edge.pattern.search(text)):
            return edge.rule, match
    return None


def _holds(rule: Rule, text: str) -> bool:
    for form in rule.forms:
        for found in form:
            if not found(text):
                break
        else:
            return True
    return False


def _places(position: int, total: int) -> set[Near]:
    places: set[Near] = {"anywhere"}
    if position < START_PARAGRAPHS:
        places |= {"start", "edges"}
    if total - position <= END_PARAGRAPHS:
        places |= {"end", "edges"}
    return places
