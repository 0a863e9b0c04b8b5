from __future__ import annotations

from datetime import timedelta

import pytest

from pipelines.durations import duration
from transforms.errors import UsageError


@pytest.mark.parametrize(
    ("text", "length"),
    [
        ("30d", timedelta(days=30)),
        ("12h", timedelta(hours=12)),
        ("90m", timedelta(minutes=90)),
        (" 45S ", timedelta(seconds=45)),
        ("2w", timedelta(days=14)),
        ("0d", timedelta()),
        ("36525d", timedelta(days=36_525)),
    ],
)
def test_a_number_and_a_unit_are_a_length_of_time(text: str, length: timedelta) -> None:
    assert duration(text, "--keep") == length


@pytest.mark.parametrize(
    "text", ["", "30", "d", "-1d", "1.5h", "3 d", "1y", "36526d", "9" * 12 + "s"]
)
def test_what_is_not_one_is_told_with_its_option(text: str) -> None:
    with pytest.raises(UsageError, match="--keep was given"):
        duration(text, "--keep")
