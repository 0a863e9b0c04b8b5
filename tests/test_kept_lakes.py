"""A lake of every schema version is kept: it can be read and replayed, and goes on or says no."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from pipelines import explain
from pipelines.lake import Lake
from pipelines.show import details
from pipelines.summary import living_storylines
from schemas.layout import SCHEMA_VERSION
from schemas.tables import TABLES
from tests.kept_lake import KEPT
from tests.pipelines.commands import news, storybeam
from transforms.checkpoint import state_version
from transforms.clustering.state import STATE_VERSION
from transforms.lake.verify import verify

VERSIONS = sorted(path.name for path in KEPT.glob("v*"))


@pytest.fixture(params=VERSIONS)
def lake(request: pytest.FixtureRequest, tmp_path: Path) -> Lake:
    """A copy, for nothing may be written to the kept one."""
    shutil.copytree(KEPT / request.param, tmp_path / "kept")
    return Lake(str(tmp_path / "kept" / "lake"))


def test_there_is_one_of_the_version_that_is_written() -> None:
    assert f"v{SCHEMA_VERSION}" in VERSIONS


def test_its_tables_can_be_read(lake: Lake) -> None:
    for name in TABLES:
        assert lake.table(name).schema.names == TABLES[name].schema.names
    assert lake.table("articles").num_rows == lake.manifest.counts.articles > 10
    assert lake.table("paragraphs").num_rows > lake.table("passages").num_rows > 10


def test_its_storylines_can_be_shown_and_its_articles_explained(lake: Lake) -> None:
    for row in living_storylines(lake):
        assert details(lake, row["storyline_id"])["articles"]
    for name in lake.table("articles")["article_id"].to_pylist():
        assert explain.explain(lake, name).placements


def test_it_is_sound(lake: Lake) -> None:
    assert verify(lake.path) == []


def test_a_run_goes_on_from_it_or_names_the_replay_that_makes_it_go_on(
    lake: Lake, tmp_path: Path
) -> None:
    path = news(tmp_path / "news.jsonl", "Bridge to close for repairs")
    path.write_text(path.read_text().replace("2025-03", "2026-03"))  # After what the lake has.
    result = storybeam("run", path, "--lake", lake.path)
    if state_version(lake.path, lake.manifest) == STATE_VERSION:
        assert result.exit_code == 0, result.stderr
        assert Lake(lake.path).manifest.counts.articles == lake.manifest.counts.articles + 1
        assert verify(lake.path) == []
    else:
        assert result.exit_code == 2
        assert f"storybeam replay {lake.path} --into" in result.stderr
        assert Lake(lake.path).snapshot == lake.snapshot


def test_it_can_be_replayed(lake: Lake, tmp_path: Path) -> None:
    result = storybeam("replay", lake.path, "--into", tmp_path / "new")
    assert result.exit_code == 0, result.stderr
    new = Lake(str(tmp_path / "new"))
    assert verify(new.path) == []
    for name in ("articles", "paragraphs"):
        column = f"{name[:-1]}_id"
        assert sorted(new.table(name)[column].to_pylist()) == sorted(
            lake.table(name)[column].to_pylist()
        )
    for row in living_storylines(lake):
        assert new.resolve(row["storyline_id"])
