"""Read the times that publishers write, and trust none that cannot be right."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta, timezone, tzinfo
from email.utils import parsedate_to_datetime

from dateutil.parser import parse as parse_words

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
MICROSECOND = timedelta(microseconds=1)
DAY = 86_400_000_000
EARLIEST = (datetime(1990, 1, 1, tzinfo=UTC) - EPOCH) // MICROSECOND
"""Older times are defaults of some system (1970, 1601), not dates of online news."""

MAX_CHARACTERS = 64
_NUMBER = re.compile(r"[+-]?\d{5,20}(\.\d{1,9})?")
_COMPACT = re.compile(r"(19|20)\d{6}(\d{6})?")
_ZONES = {"EST": -5, "EDT": -4, "CST": -6, "CDT": -5, "MST": -7, "MDT": -6, "PST": -8, "PDT": -7,
          "AST": -4, "ADT": -3, "UTC": 0, "GMT": 0, "Z": 0, "WET": 0, "BST": 1, "CET": 1,
          "CEST": 2, "EET": 2, "EEST": 3, "MSK": 3}  # fmt: skip


def read_time(value: object) -> int | None:
    """Return ``value`` in microseconds since the epoch, or None where it cannot be read.

    Understood are ISO 8601, RFC 822, dates in words, and seconds, milli-, micro- or
    nanoseconds since the epoch as numbers or digits. A time without a zone is UTC. Nothing is
    filled in: ``May 2018``, ``10:30`` and ``03/04/2018``, which is a day in March or April,
    cannot be read.
    """
    if isinstance(value, bool):
        return None
    if isinstance(value, int | float):
        compact = str(value) if isinstance(value, int) and 0 < value < 10**14 else ""
        return _from_text(compact) if _COMPACT.fullmatch(compact) else _from_epoch(value)
    return _from_text(value.strip()) if isinstance(value, str) else None


def judge(value: object, now: int) -> tuple[int | None, str]:
    """Return the time of publication and its ``date_status``; ``now`` in microseconds.

    The time is None unless the status is ``given``.
    """
    if value is None:
        return None, "missing"
    time = read_time(value)
    if time is None:
        return None, "unreadable"
    if time < EARLIEST:
        return None, "implausible"
    return (None, "future") if time > now + DAY else (time, "given")


def _from_epoch(number: float) -> int | None:
    size = abs(number)
    for limit, factor in ((1e11, 1_000_000), (1e14, 1_000), (1e17, 1)):
        if size < limit:
            return round(number * factor)
    return int(number // 1_000) if size < 1e20 else None


def _from_text(text: str) -> int | None:
    if not text or len(text) > MAX_CHARACTERS:
        return None
    if _NUMBER.fullmatch(text) and not _COMPACT.fullmatch(text):
        return _from_epoch(float(text) if "." in text else int(text))
    try:
        moment = next(_readings(text), None)
        return None if moment is None else _micros(moment)
    except (ValueError, OverflowError, ArithmeticError, TypeError, LookupError):
        return None


def _readings(text: str) -> Iterator[datetime]:
    for parse in (datetime.fromisoformat, parsedate_to_datetime, _from_words):
        try:
            moment = parse(text)
        except (ValueError, OverflowError, ArithmeticError, TypeError, LookupError):
            continue
        if moment is not None:
            yield moment


def _from_words(text: str) -> datetime | None:
    """Parse ``text`` in every order of day, month and year; None unless all agree."""
    # Two defaults that share no field: what differs was filled in, not read.
    defaults = (datetime(2000, 1, 1), datetime(2001, 2, 2))
    readings = {
        parse_words(text, default=default, dayfirst=first, tzinfos=_zone)
        for default in defaults
        for first in (False, True)
    }
    readings.add(parse_words(text, default=defaults[0], yearfirst=True, tzinfos=_zone))
    return readings.pop() if len(readings) == 1 else None


def _zone(name: str | None, offset: int | None) -> tzinfo | None:
    # Given in full, so that the zone of the machine is never asked.
    hours = _ZONES.get((name or "").upper())
    if offset is None and hours is None:
        return None
    return timezone(timedelta(seconds=offset or 0) if offset else timedelta(hours=hours or 0))


def _micros(moment: datetime) -> int:
    return ((moment if moment.tzinfo else moment.replace(tzinfo=UTC)) - EPOCH) // MICROSECOND
