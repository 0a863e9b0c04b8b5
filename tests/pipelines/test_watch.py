"""A watch, iteration by iteration, on a clock that the tests move."""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from pipelines.health import counts
from pipelines.lake import Lake
from pipelines.prepare import Job, Ready
from pipelines.run import RUNNER, Outcome, beam_options, execute
from pipelines.watch import FIRST_RETRY, LONGEST_PAUSE, Pace, Watch
from schemas.settings import Settings
from tests.lakes import changes
from tests.news import HashedEmbedder
from tests.pipelines.commands import news
from transforms import embed
from transforms.errors import LakeError, UsageError
from transforms.lake.commit import commit
from transforms.lake.manifests import newest
from transforms.lake.storage import storage_of

PACE = Pace(every=60, stable=5, idle=900)
EPOCH = 1_767_225_600.0


@pytest.fixture(autouse=True)
def _no_model(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(embed, "embedder", lambda settings: HashedEmbedder())


@dataclass
class Clock:
    """Time passes only in waits; something may happen in each; after the last one it asks."""

    happens: dict[int, Callable[[], object]] = field(default_factory=dict)
    waits: list[float] = field(default_factory=list)
    last: int = 99
    time: float = 1_000.0
    asked: bool = False
    over: bool = False
    epoch: float = EPOCH

    def now(self) -> float:
        return self.time

    def wall(self) -> float:
        return self.epoch + self.time

    def wait(self, seconds: float) -> None:
        self.time += seconds
        self.happens.get(len(self.waits), lambda: None)()
        self.waits.append(seconds)
        self.asked = len(self.waits) >= self.last


@dataclass
class Run:
    """Stands for the graph: commits what was read, or fails."""

    errors: list[Exception] = field(default_factory=list)
    read: list[list[str]] = field(default_factory=list)

    def __call__(self, ready: Ready, settings: Settings, options: object) -> Outcome:
        assert ready.plan is not None
        self.read.append([Path(file.path).name for file in ready.found.files])
        if self.errors:
            raise self.errors.pop(0)
        storage = storage_of(ready.plan.lake)
        commit(storage, ready.plan, changes(storage, ready.plan, ()))
        after, files = newest(storage), len(ready.found.files)
        return Outcome(ready.plan.lake, after, ready.parent, files, ready.skipped, 0, 0, 0, 0.0)


@dataclass
class Site:
    """A folder, a lake and a watch on them."""

    root: Path
    run: Run = field(default_factory=Run)
    clock: Clock = field(default_factory=Clock)

    def __post_init__(self) -> None:
        self.folder, self.lake = self.root / "in", self.root / "lake"
        self.health = self.root / "health.json"
        self.folder.mkdir(exist_ok=True)

    def watch(self, inputs: Sequence[str] = (), run: Any = None) -> Watch:
        job = Job(tuple(inputs) or (str(self.folder),), str(self.lake), Settings())
        options = beam_options(RUNNER, ())
        return Watch(job, options, PACE, self.clock, str(self.health), run or self.run)

    def forever(self, last: int) -> Watch:
        self.clock.last = last
        watch = self.watch()
        watch.forever()
        return watch

    def told(self) -> dict[str, Any]:
        found = json.loads(self.health.read_text())
        assert isinstance(found, dict)
        return found


@pytest.fixture
def site(tmp_path: Path) -> Site:
    return Site(tmp_path)


def test_new_files_are_one_run_after_they_have_not_changed_for_a_while(site: Site) -> None:
    for name in "cab":
        news(site.folder / f"{name}.jsonl", name)
    site.forever(last=2)
    assert site.run.read == [["a.jsonl", "b.jsonl", "c.jsonl"]]
    assert site.clock.waits == [5, 55]


def test_without_news_it_only_looks(site: Site) -> None:
    watch = site.forever(last=3)
    assert (site.run.read, site.clock.waits) == ([], [60, 60, 60])
    assert (watch.health.iterations, watch.health.runs) == (3, 0)
    assert not site.lake.exists()


def test_files_that_are_moved_in_changed_or_added_are_each_read_once(site: Site) -> None:
    elsewhere = news(site.root / "b.jsonl", "b")
    news(site.folder / "a.jsonl", "a")
    site.clock.happens = {
        1: lambda: elsewhere.rename(site.folder / "b.jsonl"),
        3: lambda: news(site.folder / "a.jsonl", "a", "more"),
    }
    site.forever(last=8)
    assert site.run.read == [["a.jsonl"], ["b.jsonl"], ["a.jsonl"]]


def test_a_file_that_is_still_written_does_not_hold_up_the_others(site: Site) -> None:
    whole, part = news(site.folder / "a.jsonl", "a"), news(site.folder / "b.jsonl", "b")
    site.clock.happens = {0: lambda: news(part, "b", "more")}
    site.forever(last=4)
    assert whole.exists()
    assert site.run.read == [["a.jsonl"], ["b.jsonl"]]


def test_a_new_process_reads_nothing_again(site: Site) -> None:
    news(site.folder / "a.jsonl", "a")
    site.forever(last=2)
    site.clock = Clock()
    site.forever(last=3)
    assert site.run.read == [["a.jsonl"]]


def test_a_pattern_may_match_nothing_yet(site: Site) -> None:
    late = site.folder / "sub" / "a.jsonl"
    site.clock.happens = {0: lambda: (late.parent.mkdir(), news(late, "a"))}
    site.clock.last = 4
    site.watch([str(site.folder / "sub" / "*.jsonl")]).forever()
    assert site.run.read == [["a.jsonl"]]


def test_a_folder_that_is_missing_at_the_start_is_wrong_use(site: Site) -> None:
    with pytest.raises(UsageError, match="nowhere does not exist"):
        site.watch([str(site.root / "nowhere")]).forever()
    assert site.clock.waits == []


def test_a_folder_that_goes_away_later_is_waited_for(site: Site) -> None:
    gone = site.root / "gone"
    site.clock.happens = {0: lambda: site.folder.rename(gone), 2: lambda: gone.rename(site.folder)}
    watch = site.forever(last=4)
    assert site.clock.waits == [60, FIRST_RETRY, 2 * FIRST_RETRY, 60]
    assert watch.health.consecutive_failures == 0
    assert "does not exist" in site.told()["last_error"]


def test_a_failure_is_tried_again_with_longer_and_longer_pauses(site: Site) -> None:
    news(site.folder / "a.jsonl", "a")
    site.run.errors = [LakeError("The disk is full.")] * 9
    watch = site.forever(last=10)
    assert site.clock.waits == [5, 10, 20, 40, 80, 160, 320, 640, LONGEST_PAUSE, LONGEST_PAUSE]
    told = site.told()
    assert (told["state"], told["consecutive_failures"]) == ("failing", 9)
    assert told["last_error"] == "The disk is full."
    site.clock.last = 11
    site.clock.asked = False
    watch.forever()
    assert site.run.read == [["a.jsonl"]] * 10
    assert (site.told()["state"], site.told()["consecutive_failures"]) == ("watching", 0)
    assert Lake(str(site.lake)).manifest.inputs[0].origin == str(site.folder / "a.jsonl")


def test_an_error_nobody_foresaw_does_not_end_it_either(site: Site) -> None:
    news(site.folder / "a.jsonl", "a")
    site.run.errors = [ZeroDivisionError("x")]
    site.forever(last=3)
    assert len(site.run.read) == 2
    assert "nobody foresaw (ZeroDivisionError: x)" in site.told()["last_error"]


def test_what_is_raised_when_the_time_to_finish_is_over_is_no_failure(site: Site) -> None:
    news(site.folder / "a.jsonl", "a")

    def run(*arguments: object) -> Outcome:
        site.clock.over = True
        raise RuntimeError("pipelines.stopping.Stopped")

    with pytest.raises(RuntimeError):
        site.watch(run=run).forever()
    assert site.told()["last_error"] is None


def test_asked_to_stop_between_two_looks_it_starts_no_run(site: Site) -> None:
    news(site.folder / "a.jsonl", "a")
    site.forever(last=1)
    assert site.run.read == []


def test_a_snapshot_of_another_hand_is_gone_on_from(site: Site) -> None:
    news(site.folder / "a.jsonl", "a")
    other = Site(site.root)
    site.clock.happens = {1: lambda: (news(site.folder / "b.jsonl", "b"), other.watch().once())}
    site.forever(last=4)
    assert other.run.read == [["b.jsonl"]]
    assert site.run.read == [["a.jsonl"]]
    assert site.told()["snapshot"] == 2


def test_the_lake_and_the_health_file_may_lie_in_the_folder(site: Site) -> None:
    site.lake, site.health = site.folder / "lake", site.folder / "health.jsonl"
    news(site.folder / "a.jsonl", "a")
    site.forever(last=6)
    assert site.run.read == [["a.jsonl"]]
    assert site.told()["files"] == 1


def test_the_health_file_says_how_it_goes(site: Site) -> None:
    news(site.folder / "a.jsonl", "Bridge", "Ferry")
    (site.folder / "b.jsonl").write_text("{broken\n")
    watch = site.watch(run=execute)
    watch.once(drain=True)
    growing = news(site.folder / "c.jsonl", "c")
    site.clock.happens = {1: lambda: news(growing, "c", "more")}
    watch.once()
    site.clock.time += 70 * 86_400
    watch.stopped()
    told = site.told()
    assert told["state"] == "stopped"
    assert (told["pid"], told["lake"], told["snapshot"]) == (os.getpid(), str(site.lake), 1)
    assert (told["files"], told["files_waiting"]) == (3, 1)
    assert (told["runs"], told["iterations"]) == (1, 2)
    assert told["watermark"] == "2025-03-02T10:00:00.000+00:00"
    assert told["lag_seconds"] == EPOCH + site.clock.time - 1_740_909_600
    figures = told["counts"]
    assert (figures["articles"], figures["waiting"]) == (2, 0)
    assert figures["rejected"] == {"bad_json": 1}
    assert list(site.root.glob(".health*")) == []


def test_open_windows_wait_until_nothing_has_come_for_a_while(site: Site) -> None:
    news(site.folder / "a.jsonl", "Bridge", "Ferry")
    watch = site.watch(run=execute)
    watch.once()
    assert counts(watch.health.manifest)["waiting"] == 1
    site.clock.time += PACE.idle - 1
    watch.once()
    assert counts(watch.health.manifest)["waiting"] == 1
    # A new process knows from the lake since when nothing has come.
    made = Lake(str(site.lake)).manifest.created_at.timestamp()
    site.clock.epoch, site.clock.time = made, PACE.idle
    site.watch(run=execute).once()
    found = Lake(str(site.lake)).manifest
    assert (found.counts.articles, counts(found)["waiting"]) == (2, 0)


def test_a_health_file_that_cannot_be_written_stops_nothing(site: Site) -> None:
    site.health.mkdir()
    news(site.folder / "a.jsonl", "a")
    site.forever(last=2)
    assert site.run.read == [["a.jsonl"]]
