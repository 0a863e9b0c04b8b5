"""``python -m pipelines.storylines``: the graph with Beam's own option names."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from types import SimpleNamespace

import pytest
from apache_beam.options.pipeline_options import DirectOptions, PipelineOptions

from pipelines import options
from pipelines.options import StorylineOptions, launch, main
from pipelines.run import beam_options
from tests.pipelines.commands import hashes, news, storybeam
from transforms.errors import UsageError


def test_the_same_graph_gives_the_same_tables(tmp_path: Path, vectors: str) -> None:
    path = news(tmp_path / "a.jsonl", "Bridge to close for repairs", "Ferry fares rise")
    ours, beams = str(tmp_path / "ours"), str(tmp_path / "beams")
    assert storybeam("run", path, "--lake", ours, "--set", vectors).exit_code == 0
    flags = ["--input", path, "--lake", beams, "--set", vectors, "--runner=DirectRunner"]
    program = [sys.executable, "-m", "pipelines.storylines", *flags]
    done = subprocess.run(program, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert hashes(ours) == hashes(beams)
    assert launch([str(flag) for flag in flags]) is None


def test_inputs_may_be_given_together_or_one_by_one() -> None:
    flags = ["--input", "a", "b", "--input", "c", "--lake", "x", "--set", "events.threshold=1"]
    job = options._job(PipelineOptions(flags).view_as(StorylineOptions))
    assert job.inputs == ("a", "b", "c")
    assert job.settings.events.threshold == 1


def test_our_options_do_not_get_in_the_way_of_beams() -> None:
    given = PipelineOptions(["--input", "a", "--direct_runner_bundle_repeat=2"]).get_all_options()
    assert (given["input"], given["direct_runner_bundle_repeat"]) == ([["a"]], 2)


@pytest.mark.parametrize(
    "flags", [["--lake", "x"], ["--input", "x"], ["--input", "nowhere", "--lake", "x"]]
)
def test_wrong_use_is_exit_2(flags: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as raised:
        main(flags)
    assert raised.value.code == 2
    assert "Error: " in capsys.readouterr().err


def test_a_template_launcher_is_not_waited_for() -> None:
    flags = PipelineOptions([])
    assert options._waits(flags, SimpleNamespace())  # type: ignore[arg-type]
    assert options._waits(flags, SimpleNamespace(has_job=True))  # type: ignore[arg-type]
    assert not options._waits(flags, SimpleNamespace(has_job=False))  # type: ignore[arg-type]
    waived = PipelineOptions(["--no_wait_until_finish"])
    assert not options._waits(waived, SimpleNamespace())  # type: ignore[arg-type]


def test_the_runner_is_always_named() -> None:
    assert options._runner([]) == "FnApiRunner"
    assert options._runner(["--runner=PrismRunner"]) == "PrismRunner"


def test_what_follows_the_dashes_reaches_beam() -> None:
    given = beam_options("FnApiRunner", ["--direct_runner_bundle_repeat=1"])
    assert given.view_as(DirectOptions).direct_runner_bundle_repeat == 1


def test_direct_runner_fetches_nothing_from_the_web(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from apache_beam.runners.portability.prism_runner import PrismJobServer

    monkeypatch.setattr(PrismJobServer, "BIN_CACHE", str(tmp_path))
    assert beam_options("DirectRunner", []).get_all_options()["prism_location"] == "none"
    own = beam_options("DirectRunner", ["--prism_location=/opt/prism"])
    assert own.get_all_options()["prism_location"] == "/opt/prism"
    (tmp_path / "prism").touch()
    assert beam_options("DirectRunner", []).get_all_options()["prism_location"] != "none"
    assert beam_options("FnApiRunner", []).get_all_options()["prism_location"] != "none"


@pytest.mark.parametrize("runner", ["Nonesuch", "no.such.Runner", ""])
def test_an_unknown_runner_is_wrong_use(runner: str) -> None:
    with pytest.raises(UsageError, match="cannot be used"):
        beam_options(runner, [])
