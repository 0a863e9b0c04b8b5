"""Text as it is stored: decoded entities, no control characters, one kind of space."""

from __future__ import annotations

import html
import re
import unicodedata

MARKS = 30
"""Combining marks kept on one character, as in Unicode's stream-safe format (UAX 15): NFC sorts
them in quadratic time, and a megabyte of accents would take hours."""

_INVISIBLE = re.compile(
    r"[\x00-\x08\x0e-\x1f\x7f-\x84\x86-\x9f\u00ad\u200b-\u200f\u2060\ufeff\ufffe\uffff]"
)
_BREAKS = re.compile(r"\r\n?|[\x0b\x0c\x85\u2028\u2029]")
_SPACES = re.compile(r"[^\S\n]+")
_LONG_FOREIGN = re.compile(rf"[^\x00-\x7f]{{{MARKS + 1},}}")


def normalise(text: str) -> str:
    """Return ``text`` in the form that is stored, compared and embedded.

    HTML entities are decoded, line ends become ``\\n``, control and zero-width characters
    are removed, runs of horizontal white space become one space, and the result is NFC.
    Applying it twice changes nothing, save for text that was escaped twice.
    """
    text = _BREAKS.sub("\n", html.unescape(text))
    text = _SPACES.sub(" ", _INVISIBLE.sub("", text))
    return unicodedata.normalize("NFC", _LONG_FOREIGN.sub(_thinned, text)).strip()


def _thinned(run: re.Match[str]) -> str:
    marks = 0
    kept = []
    for character in run.group():
        marks = marks + 1 if unicodedata.combining(character) else 0
        if marks <= MARKS:
            kept.append(character)
    return "".join(kept)
