"""``storybeam replay`` on the real model and runner."""

from __future__ import annotations

from pathlib import Path

import pytest

from pipelines.lake import Lake
from schemas.batches import TableBatch, encode_table
from tests.examples.corpus import copy_examples
from tests.pipelines.commands import Example, hashes, news, storybeam, told
from transforms import embed
from transforms.clustering.state import STATE_VERSION
from transforms.lake.commit import commit
from transforms.lake.parquet import read_files
from transforms.lake.plan import SnapshotPlan
from transforms.lake.storage import storage_of
from transforms.lake.verify import verify
from transforms.lake.writer import write_partition


@pytest.fixture(scope="module")
def plain_lake(tmp_path_factory: pytest.TempPathFactory, example_lake: Example) -> str:
    """The examples in a lake, without the one article that comes in two versions."""
    root = tmp_path_factory.mktemp("plain")
    folder = copy_examples(root / "examples")
    path = folder / "articles.jsonl"
    lines = path.read_bytes().splitlines(keepends=True)
    path.write_bytes(b"".join(line for line in lines if b"hp-20250922-2" not in line))
    lake = str(root / "lake")
    result = storybeam("run", folder, "--lake", lake, "--set", example_lake.cache)
    assert result.exit_code == 0, result.stderr
    return lake


def test_the_same_settings_give_the_same_lake_without_the_model(
    plain_lake: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delattr(embed, "embedder")
    new = str(tmp_path / "new")
    result = storybeam("replay", plain_lake, "--into", new)
    assert result.exit_code == 0, result.stderr
    assert "nothing is embedded" in result.stderr
    before, after = hashes(plain_lake), hashes(new)
    assert after.pop("id_map") != before.pop("id_map")
    assert after == before
    count = Lake(plain_lake).manifest.counts.storylines
    assert f"Of {count} storylines of {plain_lake} (snapshot 1), {count} are wholly" in " ".join(
        result.stdout.split()
    )
    assert verify(new) == []


def test_an_updated_article_is_embedded_again_and_the_figures_are_for_programs_too(
    example_lake: Example, tmp_path: Path
) -> None:
    new = str(tmp_path / "new")
    change = ("--set", example_lake.cache, "--set", "storylines.similarity=0.6")
    found = told(storybeam("replay", example_lake.lake, "--into", new, *change, "--json"))
    assert found["articles"] == Lake(example_lake.lake).manifest.counts.articles
    replayed = found["replayed"]
    assert (replayed["lake"], replayed["snapshot"]) == (example_lake.lake, 1)
    old = Lake(example_lake.lake).manifest.counts
    assert sum(replayed["storylines"][name] for name in ("wholly", "partly", "lost")) == (
        old.storylines
    )
    assert sum(replayed["events"].values()) == old.events
    assert replayed["storylines"]["wholly"] < old.storylines


def older(lake: str) -> None:
    """Make the newest snapshot one with a state of an older version."""
    storage, manifest = storage_of(lake), Lake(lake).manifest
    meta = read_files(storage, "state/meta", manifest.of("state/meta")).to_pylist()
    table = read_files(storage, "state/meta", manifest.of("state/meta"))
    place = table.schema.get_field_index("state_version")
    past = table.set_column(place, "state_version", [[meta[0]["state_version"] - 1]])
    batch = TableBatch("state/meta", "", encode_table(past), (), 0)
    plan = SnapshotPlan(
        lake,
        manifest.snapshot,
        manifest.partition,
        manifest.model,
        manifest.settings_digest,
        manifest.settings,
    )
    commit(storage, plan, [write_partition(storage, manifest, "state/meta", "", [batch])])


def test_a_state_of_before_stops_a_run_at_once_and_can_be_replayed(
    tmp_path: Path, vectors: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    lake, new = str(tmp_path / "lake"), str(tmp_path / "new")
    titles = ("Bridge to close for repairs", "Ferry fares rise")
    run = ("run", news(tmp_path / "a.jsonl", *titles), "--set", vectors)
    assert storybeam(*run, "--lake", lake).exit_code == 0
    older(lake)
    more = news(tmp_path / "b.jsonl", "Library opens on Sundays", start=9)
    with monkeypatch.context() as patch:
        patch.delattr("pipelines.prepare.model_info")
        patch.delattr("pipelines.prepare.sha256_of")
        refused = storybeam("run", more, "--lake", lake)
    assert refused.exit_code == 2
    told_of = " ".join(refused.stderr.split())
    assert f"has a state of version {STATE_VERSION - 1}" in told_of
    assert f"`storybeam replay {lake} --into NEW_LAKE`" in told_of
    assert storybeam("show", lake).exit_code == 0
    assert storybeam("verify", lake).exit_code == 0
    assert storybeam("replay", lake, "--into", new).exit_code == 0
    assert storybeam("run", more, "--lake", new, "--set", vectors).exit_code == 0
    assert Lake(new).manifest.counts.articles == 3


def test_a_replay_into_something_leaves_it_as_it_is(example_lake: Example, tmp_path: Path) -> None:
    (tmp_path / "full").mkdir()
    (tmp_path / "full" / "notes.txt").write_text("x")
    for into in (tmp_path / "full", example_lake.lake, Path(example_lake.lake) / "new"):
        result = storybeam("replay", example_lake.lake, "--into", into)
        assert result.exit_code == 2
        assert "--into" in result.stderr
    assert [path.name for path in (tmp_path / "full").iterdir()] == ["notes.txt"]
    assert verify(example_lake.lake) == []


def test_what_is_no_lake_cannot_be_replayed(tmp_path: Path) -> None:
    result = storybeam("replay", tmp_path / "none", "--into", tmp_path / "new")
    assert result.exit_code == 1
    assert "is not a lake" in result.stderr
    assert not (tmp_path / "new").exists()
