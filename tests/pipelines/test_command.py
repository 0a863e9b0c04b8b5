"""``storybeam run`` on the real model and runner."""

from __future__ import annotations

import contextlib
import errno
import json
import os
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from pipelines import command, prepare
from pipelines.lake import Lake, verify
from schemas.manifest import ModelInfo
from tests.examples.corpus import expected
from tests.pipelines.commands import Example, hashes, news, storybeam, told
from transforms.lake import storage
from transforms.lake.lock import writing
from transforms.progress import PROGRESS

TITLES = ("Bridge to close for repairs", "Ferry fares rise", "Library opens on Sundays")


def state_of(folder: str | Path) -> dict[str, tuple[int, int]]:
    files = [path for path in Path(folder).rglob("*") if path.is_file()]
    return {str(path): (path.stat().st_size, path.stat().st_mtime_ns) for path in files}


def test_a_run_shows_what_a_person_wants_to_see(example_lake: Example) -> None:
    lake, output = Lake(example_lake.lake), example_lake.output
    lines = output.splitlines()
    for row in lake.table("storylines").to_pylist():
        assert any(row["label"] in line and str(row["articles"]) in line for line in lines)
    for rejection in expected().rejections:
        assert rejection.reason in output
        assert f"{rejection.file} line {rejection.line}" in output
    assert f"{example_lake.lake}/" in output
    for name in ("show", "explain", "verify"):
        assert f"storybeam {name} {example_lake.lake}" in output


def test_the_commands_that_a_run_suggests_work(example_lake: Example) -> None:
    suggested = [line for line in example_lake.output.splitlines() if "  storybeam " in line]
    assert len(suggested) == 4
    for line in suggested:
        assert storybeam(*line.split("#")[0].split()[1:]).exit_code == 0


def test_the_same_input_again_changes_nothing_and_needs_no_model(
    example_lake: Example, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delattr(prepare, "model_info")
    before = state_of(example_lake.lake)
    result = storybeam("run", example_lake.folder, "--lake", example_lake.lake)
    assert result.exit_code == 0
    assert "Nothing new" in result.stdout
    assert "stays at snapshot 1" in result.stdout
    found = told(storybeam("run", example_lake.folder, "--lake", example_lake.lake, "--json"))
    assert not found["changed"]
    assert (found["articles"], found["files"], found["files_skipped"]) == (0, 0, 6)
    assert found["lake"]["articles"] == Lake(example_lake.lake).manifest.counts.articles
    assert state_of(example_lake.lake) == before


def test_json_has_the_figures_of_the_run_and_of_the_lake(tmp_path: Path, vectors: str) -> None:
    folder = tmp_path / "in"
    folder.mkdir()
    news(folder / "a.jsonl", *TITLES[:2])
    (folder / "b.jsonl").write_text("{broken\n")
    run = ("run", folder, "--lake", tmp_path / "lake", "--set", vectors, "--json")
    first = told(storybeam(*run))
    assert first["snapshot"] == 1
    assert (first["articles"], first["paragraphs"], first["files"]) == (2, 2, 2)
    assert first["rejected"] == {"bad_json": 1}
    assert first["lake"] | {"path": ""} == {
        **{name: first[name] for name in ("articles", "paragraphs", "passages", "events")},
        **{name: first[name] for name in ("storylines", "duplicates", "rejected")},
        "path": "",
    }
    assert {"embed", "cluster"} <= first["seconds"].keys() & first["cpu_seconds"].keys()
    assert 100e6 < first["peak_rss"] < 20e9
    news(folder / "a.jsonl", *TITLES)
    second = told(storybeam(*run))
    assert second["snapshot"] == 2
    assert (second["articles"], second["unchanged"], second["updated"]) == (1, 2, 0)
    assert (second["files"], second["files_skipped"]) == (1, 1)
    assert (second["lake"]["articles"], second["rejected"]) == (3, {})


def test_new_input_goes_on_from_the_last_snapshot(tmp_path: Path, vectors: str) -> None:
    lake = str(tmp_path / "lake")
    run = ("--lake", lake, "--set", vectors)
    assert storybeam("run", news(tmp_path / "a.jsonl", TITLES[0]), *run).exit_code == 0
    news(tmp_path / "b.jsonl", *TITLES[1:], start=2)
    result = storybeam("run", tmp_path, *run, "--set", "events.threshold=0.25")
    assert result.exit_code == 0
    assert "1 files are passed over" in result.stderr
    assert "events.threshold 0.0 -> 0.25" in result.stderr
    assert "files of the lake itself" in result.stderr
    manifest = Lake(lake).manifest
    assert (manifest.snapshot, manifest.parent, manifest.counts.articles) == (2, 1, 3)
    assert manifest.settings["events"]["threshold"] == 0.25
    assert [Path(read.origin).name for read in manifest.inputs] == ["b.jsonl"]
    assert not verify(lake)


def test_a_file_that_was_only_touched_is_not_read_again(tmp_path: Path, vectors: str) -> None:
    path = news(tmp_path / "a.jsonl", *TITLES)
    run = ("run", path, "--lake", tmp_path / "lake", "--set", vectors)
    assert storybeam(*run).exit_code == 0
    os.utime(path, (1, 1))
    assert "Nothing new" in storybeam(*run).stdout


@pytest.mark.parametrize(
    ("runner", "flags"),
    [
        ("DirectRunner", ()),
        ("apache_beam.runners.portability.fn_api_runner.FnApiRunner", ()),
        ("FnApiRunner", ("--", "--direct_runner_bundle_repeat=1")),
    ],
)
def test_the_tables_are_the_same_on_every_runner(
    example_lake: Example, tmp_path: Path, runner: str, flags: tuple[str, ...]
) -> None:
    lake = str(tmp_path / "lake")
    cache = ("--set", example_lake.cache)
    result = storybeam(
        "run", example_lake.folder, "--lake", lake, "--runner", runner, *cache, *flags
    )
    assert result.exit_code == 0, result.stderr
    assert hashes(lake) == hashes(example_lake.lake)
    articles = Lake(lake).manifest.counts.articles + 1  # One is read in two versions.
    assert PROGRESS.counts()["read"] == articles * (2 if flags else 1)


def test_a_dry_run_tells_the_plan_and_writes_nothing(example_lake: Example, tmp_path: Path) -> None:
    lake = tmp_path / "lake"
    run = ("run", example_lake.folder, "--lake", lake, "--dry-run")
    result = storybeam(*run)
    assert result.exit_code == 0
    for name in ("articles.jsonl (jsonl,", "regional.parquet (parquet,", "phone-call.txt (text,"):
        assert name in result.stdout
    assert "all-MiniLM-L6-v2, 384 values" in result.stdout
    assert "snapshot 1" in result.stdout
    assert not lake.exists()
    assert len(told(storybeam(*run, "--json"))["files"]) == 6


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["nowhere.jsonl"], "nowhere.jsonl does not exist"),
        (["examples", "--set", "events.treshold=1"], "There is no setting events.treshold"),
        (["examples", "--config", "none.toml"], "none.toml cannot be read"),
        (["examples", "--format", "xml"], "Known are: jsonl, parquet, text"),
        (["examples", "--runner", "Nonesuch"], "--runner Nonesuch cannot be used"),
        (["examples", "--", "--direct_runner_bundle_repaet=1"], "no option --direct_runner_bundle"),
        (["examples", "--", "--direct_runner_bundle_repeat=x"], "invalid int value: 'x'"),
        (["examples", "--model", "/no/such/model"], "'/no/such/model' could not be loaded"),
        (["examples", "--lake", "pyproject.toml"], "pyproject.toml is a file"),
    ],
)
def test_wrong_use_stops_before_anything_is_written(
    tmp_path: Path, arguments: list[str], said: str
) -> None:
    lake = tmp_path / "lake"
    result = storybeam("run", "--lake", lake, *arguments)
    assert result.exit_code == 2
    assert said in result.stderr
    assert result.stderr.count("\n") == 1
    assert result.stdout == ""
    assert not lake.exists()


def test_another_model_on_a_lake_stops_with_what_to_do(
    example_lake: Example, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    other = ModelInfo(name="other", dimension=384, digest="00" * 32)
    monkeypatch.setattr(prepare, "model_info", lambda settings: other)
    path, before = news(tmp_path / "a.jsonl", *TITLES), state_of(example_lake.lake)
    for inputs in (path, example_lake.folder):
        result = storybeam("run", inputs, "--lake", example_lake.lake, "--model", "other")
        assert result.exit_code == 2
        assert "run with --model all-MiniLM-L6-v2, or write to another lake" in result.stderr
    assert state_of(example_lake.lake) == before


def test_a_full_disk_leaves_the_lake_at_its_last_snapshot(
    tmp_path: Path, vectors: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    lake = str(tmp_path / "lake")
    run = ("--lake", lake, "--set", vectors)
    assert storybeam("run", news(tmp_path / "a.jsonl", TITLES[0]), *run).exit_code == 0
    before, new = hashes(lake), news(tmp_path / "b.jsonl", *TITLES[1:], start=2)

    def full(handle: int, data: bytes) -> int:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    with monkeypatch.context() as patched:
        patched.setattr(storage.os, "write", full)
        result = storybeam("run", new, *run)
    assert result.exit_code == 1
    assert "the disk is full; make room and run again" in result.stderr
    assert "Traceback" not in result.stderr
    assert hashes(lake) == before
    assert not verify(lake)
    assert told(storybeam("run", new, *run, "--json"))["snapshot"] == 2


def test_ctrl_c_says_that_the_lake_is_whole(
    example_lake: Example, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def stopped(*arguments: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(command, "execute", stopped)
    result = storybeam("run", example_lake.folder, "--lake", tmp_path / "lake")
    assert result.exit_code == 130
    assert "stays at its last snapshot" in result.stderr


def test_a_process_that_is_interrupted_ends_and_leaves_no_half_snapshot(
    example_lake: Example, tmp_path: Path
) -> None:
    lake = tmp_path / "lake"
    shutil.copytree(example_lake.lake, lake)
    new, cache = tmp_path / "a.jsonl", tmp_path / "vectors.sqlite"
    # Enough to embed that it cannot be done before the signal, however busy the machine is.
    words = ["harbour", "ferry", "council", "bridge", "budget", "storm", "vote", "school", "river"]
    texts = (" ".join(words[(n * k) % 9] for k in range(1, 90)) + f" {n}." for n in range(2_000))
    new.write_text("".join(json.dumps({"id": t[-6:], "text": t}) + "\n" for t in texts))
    process = subprocess.Popen(
        [
            *(sys.executable, "-m", "pipelines.cli", "run", new),
            *("--lake", lake, "--set", f"embedding.cache={cache}"),
        ],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
        # A shell starts what it runs in the background deaf to this signal, tests and all.
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),  # noqa: PLW1509
    )
    while not cache.exists() and process.poll() is None:  # The model is there: the graph is next.
        time.sleep(0.05)
    process.send_signal(signal.SIGINT)
    said = process.communicate(timeout=120)[1]
    assert process.returncode == 130
    assert "stays at its last snapshot" in said
    assert "Traceback" not in said
    assert Lake(str(lake)).snapshot == 1
    assert not [problem for problem in verify(str(lake)) if problem.severity == "problem"]


def test_hostile_text_and_names_are_printed_safely(tmp_path: Path, vectors: str) -> None:
    folder, lake = tmp_path / "in", tmp_path / "lake"
    folder.mkdir()
    news(folder / "a.jsonl", "[bold]Bridge[/bold] \u202e closed :bomb: \x1b[2J\x07 [/] for repairs")
    (folder / "evil\x1b[31m[red].jsonl").write_text("{broken\n")
    shown = storybeam("run", folder, "--lake", lake, "--set", vectors).stdout
    article = Lake(str(lake)).table("articles").to_pylist()[0]
    shown += storybeam("show", lake, article["storyline_id"]).stdout
    shown += storybeam("explain", lake, article["article_id"]).stdout
    assert "[bold]Bridge[/bold]" in shown
    assert ":bomb:" in shown
    assert "evil�[31m[red].jsonl line 1" in shown
    assert not {"\x1b", "\x07", "\u202e"} & set(shown)


def test_an_empty_folder_is_told_and_makes_no_lake(tmp_path: Path) -> None:
    (tmp_path / "in").mkdir()
    result = storybeam("run", tmp_path / "in", "--lake", tmp_path / "lake")
    assert result.exit_code == 0
    assert "holds no files" in result.stderr
    assert "Nothing to read was found" in result.stdout
    assert not (tmp_path / "lake").exists()


def test_input_without_one_good_record_is_a_lake_of_rejections(tmp_path: Path) -> None:
    (tmp_path / "a.jsonl").write_text("{broken\n")
    result = storybeam("run", tmp_path / "a.jsonl", "--lake", tmp_path / "lake")
    assert result.exit_code == 0
    assert "bad_json" in result.stdout
    assert (
        "Nothing new" in storybeam("run", tmp_path / "a.jsonl", "--lake", tmp_path / "lake").stdout
    )


def test_the_second_of_two_runs_stops_at_once_and_says_who_the_first_is(
    example_lake: Example, tmp_path: Path
) -> None:
    lake, run = tmp_path / "lake", ("run", example_lake.folder, "--lake")
    with writing(storage.LocalStorage(str(lake)), "storybeam run"):
        result = storybeam(*run, lake)
        assert result.exit_code == 1
        assert f"process {os.getpid()} on " in result.stderr
        assert result.stderr.count("\n") == 1
        assert storybeam(*run, lake, "--dry-run").exit_code == 0
        assert sorted(os.listdir(lake)) == [".holder.json", ".lock"]


def test_what_a_killed_run_left_is_removed_and_told(example_lake: Example, tmp_path: Path) -> None:
    lake = tmp_path / "lake"
    shutil.copytree(example_lake.lake, lake)
    with contextlib.suppress(KeyboardInterrupt), writing(storage.LocalStorage(str(lake)), "a test"):
        (lake / "articles/.tmp-0123").write_bytes(b"PAR")
        raise KeyboardInterrupt
    run = ("run", example_lake.folder, "--lake", lake, "--json")
    result = storybeam(*run)
    assert "`a test`" in result.stderr
    recovered = told(result)["recovered"]
    assert (recovered["files"], recovered["bytes"]) == (1, 3)
    assert recovered["writer"]["pid"] == os.getpid()
    assert told(storybeam(*run))["recovered"] is None
    assert verify(str(lake)) == []
