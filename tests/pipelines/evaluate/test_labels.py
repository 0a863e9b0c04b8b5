"""Labels against the names that editors gave the same stories."""

from __future__ import annotations

from pathlib import Path

import pytest

from pipelines.evaluate.corpus import Item
from pipelines.evaluate.labels import label_scores
from tests.pipelines.evaluate.invented import read, record, write

THIRD = pytest.approx(1 / 3)


def items(folder: Path, *names: tuple[str, str | None]) -> list[Item]:
    """An article each: its story, and what an editor called that story."""
    rows = [record(s, n, story_title=name) for n, (s, name) in enumerate(names)]
    return list(read(write(folder, rows)).items)


def ids(found: list[Item]) -> list[str]:
    return [item.article.article.article_id for item in found]


def test_a_label_is_scored_by_the_stems_that_it_shares_with_the_name(tmp_path: Path) -> None:
    found = items(tmp_path, ("harbour", "The harbour strike ends"))
    score = label_scores(found, dict.fromkeys(ids(found), "c"), lambda _: "Strikes in port cities")
    assert [score["all"][name] for name in ("precision", "recall", "f1")] == [THIRD] * 3


def test_a_story_is_named_by_the_cluster_with_most_of_its_articles(tmp_path: Path) -> None:
    found = items(tmp_path, *[("harbour", "harbour strike")] * 3)
    clusters = dict(zip(ids(found), ["rest", "main", "main"], strict=True))
    score = label_scores(found, clusters, {"rest": "weather", "main": "harbour strike"}.__getitem__)
    assert score["all"]["f1"] == 1.0


def test_every_story_counts_the_same(tmp_path: Path) -> None:
    found = items(tmp_path, *[("harbour", "harbour strike")] * 3, ("vaccine", "vaccine trial"))
    clusters = dict(zip(ids(found), ["h", "h", "h", "v"], strict=True))
    score = label_scores(found, clusters, {"h": "harbour strike", "v": "storm"}.__getitem__)
    assert score["all"]["f1"] == 0.5
    assert score["all"]["interval"] == (0.0, 1.0)
    assert (score["several_articles"]["stories"], score["several_articles"]["f1"]) == (1, 1.0)


def test_stories_without_a_name_do_not_count(tmp_path: Path) -> None:
    found = items(tmp_path, ("harbour", "harbour strike"), ("vaccine", None), ("orbitqs", "of the"))
    score = label_scores(found, dict.fromkeys(ids(found), "c"), lambda _: "harbour strike")
    assert score["all"]["stories"] == 1
