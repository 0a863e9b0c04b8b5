"""A corpus of invented news, from its file to its figures."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from pipelines.evaluate.corpus import Reading
from pipelines.evaluate.run import Evaluation, evaluate, to_mapping
from tests.news import HashedEmbedder
from tests.pipelines.evaluate.invented import ALWAYS, SETTINGS, TOPICS, records, write


@pytest.fixture(scope="module")
def figures(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    path = write(tmp_path_factory.mktemp("corpus"), records(12))
    evaluation = Evaluation(SETTINGS, digests=5, probes=[ALWAYS])
    [found] = evaluate([path], evaluation, HashedEmbedder())
    return found


def test_stories_that_share_no_word_are_told_apart(figures: dict[str, Any]) -> None:
    assert figures["events"]["precision"] == 1.0
    assert figures["events"]["gold_clusters"] == len(TOPICS)
    assert figures["events"]["f1"] > figures["events"]["floors"]["singletons"]["f1"]


def test_every_part_has_its_figures(figures: dict[str, Any]) -> None:
    assert figures["storylines"]["items"] == figures["scored"] == 48
    assert figures["paragraphs_events"]["items"] == figures["paragraphs"] == 144
    assert figures["digests"]["digests"] == 5
    assert figures["digests"]["ordinary_without"]["f1"] == figures["events"]["f1"]
    assert figures["ids"]["unchanged_or_explained"] == 1.0
    assert figures["speed"]["decisions"] > 0
    assert figures["probes"]["stories"][0]["articles"] == 12


def test_labels_are_compared_with_the_editors_names(figures: dict[str, Any]) -> None:
    for level in ("events", "storylines"):
        assert figures["labels"][level]["all"]["stories"] == len(TOPICS)
        assert figures["labels"][level]["all"]["precision"] > 0


def test_all_figures_can_be_written_as_json(figures: dict[str, Any]) -> None:
    assert json.loads(json.dumps(figures, allow_nan=False))["corpus"] == "news"


def test_the_same_corpus_gives_the_same_figures(tmp_path: Path, figures: dict[str, Any]) -> None:
    evaluation = Evaluation(SETTINGS, digests=5, probes=[ALWAYS])
    [again] = evaluate([write(tmp_path, records(12))], evaluation, HashedEmbedder())
    assert {k: v for k, v in again.items() if k != "speed"} == {
        k: v for k, v in figures.items() if k != "speed"
    }


def test_a_rejected_article_counts_as_a_cluster_of_its_own(tmp_path: Path) -> None:
    rows = [*records(3), {"id": "empty", "story": "harbour", "text": ""}]
    [found] = evaluate([write(tmp_path, rows)], Evaluation(SETTINGS, digests=0), HashedEmbedder())
    assert found["rejected"] == 1
    assert found["events"]["items"] == 13
    assert found["digests"] is None


def test_two_rows_of_one_article_are_both_scored(tmp_path: Path) -> None:
    rows = records(3)
    [found] = evaluate(
        [write(tmp_path, [*rows, rows[0]])], Evaluation(SETTINGS, digests=0), HashedEmbedder()
    )
    assert found["events"]["items"] == 13


def test_a_corpus_without_gold_has_ids_and_speed_alone(tmp_path: Path) -> None:
    rows = [{**row, "story": None} for row in records(3)]
    [found] = evaluate([write(tmp_path, rows)], Evaluation(SETTINGS), HashedEmbedder())
    assert "events" not in found
    assert found["ids"]["snapshots"] == 3


def test_only_later_articles_are_scored(tmp_path: Path) -> None:
    reading = Reading(since=to_mapping(["news=2017-03-03"]))
    [found] = evaluate(
        [write(tmp_path, records(3))],
        Evaluation(SETTINGS, reading, digests=0),
        HashedEmbedder(),
    )
    assert (found["articles"], found["scored"]) == (12, 4)


def test_a_date_alone_is_for_every_corpus() -> None:
    assert to_mapping(["2017-01-01", "allsides=2018-01-01"]) == {
        "": "2017-01-01",
        "allsides": "2018-01-01",
    }
