"""``storybeam watch`` as a command: its options, its exit codes, its end."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from pipelines.lake import Lake
from tests.lakes import sample, write
from tests.news import HashedEmbedder
from tests.pipelines.commands import news, storybeam
from transforms import embed


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(embed, "embedder", lambda settings: HashedEmbedder())
    found = tmp_path / "in"
    found.mkdir()
    return found


def test_once_reads_what_is_there_and_ends(folder: Path, tmp_path: Path) -> None:
    news(folder / "a.jsonl", "Bridge", "Ferry")
    lake, health = tmp_path / "lake", tmp_path / "health.json"
    watch = ("watch", folder, "--lake", lake, "--once", "--stable", "0s", "--health", health)
    first = storybeam(*watch)
    assert first.exit_code == 0, first.stderr
    assert Lake(str(lake)).manifest.counts.articles == 1
    second = storybeam(*watch, "--drain", "--log-format", "json")
    assert second.exit_code == 0, second.stderr
    assert Lake(str(lake)).manifest.counts.articles == 2
    assert second.stdout == ""
    told = [json.loads(line) for line in second.stderr.splitlines()]
    assert [line["message"] for line in told] == ["Deciding what waits.", "Read.", "Done."]
    assert (told[1]["snapshot"], told[1]["articles"], told[1]["waiting"]) == (2, 1, 0)
    assert json.loads(health.read_text())["state"] == "stopped"


def test_once_fails_where_the_iteration_does(folder: Path, tmp_path: Path) -> None:
    news(folder / "a.jsonl", "Bridge")
    manifests = tmp_path / "lake" / "manifests"
    manifests.mkdir(parents=True)
    (manifests / "00000001.json").write_text("{")
    result = storybeam(
        "watch", folder, "--lake", tmp_path / "lake", "--once", "--log-format", "json"
    )
    assert result.exit_code == 1
    (line,) = map(json.loads, result.stderr.splitlines())
    assert line["level"] == "error"
    assert "is damaged" in line["message"]


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["--every", "soon"], "--every was given 'soon'"),
        (["--every", "0s"], "--every 0s is too short"),
        (["--drain"], "--drain goes with --once"),
        (["--health", "nowhere/health.json"], "there is no such folder"),
        (["--log-format", "xml"], "Known are: text, json"),
        (["--set", "events.treshold=1"], "There is no setting events.treshold"),
        (["nowhere"], "nowhere does not exist"),
        (["--", "--direct_runner_bundle_repaet=1"], "no option --direct_runner_bundle"),
        (["--lake", "pyproject.toml"], "pyproject.toml is a file"),
    ],
)
def test_wrong_use_stops_at_once(
    folder: Path, tmp_path: Path, arguments: list[str], said: str
) -> None:
    result = storybeam("watch", folder, "--lake", tmp_path / "lake", *arguments)
    assert result.exit_code == 2
    assert said in result.stderr
    assert not (tmp_path / "lake").exists()


def test_another_model_on_a_lake_stops_it_before_there_is_any_news(
    folder: Path, tmp_path: Path
) -> None:
    lake = str(tmp_path / "lake")
    write(lake, sample())
    result = storybeam("watch", folder, "--lake", lake)
    assert result.exit_code == 2
    assert "Vectors of two models cannot be compared" in result.stderr


def test_a_run_tells_its_notes_and_errors_as_json_too(folder: Path, tmp_path: Path) -> None:
    news(folder / "a.jsonl", "Bridge")
    run = ("--lake", tmp_path / "lake", "--log-format", "json")
    assert storybeam("run", folder, *run).exit_code == 0
    news(folder / "b.jsonl", "Ferry")
    noted = storybeam("run", folder, *run)
    assert noted.exit_code == 0
    lines = [json.loads(line) for line in noted.stderr.splitlines()]
    (note,) = [line["message"] for line in lines if line["level"] == "warning"]
    assert "1 files are passed over" in note
    failed = storybeam("run", tmp_path / "nowhere", *run)
    (line,) = map(json.loads, failed.stderr.splitlines())
    assert (line["level"], failed.exit_code) == ("error", 2)


def test_a_batch_that_cannot_finish_is_abandoned_and_the_lake_is_whole(tmp_path: Path) -> None:
    folder, lake, health = tmp_path / "in", tmp_path / "lake", tmp_path / "health.json"
    folder.mkdir()
    # Enough to embed that it cannot be done in the time that it is given.
    words = ["harbour", "ferry", "council", "bridge", "budget", "storm", "vote", "school", "river"]
    texts = (" ".join(words[(n * k) % 9] for k in range(1, 90)) + f" {n}." for n in range(4_000))
    lines = (json.dumps({"id": text[-6:], "text": text}) for text in texts)
    (folder / "a.jsonl").write_text("\n".join(lines))
    process = subprocess.Popen(
        [
            *(sys.executable, "-m", "pipelines.cli", "watch", folder, "--lake", lake),
            *("--stable", "0s", "--health", health, "--log-format", "json"),
        ],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
    )
    while process.poll() is None and (
        not health.exists() or json.loads(health.read_text())["state"] != "running"
    ):
        time.sleep(0.05)
    process.send_signal(signal.SIGTERM)
    said = [json.loads(line) for line in process.communicate(timeout=120)[1].splitlines()]
    assert process.returncode == 0
    assert said[-1]["message"].startswith("Stopped; a batch was abandoned")
    assert json.loads(health.read_text())["state"] == "stopped"
    assert not (lake / "manifests").exists()
