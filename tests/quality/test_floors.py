"""Quality on real news does not fall below its floors, and the floors stay near what was reached.

floors.json is the promise, reached.json what was measured last (`make floors`). A floor that is
lowered alone fails here, as does one that quality has left far below: both files change together,
in a commit that says why.
"""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest

from schemas.settings import Settings
from tests.quality.samples import FLOORS, FOLDER, REACHED, VARIABLE, cached, measure, reached
from transforms.embedding.base import Embedder

NEAR = 0.05
"""A floor further than that below what was reached holds nothing."""
EVERYWHERE = ("events.f1", "storylines.f1", "paragraphs_events.f1", "ids.unchanged_or_explained")
SOMEWHERE = ("digests.paragraphs.f1", "labels.events.all.precision", "labels.events.all.f1")
SAMPLES = FLOORS["samples"]


@pytest.fixture(scope="module")
def path(pytestconfig: pytest.Config) -> tuple[Settings, Embedder]:
    """Default settings and model; vectors are kept from run to run, beside pytest's own cache."""
    assert pytestconfig.cache is not None
    return cached(pytestconfig.cache.mkdir("vectors") / "quality.sqlite")


@pytest.mark.skipif(
    not FOLDER.is_dir() and VARIABLE not in os.environ,
    reason=f"no real news to measure on: {FOLDER} is not there, and {VARIABLE} names no folder",
)
@pytest.mark.parametrize("name", SAMPLES)
def test_no_figure_is_below_its_floor(
    name: str, path: tuple[Settings, Embedder], tmp_path: Path
) -> None:
    found = reached(name, measure(name, *path, tmp_path))
    below = {at: (found[at], floor) for at, floor in SAMPLES[name]["floors"].items()
             if found[at] < floor}  # fmt: skip
    assert not below, f"reached and floor: {below}; all: {found}"


@pytest.mark.parametrize("name", SAMPLES)
def test_floors_are_a_little_under_what_was_reached(name: str) -> None:
    known = json.loads(REACHED.read_text("utf-8"))["samples"][name]
    assert known.keys() == SAMPLES[name]["floors"].keys()
    for at, floor in SAMPLES[name]["floors"].items():
        assert floor <= known[at] <= floor + NEAR, at


def test_every_kind_of_figure_has_a_floor() -> None:
    for sample in SAMPLES.values():
        assert set(EVERYWHERE) <= set(sample["floors"])
    assert set(SOMEWHERE) <= {at for sample in SAMPLES.values() for at in sample["floors"]}


def test_it_is_said_what_was_reached_with() -> None:
    known = json.loads(REACHED.read_text("utf-8"))
    assert {"commit", "date", "settings_digest", "model"} <= set(known)
    assert FLOORS["about"]
