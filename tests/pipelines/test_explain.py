from __future__ import annotations

import json
from typing import Any

import pytest

from pipelines.explain import explain
from pipelines.explain_view import CLOSE, FEATURES, SURE, certainty, figures, reasons, rules
from pipelines.lake import Lake
from schemas import tables
from tests.examples.corpus import expected
from tests.pipelines.commands import Example, storybeam
from transforms.errors import UsageError


def rows(lake: Lake, table: str) -> list[dict[str, Any]]:
    return lake.table(table).to_pylist()  # type: ignore[no-any-return]


@pytest.mark.parametrize("name", ["article_id", "source_id", "url"])
def test_an_article_is_found_by_any_of_its_names(example_lake: Example, name: str) -> None:
    lake = Lake(example_lake.lake)
    row = next(row for row in rows(lake, "articles") if row["url"] and row["source_id"])
    found = explain(lake, row[name])
    assert found.article["article_id"] == row["article_id"]
    assert sum(len(each.paragraphs) for each in found.placements) == row["paragraphs"]
    assert len(found.residue) == row["residue"]


def test_an_address_is_found_in_another_spelling(example_lake: Example) -> None:
    lake = Lake(example_lake.lake)
    row = next(row for row in rows(lake, "articles") if row["url"])
    spelling = row["url"].replace("https://", "http://www.") + "?utm_source=mail#top"
    assert explain(lake, spelling).article["article_id"] == row["article_id"]


@pytest.mark.parametrize("name", ["paragraph_id", "passage_id"])
def test_a_part_is_explained_alone(example_lake: Example, name: str) -> None:
    lake = Lake(example_lake.lake)
    row = rows(lake, "paragraphs")[5]
    found = explain(lake, row[name])
    (placement,) = found.placements
    assert placement.passage_id == row["passage_id"]
    assert row["paragraph_id"] in {each["paragraph_id"] for each in placement.paragraphs}
    assert (placement.event.id, placement.storyline.id) == (row["event_id"], row["storyline_id"])


def test_a_name_that_two_outlets_use_is_asked_back(
    example_lake: Example, monkeypatch: pytest.MonkeyPatch
) -> None:
    lake = Lake(example_lake.lake)
    both = rows(lake, "articles")[:2]
    monkeypatch.setattr("pipelines.explain._articles", lambda lake, column, value: both)
    with pytest.raises(UsageError, match="names 2 articles") as raised:
        explain(lake, "7")
    assert all(row["article_id"] in str(raised.value) for row in both)


@pytest.mark.parametrize("name", ["nonsense", "https://nowhere.example/a", "[red]", ""])
def test_an_unknown_name_is_wrong_use(example_lake: Example, name: str) -> None:
    result = storybeam("explain", example_lake.lake, name)
    assert result.exit_code == 2
    assert "has no article or paragraph" in result.stderr


def test_a_copy_points_at_its_original(example_lake: Example) -> None:
    copy = next(article for article in expected().articles if article.copy_of)
    lake = Lake(example_lake.lake)
    shown = storybeam("explain", lake.path, str(copy.source_id)).stdout
    original = explain(lake, str(copy.copy_of)).article
    assert f"A copy of {original['article_id']}" in shown
    assert "follows its original" in shown
    assert "Copied by" in storybeam("explain", lake.path, original["article_id"]).stdout


def test_residue_is_shown_with_the_rule_that_dropped_it(example_lake: Example) -> None:
    lake = Lake(example_lake.lake)
    row = rows(lake, "residue")[0]
    shown = storybeam("explain", lake.path, row["article_id"]).stdout
    assert f"{row['rule']} ({rules()[row['rule']]})" in shown
    assert " ".join(row["text"].split())[:60] in shown


def test_what_decided_is_told_with_the_figures_that_were_stored(example_lake: Example) -> None:
    lake = Lake(example_lake.lake)
    row = next(
        row
        for row in rows(lake, "passages")
        if row["decision"] == "joined" and row["runner_up"] and row["features"]
    )
    (placement,) = explain(lake, row["passage_id"]).placements
    assert placement.features == {pair["name"]: pair["value"] for pair in row["features"]}
    text = "\n".join(reasons(placement))
    assert "joined an event that was known" in text
    assert f"{row['margin']:.2f} log-odds" in text
    assert lake.resolve(row["runner_up"]) in text
    for name, value in placement.features.items():
        assert f"{name} {value:.2f}" in text


def test_every_kind_of_decision_of_the_examples_is_put_into_words(example_lake: Example) -> None:
    lake = Lake(example_lake.lake)
    kinds = {row["decision"]: row["passage_id"] for row in rows(lake, "passages")}
    assert {"opened", "joined", "copied"} <= set(kinds)
    for kind, passage in kinds.items():
        (placement,) = explain(lake, passage).placements
        sentences = list(reasons(placement))
        assert sentences[0] != f"Decision: it {kind}."
        assert kind == "copied" or len(sentences) > 1


def test_every_figure_that_is_stored_has_a_meaning() -> None:
    assert set(tables.FEATURES) <= set(FEATURES)
    assert list(figures({"unheard": 1.0})) == ["unheard 1.00"]
    assert next(figures({"gap": 0.0})).startswith("gap 0.00: 0.0 days")


@pytest.mark.parametrize(
    ("margin", "word"),
    [(SURE, "sure"), (9.0, "sure"), (1.0, "likely"), (CLOSE - 0.01, "a close call"), (0.0, "a")],
)
def test_a_margin_is_put_into_words(margin: float, word: str) -> None:
    assert certainty(margin).startswith(word)


def test_json_has_the_same(example_lake: Example) -> None:
    lake = Lake(example_lake.lake)
    name = rows(lake, "articles")[0]["article_id"]
    found = json.loads(storybeam("explain", lake.path, name, "--json").stdout)
    assert found["article"]["article_id"] == name
    assert len(found["placements"]) == len(explain(lake, name).placements)
