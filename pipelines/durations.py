"""Lengths of time as people write them: ``30d``, ``12h``, ``90m``, ``45s``, ``2w``."""

from __future__ import annotations

import re
from datetime import timedelta

from transforms.errors import UsageError

_UNITS = {"s": "seconds", "m": "minutes", "h": "hours", "d": "days", "w": "weeks"}
_FORM = re.compile(r"(\d{1,9})([smhdw])")
LONGEST = timedelta(days=36_525)


def duration(text: str, option: str) -> timedelta:
    """Return the length of time that ``text`` gives for ``option``.

    Raises:
        UsageError: It is not a number with a unit, or longer than a century.
    """
    found = _FORM.fullmatch(text.strip().lower())
    length = timedelta(**{_UNITS[found[2]]: int(found[1])}) if found else LONGEST * 2
    if length > LONGEST:
        raise UsageError(
            f"{option} was given {text!r}; a whole number with a unit was expected, such as 30d, "
            "12h, 90m or 45s, and no more than a century."
        )
    return length
