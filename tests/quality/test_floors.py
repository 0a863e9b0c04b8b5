"""Quality on real news does not fall below what was reached."""

from __future__ import annotations

import json
from functools import reduce
from pathlib import Path
from typing import Any

import pytest

from pipelines.evaluate.corpus import Reading
from pipelines.evaluate.run import Evaluation, evaluate
from schemas.settings import EmbeddingSettings, Settings
from transforms.embed import embedder
from transforms.embedding.base import Embedder

ROUND_UPS = "^On the campaign trail, "
FOLDER = Path(__file__).parents[3] / "shared" / "data" / "labelled"
CORPORA: dict[str, Any] = json.loads(Path(__file__).with_name("floors.json").read_text("utf-8"))[
    "corpora"
]


@pytest.fixture(scope="module")
def settings(pytestconfig: pytest.Config) -> Settings:
    """The default settings; vectors are kept from run to run, beside pytest's own cache."""
    assert pytestconfig.cache is not None
    cache = pytestconfig.cache.mkdir("vectors") / "quality.sqlite"
    return Settings(embedding=EmbeddingSettings(cache=str(cache)))


@pytest.fixture(scope="module")
def model(settings: Settings) -> Embedder:
    return embedder(settings.embedding)


def figure(figures: dict[str, Any], path: str) -> float:
    return float(reduce(lambda found, key: found[key], path.split("."), figures))


@pytest.mark.skipif(not FOLDER.is_dir(), reason=f"{FOLDER} is not there: real news to measure on")
@pytest.mark.parametrize("name", CORPORA)
def test_no_figure_is_below_its_floor(name: str, settings: Settings, model: Embedder) -> None:
    sample = CORPORA[name]
    reading = Reading(drop=ROUND_UPS, stories=sample.get("stories"), limit=sample["limit"])
    evaluation = Evaluation(settings, reading, digests=sample["digests"])
    [figures] = evaluate([str(FOLDER / f"{name}.jsonl.gz")], evaluation, model)
    reached = {path: figure(figures, path) for path in sample["floors"]}
    assert all(reached[path] >= floor for path, floor in sample["floors"].items()), reached


def test_every_corpus_has_a_floor_that_says_more_than_doing_nothing() -> None:
    for name, sample in CORPORA.items():
        assert 0.5 < sample["floors"]["events.f1"] < 1, name
