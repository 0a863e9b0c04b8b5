"""What is installed: all that the programs read, under the name and version announced."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
import tomllib
import zipfile
from email.message import Message
from email.parser import Parser
from pathlib import Path
from typing import Any

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = Path(__file__).parents[1]
PACKAGES = ("pipelines", "schemas", "transforms")
PROJECT: dict[str, Any] = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> zipfile.ZipFile:
    """The wheel of this checkout, built in a copy: building leaves files behind."""
    copy = tmp_path_factory.mktemp("checkout")
    for name in ("pyproject.toml", "README.md", "LICENSE"):
        shutil.copy(ROOT / name, copy)
    for name in PACKAGES:
        shutil.copytree(ROOT / name, copy / name, ignore=shutil.ignore_patterns("__pycache__"))
    build = "from setuptools import build_meta; build_meta.build_wheel('dist')"
    subprocess.run([sys.executable, "-c", build], cwd=copy, check=True, capture_output=True)
    return zipfile.ZipFile(next((copy / "dist").glob("*.whl")))


def metadata(wheel: zipfile.ZipFile) -> Message:
    return Parser().parsestr(wheel.read(_info(wheel, "METADATA")).decode())


def _info(wheel: zipfile.ZipFile, name: str) -> str:
    return next(file for file in wheel.namelist() if file.endswith(f".dist-info/{name}"))


def pins() -> dict[str, str]:
    lines = (ROOT / "constraints.txt").read_text().splitlines()
    pairs = (line.split("==") for line in lines if not line.startswith("#"))
    return {canonicalize_name(name): version for name, version in pairs}


def test_every_file_of_the_packages_is_in_the_wheel(wheel: zipfile.ZipFile) -> None:
    here = {
        str(path.relative_to(ROOT))
        for name in PACKAGES
        for path in (ROOT / name).rglob("*")
        if path.is_file() and "__pycache__" not in path.parts
    }
    assert here <= set(wheel.namelist())


def test_nothing_but_the_packages_is_in_the_wheel(wheel: zipfile.ZipFile) -> None:
    tops = {name.split("/")[0] for name in wheel.namelist()}
    assert {name for name in tops if not name.endswith(".dist-info")} == set(PACKAGES)


def test_the_licence_is_in_the_wheel(wheel: zipfile.ZipFile) -> None:
    assert b"Apache License" in wheel.read(_info(wheel, "licenses/LICENSE"))
    assert metadata(wheel)["License-Expression"] == "Apache-2.0"


def test_the_wheel_has_the_projects_name_and_version(wheel: zipfile.ZipFile) -> None:
    assert (metadata(wheel)["Name"], metadata(wheel)["Version"]) == (
        "storybeam",
        PROJECT["version"],
    )


def test_the_changelog_tells_what_is_in_this_version() -> None:
    versions = re.findall(r"^## \[([^]]+)\]", (ROOT / "CHANGELOG.md").read_text(), re.MULTILINE)
    assert PROJECT["version"] in versions


def test_the_console_script_starts() -> None:
    module, function = PROJECT["scripts"]["storybeam"].split(":")
    program = f"import sys, {module}; sys.argv = ['storybeam', '--help']; {module}.{function}()"
    done = subprocess.run(
        [sys.executable, "-c", program], cwd=ROOT, check=True, capture_output=True, text=True
    )
    assert "run" in done.stdout


def test_help_does_not_load_the_model_or_the_index() -> None:
    module = PROJECT["scripts"]["storybeam"].split(":")[0]
    program = f"import sys, {module}; print(*sys.modules)"
    done = subprocess.run(
        [sys.executable, "-c", program], cwd=ROOT, check=True, capture_output=True, text=True
    )
    heavy = {"torch", "sentence_transformers", "transformers", "faiss", "apache_beam", "scipy"}
    assert not heavy & set(done.stdout.split())


def test_every_requirement_is_pinned_to_a_version_it_allows() -> None:
    wanted = [*PROJECT["dependencies"], *PROJECT["optional-dependencies"]["dev"]]
    tested = pins()
    for requirement in map(Requirement, wanted):
        if requirement.name != PROJECT["name"]:
            version = tested[canonicalize_name(requirement.name)]
            assert requirement.specifier.contains(version), requirement


def test_the_pins_name_no_place_and_no_build() -> None:
    for name, version in pins().items():
        assert re.fullmatch(r"[a-z0-9-]+", name)
        assert re.fullmatch(r"[0-9][0-9a-z.]*", version), f"{name}=={version}"
