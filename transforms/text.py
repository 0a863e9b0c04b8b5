"""Text as it is stored: decoded entities, no control characters, one kind of space."""

from __future__ import annotations

import html
import re
import unicodedata

_INVISIBLE = re.compile(r"[\x00-\x08\x0e-\x1f\x7f-\x84\x86-\x9f\u00ad\u200b-\u200f\u2060\ufeff\ufffe\uffff]")
_BREAKS = re.compile(r"\r\n?|[\x0b\x0c\x85\u2028\u2029]")
_SPACES = re.compile(r"[^\S\n]+")


def normalise(text: str) -> str:
    """Return ``text`` in the form that is stored, compared and embedded.

    HTML entities are decoded, line ends become ``\\n``, control and zero-width characters
    are removed, runs of horizontal white space become one space, and the result is NFC.
    Applying it twice changes nothing, save for text that was escaped twice.
    """
    text = _BREAKS.sub("\n", html.unescape(text))
    text = _SPACES.sub(" ", _INVISIBLE.sub("", text))
    return unicodedata.normalize("NFC", text).strip()
