from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from tests.pipelines.commands import Example, storybeam

HEAVY = {
    "apache_beam", "faiss", "numpy", "pandas", "pyarrow", "scipy", "sentence_transformers",
    "torch", "transformers",
}  # fmt: skip
MAINTENANCE = ("snapshots", "diff", "rollback", "expire", "compact")
COMMANDS = ("run", "watch", "show", "explain", "verify", "config", *MAINTENANCE)


def loaded_by(program: str) -> set[str]:
    """Return the top-level modules that a fresh process has after ``program``."""
    tail = "\nimport sys; print(*{name.partition('.')[0] for name in sys.modules})"
    done = subprocess.run(
        [sys.executable, "-c", program + tail], capture_output=True, text=True, check=True
    )
    return set(done.stdout.splitlines()[-1].split())


def test_help_does_not_wait_for_anything_heavy() -> None:
    program = "from pipelines.cli import app; app(['--help'], standalone_mode=False)"
    assert not loaded_by(program) & HEAVY


def test_the_settings_are_shown_without_anything_heavy() -> None:
    program = "from pipelines.cli import app; app(['config', '--json'], standalone_mode=False)"
    assert not loaded_by(program) & HEAVY


def test_a_lake_is_shown_without_beam_or_a_model(example_lake: Example) -> None:
    for command in ("show", "snapshots"):
        call = f"app([{command!r}, {example_lake.lake!r}], standalone_mode=False)"
        loaded = loaded_by(f"from pipelines.cli import app; {call}")
        assert not loaded & {"apache_beam", "torch", "faiss", "sentence_transformers"}


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_says_what_it_does(command: str) -> None:
    result = storybeam(command, "--help")
    assert result.exit_code == 0
    assert command in storybeam("--help").stdout


@pytest.mark.parametrize(
    "arguments",
    [
        ["frobnicate"],
        ["run"],
        ["run", "examples"],
        ["run", "--lake", "x"],
        ["run", "examples", "--lake", "x", "--colour"],
        ["show"],
        ["explain", "x"],
        ["snapshots"],
        ["diff", "x", "1"],
        ["rollback", "x"],
        ["rollback", "x", "first"],
        ["expire", "x", "--last", "0"],
    ],
)
def test_wrong_use_is_exit_2(arguments: list[str]) -> None:
    assert storybeam(*arguments).exit_code == 2


@pytest.mark.parametrize(
    ("command", "rest"),
    [
        ("show", []),
        ("explain", ["a1"]),
        ("verify", []),
        ("snapshots", []),
        ("diff", ["1", "2"]),
        ("rollback", ["1"]),
        ("expire", ["--keep", "30d"]),
        ("compact", []),
    ],
)
def test_what_is_not_a_lake_is_told_in_one_paragraph(
    tmp_path: Path, command: str, rest: list[str]
) -> None:
    result = storybeam(command, tmp_path / "none", *rest)
    assert not (tmp_path / "none").exists()
    assert result.exit_code == 1
    assert result.stdout == ""
    assert "manifests/00000001.json was expected" in result.stderr
    assert "Traceback" not in result.stderr
