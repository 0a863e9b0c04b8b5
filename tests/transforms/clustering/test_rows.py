"""Rows say what was decided, in the columns of their tables."""

from __future__ import annotations

import numpy as np
import pytest

from schemas.settings import InputSettings
from schemas.tables import TABLES
from tests.news import article, engine, read, report
from transforms.clustering import rows
from transforms.clustering.step import Step

TEA, XUA = report("tea", 1), report("xua", 1)


@pytest.fixture
def step() -> Step:
    core = engine()
    read(core, article("n0", XUA, 0))
    return read(core, article("n1", (*TEA, *XUA[:1]), 0, title="Crown stolen", source="Wire"))


def _all(step: Step) -> dict[str, list[rows.Row]]:
    [placed] = step.placed
    storyline_of = step.storyline_of.__getitem__
    return {
        "articles": [rows.article_row(placed, storyline_of, InputSettings())],
        "paragraphs": rows.paragraph_rows(placed, storyline_of),
        "passages": rows.passage_rows(placed, storyline_of),
    }


def test_rows_have_exactly_the_columns_of_their_tables(step: Step) -> None:
    for table, found in _all(step).items():
        for row in found:
            assert set(row) == set(TABLES[table].schema.names)


def test_the_shares_of_an_article_add_up_and_the_largest_is_its_event(step: Step) -> None:
    [row] = _all(step)["articles"]
    shares = [share["share"] for share in row["shares"]]
    assert sum(shares) == pytest.approx(1.0)
    assert shares == sorted(shares, reverse=True)
    assert (row["event_id"], row["share"]) == (row["shares"][0]["event_id"], shares[0])
    texts = [row["text"] for row in _all(step)["paragraphs"]]
    assert row["characters"] == sum(map(len, texts))


@pytest.mark.parametrize(
    ("language", "known"), [(None, True), ("en", True), ("en-gb", True), ("pt-br", False)]
)
def test_a_language_is_known_if_the_model_was_made_for_it(
    step: Step, language: str | None, known: bool
) -> None:
    [placed] = step.placed
    head = placed.article.article._replace(language=language)
    placed.article = placed.article._replace(article=head)
    row = rows.article_row(placed, step.storyline_of.__getitem__, InputSettings())
    assert row["language_known"] is known


def test_a_passage_tells_what_its_decision_looked_at(step: Step) -> None:
    for row in _all(step)["passages"]:
        assert row["decision"] in ("opened", "joined")
        assert np.linalg.norm(row["embedding"]) == pytest.approx(1.0, abs=1e-3)
        assert all(np.isfinite(feature["value"]) for feature in row["features"])


@pytest.mark.parametrize(
    ("days", "trend"),
    [({}, 1.0), ({10: 3}, 4.0), ({10: 3, 3: 1}, 2.0), ({10: 1, 4: 1, 3: 5}, 0.5)],
)
def test_the_trend_compares_the_last_week_with_the_one_before(
    days: dict[int, int], trend: float
) -> None:
    assert rows._trend(days) == trend


def test_a_group_names_its_outlets_by_how_much_they_wrote() -> None:
    found = rows._sources({"B": 2, "A": 2, "C": 3})
    assert found == {"sources": 3, "top_sources": ["C", "A", "B"]}
