"""Long stories: the best storyline of each, and into how many it broke."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from pipelines.evaluate.probes import Probe, Told, default_probes, probe, probe_lake
from pipelines.lake import Lake
from tests.lakes import DAY, MARCH, article, batches, event, sample, storyline, write
from transforms.errors import UsageError

STORY = Probe("Strike", re.compile("strike", re.IGNORECASE), 0, 100)


def told(
    storyline: str, count: int, title: str = "The strike goes on", time: int = 50
) -> list[Told]:
    return [Told(title, time, storyline, f"label of {storyline}")] * count


def test_one_storyline_that_holds_all_is_perfect() -> None:
    [row] = probe(told("s1", 12), [STORY])["stories"]
    assert (row["precision"], row["recall"], row["f1"], row["pieces"]) == (1.0, 1.0, 1.0, 1)
    assert row["label"] == "label of s1"


def test_other_articles_in_the_storyline_cost_precision() -> None:
    [row] = probe([*told("s1", 12), *told("s1", 4, "Rain")], [STORY])["stories"]
    assert (row["precision"], row["recall"]) == (0.75, 1.0)


def test_an_article_whose_text_tells_the_story_does_not_count_against_it_by_text() -> None:
    about = Told("The minister resigns", 50, "s1", "", "a strike, the Strike, that strike")
    articles = [*told("s1", 12), *[about] * 3, *told("s1", 1, "Rain")]
    [row] = probe(articles, [STORY])["stories"]
    assert row["precision"] == 12 / 16
    assert row["f1_by_text"] == pytest.approx(2 * (12 / 13) / (12 / 13 + 1))


def test_a_text_that_names_the_story_in_passing_is_another_story() -> None:
    passing = Told("Rain", 50, "s1", "", "after the strike, rain; no strike helps")
    [row] = probe([*told("s1", 12), passing], [STORY])["stories"]
    assert row["f1_by_text"] == row["f1"] < 1.0


def test_a_storyline_may_live_longer_than_the_story() -> None:
    [row] = probe([*told("s1", 12), *told("s1", 4, "Rain", time=101)], [STORY])["stories"]
    assert row["precision"] == 1.0


def test_pieces_are_storylines_with_a_tenth_of_the_story() -> None:
    articles = [*told("s1", 15), *told("s2", 4), *told("s3", 1)]
    [row] = probe(articles, [STORY])["stories"]
    assert (row["storyline"], row["recall"], row["pieces"]) == ("s1", 0.75, 2)


def test_a_story_with_few_articles_is_not_looked_for() -> None:
    assert probe(told("s1", 9), [STORY]) == {"stories": [], "found": 0}


def test_titles_outside_the_period_do_not_count() -> None:
    assert probe(told("s1", 12, time=101), [STORY])["found"] == 0


def test_there_are_at_least_fifteen_stories_with_sound_periods() -> None:
    probes = default_probes()
    assert len(probes) >= 15
    assert len({one.name for one in probes}) == len(probes)
    assert all(one.first < one.last for one in probes)


def test_each_packaged_pattern_finds_its_own_story_by_name() -> None:
    names = {
        "Kavanaugh nomination": "Senate confirms Brett Kavanaugh",
        "Khashoggi killing": "What happened to Jamal Khashoggi?",
        "Hurricane Harvey": "Harvey floods Houston",
        "Family separation": "Children separated at the border",
        "Health-care repeal": "GOP bill to replace Obamacare fails",
        "Mueller inquiry": "Robert Mueller charges twelve Russians",
    }
    patterns = {one.name: one.pattern for one in default_probes()}
    for name, title in names.items():
        assert patterns[name].search(title), name


def test_a_lake_is_probed_by_its_dated_articles(tmp_path: Path) -> None:
    lake = str(tmp_path / "lake")
    rows = [
        article(f"a{n}", [("e1", f"s{1 + n % 4 // 3}", 1.0)], title="Strike talks")
        for n in range(12)
    ]
    undated = article("a99", [("e1", "s1", 1.0)], title="Strike talks", published_at=None)
    given = [
        *batches("articles", *rows, undated),
        *batches("events", event("e1", "s1")),
        *batches("storylines", storyline("s1"), storyline("s2")),
    ]
    write(lake, given)
    probes = [STORY._replace(first=MARCH - DAY, last=MARCH + DAY)]
    [row] = probe_lake(Lake(lake), probes)["stories"]
    assert row["articles"] == 12


def test_a_lake_without_such_stories_is_wrong_use(tmp_path: Path) -> None:
    lake = str(tmp_path / "lake")
    write(lake, sample())
    with pytest.raises(UsageError, match="dated articles of none"):
        probe_lake(Lake(lake))
