"""Samples are small, always the same, and hold several articles of neighbouring stories."""

from __future__ import annotations

from typing import Any

import pytest

from tests.quality.samples import choose, figure


def corpus(*stories: str) -> list[dict[str, Any]]:
    return [
        {"id": str(n), "story": story, "date": f"2017-01-{n + 1:02}"}
        for n, story in enumerate(stories)
    ]


def chosen(*args: Any, **rule: Any) -> str:
    return "".join(record["story"] for record in choose(*args, **rule))


def test_the_first_stories_with_two_articles_are_taken() -> None:
    assert chosen(corpus(*"abacbdd"), stories=2, each=9) == "aabb"


def test_of_a_large_story_only_its_first_articles_are_taken() -> None:
    found = choose(corpus(*"aabaa"), stories=1, each=3)
    assert [record["id"] for record in found] == ["0", "1", "3"]


def test_stories_that_began_before_the_date_are_passed_over() -> None:
    assert chosen(corpus(*"abab"), stories=2, each=2, since="2017-01-02") == "bb"


def test_stories_can_be_left_out_by_the_beginning_of_their_name() -> None:
    assert chosen(corpus("a", "round-up 1", "a", "round-up 1"), 2, 2, drop="round-up") == "aa"


def test_figures_are_found_by_their_path() -> None:
    assert figure({"events": {"f1": 0.5}}, "events.f1") == 0.5
    with pytest.raises(KeyError):
        figure({"events": {}}, "events.f1")
