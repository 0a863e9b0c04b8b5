"""Counts and timings of the running process."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import pytest

from transforms.progress import Progress


def test_counts_add_up_over_threads() -> None:
    progress = Progress()
    with ThreadPoolExecutor(4) as pool:
        list(pool.map(lambda amount: progress.count("articles", amount), range(101)))
    assert progress.counts() == {"articles": 5_050}


def test_a_gauge_is_what_it_was_last_set_to() -> None:
    progress = Progress()
    progress.gauge("storylines", 7)
    progress.gauge("storylines", 5)
    assert progress.counts() == {"storylines": 5}


def test_time_is_noted_even_when_the_work_fails() -> None:
    progress = Progress()
    with pytest.raises(ValueError, match="broken"), progress.timed("embed"):
        raise ValueError("broken")
    assert set(progress.seconds()) == set(progress.cpu_seconds()) == {"embed"}
    assert progress.seconds()["embed"] >= 0


def test_a_new_run_begins_with_nothing_and_answers_are_copies() -> None:
    progress = Progress()
    progress.count("articles")
    progress.counts()["articles"] = 9
    assert progress.counts() == {"articles": 1}
    progress.reset()
    assert (progress.counts(), progress.seconds(), progress.cpu_seconds()) == ({}, {}, {})
