"""Figures of an earlier run stand only where nothing they depend on has changed."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from benchmarks.peers.keep import kept
from transforms.errors import UsageError

LIBRARIES = {"river": "1"}


@pytest.fixture
def earlier(tmp_path: Path) -> Path:
    rows = [
        {"peer": "BIRCH", "f1": 0.5},
        {"peer": "River", "error": "ImportError"},
        {"peer": "storybeam, as packaged", "f1": 0.9},
    ]
    path = tmp_path / "earlier.json"
    corpora = [{"fingerprint": "ab", "peers": rows}]
    path.write_text(json.dumps({"libraries": LIBRARIES, "corpora": corpora}), "utf-8")
    return path


def test_neither_failures_nor_storybeam_are_kept(earlier: Path) -> None:
    assert kept(earlier, LIBRARIES) == {("ab", "BIRCH"): {"peer": "BIRCH", "f1": 0.5}}


def test_nothing_is_kept_from_other_libraries(earlier: Path) -> None:
    assert kept(earlier, {"river": "2"}) == {}


@pytest.mark.parametrize("text", ["", "[]", '{"corpora": [{}], "libraries": {}}'])
def test_a_file_of_something_else_is_refused(tmp_path: Path, text: str) -> None:
    path = tmp_path / "else.json"
    path.write_text(text, "utf-8")
    with pytest.raises(UsageError, match=r"else\.json"):
        kept(path, LIBRARIES)
