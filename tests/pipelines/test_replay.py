"""A lake replayed from its tables is the lake again; with other settings its ids can be traced."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from pipelines import replay as replaying
from pipelines.lake import Lake
from pipelines.prepare import Job, prepare
from pipelines.replay import ReplayJob, prepare_replay
from pipelines.run import RUNNER, beam_options, execute
from pipelines.summary import living_storylines
from schemas.settings import Settings
from schemas.tables import TABLES
from tests.news import HashedEmbedder
from tests.pipelines.replaying import hashes, make, record, records, replay, update
from transforms import embed
from transforms.embedding.base import Embedder
from transforms.errors import LakeError, UsageError
from transforms.lake.hashing import content_hash
from transforms.lake.verify import verify


class NoEmbedder(HashedEmbedder):
    """Has a name and a digest, but nobody should ask it for a vector."""

    def embed(self, texts: object) -> None:  # type: ignore[override]
        raise AssertionError("nothing was to be embedded")


def use(patch: pytest.MonkeyPatch, model: Embedder) -> None:
    patch.setattr(embed, "embedder", lambda settings: model)


@pytest.fixture(autouse=True)
def _no_model(monkeypatch: pytest.MonkeyPatch) -> None:
    use(monkeypatch, HashedEmbedder())


@pytest.fixture(scope="module")
def old(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Lake]:
    with pytest.MonkeyPatch.context() as patched:
        use(patched, HashedEmbedder())
        yield make(tmp_path_factory.mktemp("old") / "lake", records())


@pytest.fixture(scope="module")
def other(old: Lake, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Lake]:
    """Replayed with settings under which some storylines are others."""
    with pytest.MonkeyPatch.context() as patched:
        use(patched, HashedEmbedder())
        into = tmp_path_factory.mktemp("other") / "lake"
        yield replay(old, into, "events.threshold=6", "storylines.similarity=0.8")


def test_the_same_settings_give_every_table_byte_for_byte_and_embed_nothing(
    old: Lake, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    use(monkeypatch, NoEmbedder())
    new = replay(old, tmp_path / "new")
    assert hashes(new) == hashes(old)
    for name in set(TABLES) - {"id_map"}:
        assert content_hash(new.table(name)) == content_hash(old.table(name)), name
    assert new.manifest.counts == old.manifest.counts
    assert verify(new.path) == []


def test_then_every_id_leads_to_itself(old: Lake, tmp_path: Path) -> None:
    new = replay(old, tmp_path / "new")
    rows = new.table("id_map").to_pylist()
    assert {row["old_id"] for row in rows} == {
        *old.table("events")["event_id"].to_pylist(),
        *old.table("storylines")["storyline_id"].to_pylist(),
    }
    for row in rows:
        assert row["new_id"] == (row["merged_into"] or row["old_id"])
        assert (row["share_of_old"], row["share_of_new"], row["replays"]) == (1, 1, 1)


@pytest.mark.parametrize("articles", [1, 7, 10_000])
def test_how_much_is_read_at_once_does_not_matter(
    old: Lake, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, articles: int
) -> None:
    monkeypatch.setattr("transforms.sources.lake.ARTICLES", articles)
    new = replay(old, tmp_path / "new")
    assert hashes(new, ()) == hashes(replay(old, tmp_path / "again"), ())


def test_other_passage_settings_embed_again_and_give_what_the_sources_would(
    old: Lake, tmp_path: Path
) -> None:
    settings = Settings.model_validate({"passages": {"similarity": 0.6}})
    new = replay(old, tmp_path / "new", "passages.similarity=0.6")
    fresh = make(tmp_path / "fresh", records(), settings=settings)
    without = ("id_map", "articles", "state/inputs", "rejections")
    assert hashes(new, without) == hashes(fresh, without)
    assert hashes(new)["passages"] != hashes(old)["passages"]


def test_other_settings_of_clustering_need_no_model_and_give_what_the_sources_would(
    old: Lake, other: Lake, tmp_path: Path
) -> None:
    settings = Settings.model_validate(
        {"events": {"threshold": 6}, "storylines": {"similarity": 0.8}}
    )
    fresh = make(tmp_path / "fresh", records(), settings=settings)
    without = ("id_map", "articles", "state/inputs", "rejections")
    assert hashes(other, without) == hashes(fresh, without)
    assert hashes(other)["storylines"] != hashes(old)["storylines"]
    assert not verify(other.path)


def test_an_old_id_leads_to_what_holds_most_of_its_text(old: Lake, other: Lake) -> None:
    now = {
        row["paragraph_id"]: row["storyline_id"] for row in other.table("paragraphs").to_pylist()
    }
    then = old.table("paragraphs").to_pylist()
    living = {row["storyline_id"] for row in living_storylines(other)}
    moved = 0
    for row in other.table("id_map", filters=[("level", "=", "storyline")]).to_pylist():
        of_old = [each for each in then if each["storyline_id"] == row["old_id"]]
        held = {}  # type: dict[str, int]
        for each in of_old:
            line = now[each["paragraph_id"]]
            held[line] = held.get(line, 0) + len(each["text"])
        assert held[row["new_id"]] == max(held.values())
        assert row["share_of_old"] == pytest.approx(max(held.values()) / sum(held.values()))
        assert row["reused"] == (row["old_id"] in living)
        assert other.resolve(row["old_id"]) == row["old_id" if row["reused"] else "new_id"]
        moved += not row["reused"]
    assert moved


def test_ids_of_before_two_replays_still_lead_somewhere(
    old: Lake, other: Lake, tmp_path: Path
) -> None:
    back = replay(other, tmp_path / "back", "events.threshold=2", "storylines.similarity=0.5")
    rows = {row["old_id"]: row for row in back.table("id_map").to_pylist()}
    assert {row["replays"] for row in rows.values()} == {1, 2}
    for name in old.table("storylines")["storyline_id"].to_pylist():
        assert back.resolve(name)
        assert rows[name]["new_id"] is not None
    assert not verify(back.path)


def test_updates_are_embedded_again_and_keep_their_version(old: Lake, tmp_path: Path) -> None:
    grown = make(tmp_path / "grown", records(), [update()])
    new = replay(grown, tmp_path / "new")
    names = ["article_id", "digest", "version", "fetched_at", "first_fetched_at", "updated_at"]
    both = [
        lake.table("articles", names).sort_by("article_id").to_pylist() for lake in (grown, new)
    ]
    assert both[0] == both[1]
    assert max(row["version"] for row in both[0]) == 2
    assert not verify(new.path)
    assert hashes(replay(new, tmp_path / "again"))["paragraphs"] == hashes(new)["paragraphs"]


def test_a_snapshot_of_before_can_be_replayed(tmp_path: Path) -> None:
    grown = make(tmp_path / "grown", records(20), [record(30)])
    assert grown.snapshot == 2
    new = replay(grown, tmp_path / "new", snapshot=1)
    assert hashes(new) == hashes(Lake(grown.path, 1))


def test_the_new_lake_goes_on_with_new_files_and_knows_the_old_ones(tmp_path: Path) -> None:
    lake = make(tmp_path / "lake", records(20))
    new = replay(lake, tmp_path / "new")
    known = str(tmp_path / "lake-news" / "0.jsonl")
    more = tmp_path / "more.jsonl"
    more.write_text("".join(json.dumps(one) + "\n" for one in [*records(20), record(31)]))
    job = Job((known, str(more)), new.path, Settings())
    ready = prepare(job)
    assert [file.path for file in ready.found.files] == [str(more)]
    outcome = execute(ready, Settings(), beam_options(RUNNER, ()))
    assert (outcome.placed, outcome.added.articles) == (1, 1)
    assert Lake(new.path).table("id_map").num_rows == new.table("id_map").num_rows


def test_settings_are_those_of_the_lake_unless_others_are_given(tmp_path: Path) -> None:
    settings = Settings.model_validate(
        {"events": {"threshold": 0.5}, "embedding": {"threads": 3}, "lake": {"partition": "day"}}
    )
    lake = make(tmp_path / "lake", records(5), settings=settings)
    into = str(tmp_path / "new")
    job = ReplayJob(lake.path, into, changes=("events.candidates=9",))
    ready, found, _ = prepare_replay(job)
    assert (found.events.threshold, found.events.candidates) == (0.5, 9)
    assert (found.lake.partition, found.embedding.threads) == ("day", 0)
    assert any("events.candidates 20 -> 9" in note for note in ready.notes)
    config = tmp_path / "config.toml"
    config.write_text("[events]\ncandidates = 9\n")
    _, found, _ = prepare_replay(ReplayJob(lake.path, into, config=str(config)))
    assert (found.events.threshold, found.lake.partition) == (0.0, "month")


def test_a_setting_that_is_no_more_is_left_behind(
    old: Lake, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    past = {**old.manifest.settings, "gone": {"x": 1}}
    past["events"] = {**past["events"], "fortune": 7}
    manifest = old.manifest.model_copy(update={"settings": past})
    monkeypatch.setattr(
        replaying.Lake, "__init__", lambda self, *_: setattr(self, "manifest", manifest)
    )
    _, settings, _ = prepare_replay(ReplayJob(old.path, str(tmp_path / "new")))
    assert settings == Settings()


def test_passages_of_several_settings_are_not_taken_over(tmp_path: Path) -> None:
    make(
        tmp_path / "lake",
        records(5),
        settings=Settings.model_validate({"passages": {"similarity": 0.9}}),
    )
    lake = make(tmp_path / "lake", [record(6)])
    assert lake.manifest.passage_settings is None
    assert not prepare_replay(ReplayJob(lake.path, str(tmp_path / "new"))).source.reuse


@pytest.mark.parametrize("where", ["full", "file", "inside", "itself"])
def test_the_new_lake_must_be_new(old: Lake, tmp_path: Path, where: str) -> None:
    places = {
        "full": tmp_path / "full",
        "file": tmp_path / "file",
        "inside": Path(old.path) / "new",
        "itself": Path(old.path),
    }
    (tmp_path / "full").mkdir()
    (tmp_path / "full" / "notes.txt").write_text("x")
    (tmp_path / "file").write_text("x")
    with pytest.raises(UsageError, match="--into"):
        prepare_replay(ReplayJob(old.path, str(places[where])))
    assert verify(old.path) == []


def test_an_empty_folder_will_do(old: Lake, tmp_path: Path) -> None:
    (tmp_path / "new").mkdir()
    assert prepare_replay(ReplayJob(old.path, str(tmp_path / "new"))).ready.plan is not None


def test_there_must_be_a_lake(tmp_path: Path) -> None:
    with pytest.raises(LakeError, match="is not a lake"):
        prepare_replay(ReplayJob(str(tmp_path / "none"), str(tmp_path / "new")))
