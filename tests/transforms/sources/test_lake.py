"""A lake as a source: any cut of event time has each article and each rejection once."""

from __future__ import annotations

import tempfile
from itertools import pairwise
from pathlib import Path
from typing import Any

import apache_beam as beam
import pytest
from apache_beam.runners.portability.fn_api_runner import FnApiRunner

from schemas.batches import TableBatch
from schemas.records import EmbeddedArticle
from schemas.settings import Settings
from tests import lakes
from tests.news import DAY, article, at, engine, read, report
from transforms.lake.manifests import read_manifest
from transforms.lake.storage import storage_of
from transforms.sources import lake as source
from transforms.sources.lake import Bounds, ReadLake, StoredArticles, rows_between, spans
from transforms.tables import snapshot_batches, step_batches
from transforms.waiting import pack, waiting_batch

DAYS = (0, 1, 20, 40, 41, 90)
LATENESS = Settings().events.lateness


def news() -> list[EmbeddedArticle]:
    found = [article(f"n{day}", report("tea", day), day) for day in DAYS]
    return [*found, article("corrected", report("xua"), 39.5, updated=40.5, fetched=40.5)]


@pytest.fixture
def lake(tmp_path: Path) -> StoredArticles:
    core = engine()
    batches: list[TableBatch] = []
    for item in sorted(news(), key=lambda each: each.article.time):
        batches += step_batches(read(core, item), core, "month")
    for number, day in enumerate((0, 40)):
        refused = {**lakes.rejection(f"r{number}"), "fetched_at": at(day)}
        batches += lakes.batches("rejections", refused)
    batches += snapshot_batches(core, "month")
    batches.append(waiting_batch([pack(article("waits", report("koa"), 95))], core.done))
    assert lakes.write(str(tmp_path), batches) == 1
    return StoredArticles(str(tmp_path), 1)


def _note(item: Any, output: str, path: str) -> None:
    name = getattr(item, "rejection_id", None) or item.article.source_id
    with open(path, "a", encoding="utf-8") as file:
        file.write(f"{output} {name}\n")


def contents(stored: StoredArticles) -> dict[str, list[str]]:
    """Names of what is read, by output."""
    found: dict[str, list[str]] = {"embedded": [], "segmented": [], "rejections": []}
    with tempfile.NamedTemporaryFile() as noted:
        with beam.Pipeline(runner=FnApiRunner()) as pipeline:
            for output, items in (pipeline | ReadLake(stored)).items():
                _ = items | f"Note {output}" >> beam.Map(_note, output, noted.name)
        for text in sorted(noted.read().decode().splitlines()):
            output, name = text.split()
            found[output].append(name)
    return found


def names_of(*names: str) -> list[str]:
    return sorted(names)


def test_everything_is_read_with_what_waits(lake: StoredArticles) -> None:
    everything = names_of(*(f"n{day}" for day in DAYS), "corrected", "waits")
    assert contents(lake) == {"embedded": everything, "segmented": [], "rejections": ["r0", "r1"]}


def test_without_reuse_everything_is_to_be_embedded(lake: StoredArticles) -> None:
    found = contents(StoredArticles(lake.lake, 1, reuse=False))
    assert found["embedded"] == []
    assert len(found["segmented"]) == len(DAYS) + 2


def test_any_cut_has_each_of_them_once(
    lake: StoredArticles, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(source, "ARTICLES", 2)
    cuts = [None, at(1), at(40), at(41) + 1, None]
    parts = [contents(lake.between(start, end, LATENESS)) for start, end in pairwise(cuts)]
    assert [part["embedded"] for part in parts] == [
        ["n0"],
        ["n1", "n20"],
        ["corrected", "n40", "n41"],
        ["n90", "waits"],
    ]
    assert [part["rejections"] for part in parts] == [["r0"], [], ["r1"], []]


def test_files_outside_a_stretch_are_not_opened(lake: StoredArticles) -> None:
    storage, manifest = storage_of(lake.lake), read_manifest(storage_of(lake.lake), 1)
    for entry in manifest.files:
        if entry.table in source.TABLES and entry.last_time and entry.last_time < at(30):
            storage.remove(entry.path)
    found = rows_between(storage, manifest, "articles", ["article_id"], Bounds(at(35), None))
    assert found.num_rows == 4
    part = lake.between(at(35), at(80), LATENESS)
    assert contents(part)["embedded"] == ["corrected", "n40", "n41"]


def test_what_an_older_lake_does_not_have_is_left_out(lake: StoredArticles) -> None:
    storage, manifest = storage_of(lake.lake), read_manifest(storage_of(lake.lake), 1)
    bounds = Bounds(None, None)
    found = rows_between(storage, manifest, "articles", ["article_id", "horoscope"], bounds)
    assert found.schema.names == ["article_id"]


def test_weights_say_when_each_article_has_its_turn(lake: StoredArticles) -> None:
    weights = dict(lake.weights(LATENESS))
    assert set(weights) == {*map(at, DAYS), at(40.5)}
    assert min(weights.values()) > 100
    assert {time for time, _ in lake.weights(DAY // 2)} == {*map(at, DAYS), at(39.5)}


def test_an_empty_lake_has_no_spans(tmp_path: Path) -> None:
    lakes.write(str(tmp_path), lakes.batches("rejections", lakes.rejection("r1")))
    assert spans(StoredArticles(str(tmp_path), 1)) == []
    assert contents(StoredArticles(str(tmp_path), 1))["rejections"] == ["r1"]
