"""Setting up: what is installed, from where, and when it is not done again."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]

PYTHON = f"""#!/bin/sh
# Stands in for Python: makes empty environments, and notes what it is asked to install.
case "$1 $2" in
"-m venv") mkdir -p "$3/bin" && cp "$0" "$3/bin/python" && echo "$PWD/$3" > "$3/bin/activate" ;;
"-m pip") echo "$@" >> installed; [ ! -e no-network ] ;;
*) exec {sys.executable} "$@" ;;
esac
"""


class Checkout:
    """A checkout with nothing in it but what decides an installation."""

    def __init__(self, path: Path) -> None:
        self.path = path
        (path / "deploy").mkdir(parents=True)
        for name in ("deploy/setup.sh", "constraints.txt", "pyproject.toml"):
            shutil.copy(ROOT / name, path / name)
        self._programs = path / "programs"
        self._programs.mkdir()
        self.provide("python3.11", PYTHON)

    def provide(self, name: str, program: str) -> None:
        (self._programs / name).write_text(program)
        (self._programs / name).chmod(0o755)

    def set_up(self, *extra: str, **environment: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            ["/bin/sh", "deploy/setup.sh", *extra],
            cwd=self.path,
            env={"PATH": f"{self._programs}:{os.defpath}", **environment},
            capture_output=True,
            text=True,
            check=False,
        )

    @property
    def installed(self) -> list[str]:
        """The arguments of each installation so far."""
        notes = self.path / "installed"
        return notes.read_text().splitlines() if notes.exists() else []


@pytest.fixture
def checkout(tmp_path: Path) -> Checkout:
    return Checkout(tmp_path / "checkout")


def test_it_installs_the_project_at_the_tested_versions(checkout: Checkout) -> None:
    assert checkout.set_up().returncode == 0
    assert len(checkout.installed) == 1
    assert checkout.installed[0].endswith("--constraint constraints.txt --editable .")


def test_wheels_beside_the_checkout_are_used(checkout: Checkout) -> None:
    (checkout.path.parent / "shared" / "wheels").mkdir(parents=True)
    checkout.set_up()
    assert "--find-links ../shared/wheels" in checkout.installed[0]


def test_it_is_done_once(checkout: Checkout) -> None:
    checkout.set_up()
    again = checkout.set_up()
    assert (again.returncode, again.stdout) == (0, "")
    assert len(checkout.installed) == 1


def test_it_is_done_again_for_other_versions(checkout: Checkout) -> None:
    checkout.set_up()
    with (checkout.path / "constraints.txt").open("a") as file:
        file.write("another==1.0\n")
    checkout.set_up()
    assert len(checkout.installed) == 2


def test_the_tests_need_more_than_a_run(checkout: Checkout) -> None:
    checkout.set_up()
    checkout.set_up("dev")
    checkout.set_up()
    assert [line.split()[-1] for line in checkout.installed] == [".", ".[dev]"]


def test_an_installation_that_failed_is_tried_again(checkout: Checkout) -> None:
    (checkout.path / "no-network").touch()
    assert checkout.set_up().returncode != 0
    (checkout.path / "no-network").unlink()
    assert checkout.set_up().returncode == 0
    assert len(checkout.installed) == 2


def test_a_checkout_that_was_moved_is_set_up_anew(checkout: Checkout) -> None:
    checkout.set_up()
    checkout.path.rename(checkout.path.parent / "moved")
    moved = checkout.path.parent / "moved"
    environment = {"PATH": f"{moved / 'programs'}:{os.defpath}"}
    subprocess.run(
        ["/bin/sh", "deploy/setup.sh"], cwd=moved, env=environment, check=True, capture_output=True
    )
    assert (moved / ".venv/bin/activate").read_text().strip() == str(moved.resolve() / ".venv")
    assert len((moved / "installed").read_text().splitlines()) == 2


def test_an_unsuitable_python_is_passed_over(checkout: Checkout) -> None:
    checkout.provide("python3.11", "#!/bin/sh\nexit 1\n")
    checkout.provide("python3.12", PYTHON)
    checkout.provide("python3.13", "#!/bin/sh\nexit 1\n")
    assert checkout.set_up().returncode == 0


def test_a_python_that_is_named_must_be_suitable(checkout: Checkout) -> None:
    checkout.provide("old", "#!/bin/sh\nexit 1\n")
    done = checkout.set_up(PYTHON="old")
    assert done.returncode == 1
    assert "needs Python 3.11" in done.stderr
    assert not (checkout.path / ".venv").exists()


def test_a_python_without_venv_is_told_apart(checkout: Checkout) -> None:
    checkout.provide("python3.11", PYTHON.replace('"-m venv")', '"-m venv") exit 1 ;;\n"-m none")'))
    done = checkout.set_up()
    assert done.returncode == 1
    assert "python3-venv" in done.stderr
