"""Read the times that publishers write, and trust none that cannot be right."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta, timezone, tzinfo
from email.utils import parsedate_to_datetime

from dateutil.parser import parse as parse_words

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
MICROSECOND = timedelta(microseconds=1)
DAY = 86_400_000_000
EARLIEST = (datetime(1990, 1, 1, tzinfo=UTC) - EPOCH) // MICROSECOND
"""Older times are defaults of some system (1970, 1601), not dates of online news."""

MAX_CHARACTERS = 64
_NUMBER = re.compile(r"[+-]?[0-9]{5,20}(\.[0-9]{1,9})?")
_COMPACT = re.compile(r"(19|20)[0-9]{6}([0-9]{6})?")
_YEAR_FIRST = re.compile(r"([0-9]{4})[-/.]([0-9]{1,2})[-/.]([0-9]{1,2})(?![0-9])(.*)", re.DOTALL)
_MAIL = re.compile(
    r"([A-Za-z]{3}, *)?[0-9]{1,2} [A-Za-z]{3} [0-9]{2,4} [0-9:]{5,8} ([+-][0-9]{4}|[A-Z]{1,4})"
)
_GREENWICH = re.compile(r"\b(?:GMT|UTC) ?([+-][0-9])")
_YEAR = re.compile(r"[0-9]{4}")
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
    for read in (datetime.fromisoformat, _from_compact, _from_mail, _year_first, _from_words):
        try:
            return _micros(read(text))
        except (ValueError, ArithmeticError, TypeError, LookupError):
            continue
    return None


def _from_compact(text: str) -> datetime:
    return datetime.strptime(text, "%Y%m%d%H%M%S")


def _from_mail(text: str) -> datetime:
    # The parser takes much for a mail's date, so it only gets what looks like one.
    if not _MAIL.fullmatch(text):
        raise ValueError(text)
    return parsedate_to_datetime(text)


def _year_first(text: str) -> datetime:
    match = _YEAR_FIRST.fullmatch(text)
    if match is None:
        raise ValueError(text)
    day = datetime(int(match[1]), int(match[2]), int(match[3]))
    moment = _words(match[4], default=day) if match[4].strip() else day
    if moment.date() != day.date():
        raise ValueError(text)
    return moment


def _from_words(text: str) -> datetime:
    """Parse ``text`` in every order of day, month and year; ValueError unless all agree."""
    if not _YEAR.search(text) or _YEAR_FIRST.fullmatch(text):
        raise ValueError(text)
    # Two defaults that share no field: what differs was filled in, not read.
    defaults = (datetime(2000, 1, 1), datetime(2001, 2, 2))
    readings = {
        _words(text, default=default, dayfirst=first)
        for default in defaults
        for first in (False, True)
    }
    readings.add(_words(text, default=defaults[0], yearfirst=True))
    if len(readings) > 1:
        raise ValueError(text)
    return readings.pop()


def _words(text: str, default: datetime, **order: bool) -> datetime:
    # "GMT+1" is an hour ahead of Greenwich, save for POSIX, which dateutil follows.
    text = _GREENWICH.sub(r"\1", text)
    moment: datetime = parse_words(text, default=default, tzinfos=_zone, **order)
    return moment


def _zone(name: str | None, offset: int | None) -> tzinfo | None:
    # Given in full, so that the zone of the machine is never asked.
    hours = _ZONES.get((name or "").upper())
    if offset is None and hours is None:
        return None
    return timezone(timedelta(seconds=offset or 0) if offset else timedelta(hours=hours or 0))


def _micros(moment: datetime) -> int:
    return ((moment if moment.tzinfo else moment.replace(tzinfo=UTC)) - EPOCH) // MICROSECOND
