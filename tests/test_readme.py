"""The documents hold: their commands run, their queries answer, their links lead somewhere."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from transforms.sources.files import SOURCES

ROOT = Path(__file__).parents[1]
README = (ROOT / "README.md").read_text()
DOCUMENTS = sorted([*ROOT.glob("*.md"), *(ROOT / "docs").glob("*.md")])

DEMO = "storybeam run examples --lake demo-lake"

ACTIVATE = 'PATH="$PWD/.venv/bin:$PATH"\n'
STORYBEAM = f'#!/bin/sh\nexec {sys.executable} -m pipelines.cli "$@"\n'
PYTHON = f'#!/bin/sh\nexec {sys.executable} "$@"\n'
MAKE = f'#!/bin/sh\nunset MAKEFLAGS MFLAGS MAKELEVEL\nexec {shutil.which("make")} -nC {ROOT} "$@"\n'
"""Says what would be done: the tests are not run by the tests."""


def blocks(kind: str) -> list[str]:
    return re.findall(rf"^```{kind}\n(.*?)^```$", README, re.MULTILINE | re.DOTALL)


class Clone:
    """A folder that looks to the README's commands like a clone that was set up."""

    def __init__(self, path: Path) -> None:
        self.path = path
        shutil.copytree(ROOT / "examples", path / "examples")
        self._provide("activate", ACTIVATE)
        self._provide("storybeam", STORYBEAM)
        self._provide("python", PYTHON)
        self._provide("make", MAKE)
        programs = f"{path / '.venv/bin'}:{os.environ['PATH']}"
        self._environment = os.environ | {
            "PATH": programs,
            "PYTHONPATH": str(ROOT),
            "COLUMNS": "100",
            "NO_COLOR": "1",
        }
        self.demo = self.shell(DEMO)

    def _provide(self, name: str, program: str) -> None:
        file = self.path / ".venv" / "bin" / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(program)
        file.chmod(0o755)

    def shell(self, program: str) -> str:
        return self._run("sh", "-eu", "-c", program)

    def python(self, program: str) -> str:
        return self._run(sys.executable, "-c", program)

    def _run(self, *command: str) -> str:
        done = subprocess.run(
            command,
            cwd=self.path,
            env=self._environment,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, f"{command[-1]}\n{done.stdout}\n{done.stderr}"
        return done.stdout


@pytest.fixture(scope="module")
def clone(tmp_path_factory: pytest.TempPathFactory) -> Clone:
    return Clone(tmp_path_factory.mktemp("clone"))


@pytest.fixture(scope="module")
def database(clone: Clone) -> Any:
    """The connection that the README's first Python block makes."""
    with pytest.MonkeyPatch.context() as patched:
        patched.chdir(clone.path)
        names: dict[str, Any] = {}
        exec(blocks("python")[0], names)  # noqa: S102 - our own README
        return names["db"]


def test_every_block_is_of_a_kind_that_is_checked() -> None:
    fences = re.findall(r"^```(.*)$", README, re.MULTILINE)
    assert set(fences[::2]) <= {"sh", "sql", "python", "text"}
    assert set(fences[1::2]) == {""}


def test_the_two_commands_come_first() -> None:
    assert [line.split("#")[0].strip() for line in blocks("sh")[0].splitlines()] == [
        "make demo",
        "make test",
    ]


def test_the_demo_is_the_first_command_of_the_quick_start(clone: Clone) -> None:
    assert DEMO in clone.shell("make demo")
    assert DEMO in README


@pytest.mark.parametrize("block", blocks("sh"))
def test_commands_run(clone: Clone, block: str) -> None:
    assert clone.shell(block).strip()


@pytest.mark.parametrize("block", blocks("python"))
def test_python_runs(clone: Clone, block: str) -> None:
    assert clone.python(block).strip()


@pytest.mark.parametrize("block", blocks("sql"))
def test_queries_have_answers(database: Any, block: str) -> None:
    assert database.sql(block).fetchall()


def test_the_picture_is_what_the_demo_shows(clone: Clone) -> None:
    shown = [" ".join(line.split()) for line in clone.demo.splitlines()]
    for line in blocks("text")[0].splitlines():
        if line.strip(" …"):
            assert " ".join(line.split()) in shown, f"The demo now shows:\n{clone.demo}"


def test_every_format_is_described() -> None:
    for name, source in SOURCES.items():
        suffixes = ", ".join(f"`{suffix}`" for suffix in source.suffixes)
        assert f"| `{name}` | {suffixes} |" in README


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: path.name)
def test_links_lead_somewhere(document: Path) -> None:
    for target in re.findall(r"\]\((?!https?:)([^)#]+)", document.read_text()):
        assert (document.parent / target).exists(), target
