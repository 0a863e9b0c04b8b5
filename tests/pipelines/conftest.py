"""Runs of the command line, in this process, and the lake that the examples make."""

from __future__ import annotations

import logging
import warnings
from collections.abc import Iterator

import pytest

from tests.examples.corpus import copy_examples
from tests.pipelines.commands import Example, storybeam


@pytest.fixture(autouse=True, scope="session")
def _as_wide_as_a_file() -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patched:
        patched.setenv("COLUMNS", "140")
        patched.setenv("NO_COLOR", "1")
        yield


@pytest.fixture(autouse=True)
def _logs_as_they_were() -> Iterator[None]:
    root = logging.getLogger()
    handlers, level = root.handlers[:], root.level
    with warnings.catch_warnings():
        yield
    root.handlers[:] = handlers
    root.setLevel(level)


@pytest.fixture(scope="session")
def vectors(tmp_path_factory: pytest.TempPathFactory) -> str:
    """A setting under which nothing is embedded twice."""
    return f"embedding.cache={tmp_path_factory.mktemp('vectors') / 'vectors.sqlite'}"


@pytest.fixture(scope="session")
def example_lake(tmp_path_factory: pytest.TempPathFactory, vectors: str) -> Example:
    """The examples in a lake; to be read only."""
    root = tmp_path_factory.mktemp("example")
    folder = copy_examples(root / "examples")
    result = storybeam("run", folder, "--lake", root / "lake", "--set", vectors)
    assert result.exit_code == 0, result.stderr
    return Example(folder, str(root / "lake"), result.stdout, vectors)
