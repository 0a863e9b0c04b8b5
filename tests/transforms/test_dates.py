from __future__ import annotations

import os
import time
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from transforms.dates import DAY, EARLIEST, judge, read_time

TEN = 1_525_341_600_000_000
"""2018-05-03 10:00 UTC."""
MIDNIGHT = TEN - 10 * 3_600_000_000


@pytest.mark.parametrize(
    "value",
    [
        "2018-05-03T10:00:00Z",
        "2018-05-03 10:00",
        "2018-05-03T10:00:00",
        "2018-05-03T12:00:00+02:00",
        "2018-05-03T06:00:00-0400",
        "  2018-05-03T10:00:00.000000Z ",
        "2018/05/03 10:00 AM",
        "2018-5-3 06:00 EDT",
        "20180503100000",
        "Thu, 03 May 2018 10:00:00 GMT",
        "Thu, 03 May 2018 05:00:00 EST",
        "3 May 2018 12:00:00 +0200",
        "Thu May 03 10:00:00 +0000 2018",
        "Thu May 03 2018 12:00:00 GMT+0200 (CEST)",
        "May 3, 2018 at 10:00 am",
        "May 3rd, 2018 6:00 AM EDT",
        1_525_341_600,
        1_525_341_600.0,
        1_525_341_600_000,
        1_525_341_600_000_000,
        1_525_341_600_000_000_000,
        "1525341600",
        "1525341600000",
        "1525341600.0",
    ],
)
def test_one_moment_in_many_spellings(value: object) -> None:
    assert read_time(value) == TEN


@pytest.mark.parametrize(
    "value",
    ["2018-05-03", "20180503", 20180503, "2018/05/03", "2018.5.3", "3 May 2018", "May 3, 2018",
     "03-May-2018", "Thursday, May 3rd, 2018"],
)  # fmt: skip
def test_a_day_begins_at_midnight_utc(value: object) -> None:
    assert read_time(value) == MIDNIGHT


@pytest.mark.parametrize("value", ["13/04/2018", "04/13/2018", "13.04.2018"])
def test_a_day_after_the_twelfth_can_only_be_a_day(value: str) -> None:
    assert read_time(value) == datetime(2018, 4, 13, tzinfo=UTC).timestamp() * 1_000_000


@pytest.mark.parametrize(
    "value",
    ["03/04/2018", "03.04.2018", "18-04-03", "2018", "2018-05", "May 2018", "3 May", "May 3",
     "10:30", "Monday", "Thu, 03 May 10:00", "2018-05-03 Monday", "2018-13-45", "12 2018"],
)  # fmt: skip
def test_what_leaves_the_day_open_is_not_filled_in(value: str) -> None:
    assert read_time(value) is None


@pytest.mark.parametrize(
    "value",
    [None, True, "", " ", "soon", "3 hours ago", "x" * 10_000, "9" * 5_000, [], {}, b"2018-05-03",
     float("inf"), 1e300, 10**400, "٢٠١٨-٠٥-٠٣", "2018-05-03\ud800"],
)  # fmt: skip
def test_what_is_no_date_cannot_be_read(value: object) -> None:
    assert read_time(value) is None


def test_the_zone_of_the_machine_plays_no_part(monkeypatch: pytest.MonkeyPatch) -> None:
    value = "May 3, 2018 10:00 NZST"
    here = read_time(value)
    try:
        monkeypatch.setitem(os.environ, "TZ", "Pacific/Auckland")
        time.tzset()
        assert read_time(value) == here
    finally:
        monkeypatch.undo()
        time.tzset()


@given(st.datetimes(min_value=datetime(1990, 1, 1), max_value=datetime(2100, 1, 1)))
def test_iso_dates_are_read_to_the_microsecond(moment: datetime) -> None:
    found = read_time(moment.isoformat())
    assert found is not None
    assert datetime(1970, 1, 1) + timedelta(microseconds=found) == moment
    assert read_time(found) == found


@given(st.text(max_size=70) | st.floats() | st.integers())
def test_nothing_makes_it_raise(value: object) -> None:
    assert read_time(value) is None or isinstance(read_time(value), int)


@pytest.mark.parametrize(
    ("value", "status"),
    [
        (None, "missing"),
        ("never", "unreadable"),
        (0, "implausible"),
        ("1989-12-31", "implausible"),
        ("1990-01-01", "given"),
        (TEN + DAY, "given"),
        (TEN + DAY + 1, "future"),
        ("9999-12-31T23:59:59-12:00", "future"),
        ("0001-01-01T00:00:00+12:00", "implausible"),
    ],
)
def test_only_a_given_date_has_a_time(value: object, status: str) -> None:
    moment, found = judge(value, now=TEN)
    assert found == status
    assert (moment is not None) == (status == "given")
    assert moment is None or EARLIEST <= moment <= TEN + DAY
