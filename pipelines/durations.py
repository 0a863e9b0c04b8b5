"""Durations as people write them: 60s, 15m, 1.5h, 30d."""

from __future__ import annotations

import re

from transforms.errors import UsageError

_FORM = re.compile(r"([0-9]{1,9}(?:\.[0-9]{1,9})?) ?(s|m|h|d)")
_SECONDS = {"s": 1.0, "m": 60.0, "h": 3_600.0, "d": 86_400.0}


def seconds(name: str, given: str, least: float = 0.0) -> float:
    """Return ``given`` in seconds; UsageError, which tells ``name``, below ``least`` or unread."""
    match = _FORM.fullmatch(given.strip())
    if match is None:
        raise UsageError(
            f"{name} {given} is no duration: a number and s, m, h or d were expected, such as 60s."
        )
    found = float(match[1]) * _SECONDS[match[2]]
    if found < least:
        raise UsageError(f"{name} {given} is too short: at least {least:g}s are needed.")
    return found
