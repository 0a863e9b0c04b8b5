"""Rows for the lake: bounded batches, each in its partition, and what newer versions replace."""

from __future__ import annotations

import pytest

from schemas.batches import TableBatch, decode_rows
from tests.histories import tables
from tests.news import article, engine, read, report, sentence
from transforms import tables as module
from transforms.clustering.engine import Engine
from transforms.tables import batches, snapshot_batches, step_batches

TEA, XUA = report("tea", 1), report("xua", 1)


def _step(core: Engine, *articles: object, end: float | None = None) -> list[TableBatch]:
    return list(step_batches(read(core, *articles, end=end), core, "month"))  # type: ignore[arg-type]


def test_rows_lie_in_the_partition_of_their_time_in_batches_of_bounded_size(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(module, "ROWS", 2)
    found = _step(engine(), *(article(f"n{n}", report("tea", n), n * 16) for n in range(5)))
    articles = [batch for batch in found if batch.table == "articles"]
    assert [batch.partition for batch in articles] == [
        "date=2025-01-01",
        "date=2025-02-01",
        "date=2025-03-01",
    ]
    assert sum(decode_rows(batch.rows).num_rows for batch in articles) == 5
    assert all(decode_rows(batch.rows).num_rows <= 2 for batch in found if batch.rows)


def test_no_rows_are_no_batches() -> None:
    assert list(batches("articles", [], "month", 0)) == []
    assert _step(engine(), end=1) == []


def test_an_update_takes_the_place_of_the_version_before_even_in_another_month() -> None:
    core = engine()
    found = _step(core, article("n0", XUA, 0))
    found += _step(core, article("n1", (*TEA, *XUA[:2]), 0))
    found += _step(core, article("n1", TEA, 40, updated=40))
    found += _step(core, article("n1", (*TEA[:1], sentence("gaa", 5)), 70, updated=70))
    held = tables([*found, *snapshot_batches(core, "month")])
    [row] = [row for row in held["articles"] if row["source_id"] == "n1"]
    own = [one for one in held["paragraphs"] if one["article_id"] == row["article_id"]]
    assert (row["version"], row["paragraphs"], len(own)) == (3, 2, 2)
    assert {p["passage_id"] for p in held["passages"]} == {
        p["passage_id"] for p in held["paragraphs"]
    }


def test_of_two_versions_in_one_window_the_newer_one_is_written() -> None:
    core = engine()
    found = _step(
        core, article("n1", (*TEA, *XUA), 0), article("n1", TEA, 0, updated=0.001), end=0.01
    )
    held = tables([*found, *snapshot_batches(core, "month")])
    [row] = held["articles"]
    assert (row["version"], row["paragraphs"]) == (2, 3)
    assert {p["text"] for p in held["paragraphs"]} == set(TEA)
    assert {p["passage_id"] for p in held["passages"]} == {
        p["passage_id"] for p in held["paragraphs"]
    }


def test_a_snapshot_has_what_changed_and_the_whole_state() -> None:
    core = engine()
    _step(core, article("n1", TEA, 0), article("n2", XUA, 0))
    first = list(snapshot_batches(core, "month"))
    assert len(tables(first)["events"]) == len(tables(first)["storylines"]) == 2
    _step(core, article("n3", report("xua", 2), 1))
    second = list(snapshot_batches(core, "month"))
    assert len(tables(second)["events"]) == len(tables(second)["storylines"]) == 1
    states = {batch.table for batch in second if batch.table.startswith("state/")}
    assert states == {batch.table for batch in first if batch.table.startswith("state/")}
    assert "state/meta" in states
