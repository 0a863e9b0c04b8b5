"""What people see of an evaluation on a terminal."""

from __future__ import annotations

import io
from typing import Any

import pytest
from rich.console import Console

from pipelines.console import FILE_WIDTH
from pipelines.evaluate.tables import fraction
from pipelines.evaluate.view import print_corpora
from tests.pipelines.evaluate import invented


@pytest.fixture(scope="module")
def result(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    return invented.result(tmp_path_factory.mktemp("corpus"))


def printed(corpora: list[dict[str, Any]]) -> str:
    file = io.StringIO()
    print_corpora(Console(file=file, width=FILE_WIDTH), corpora)
    return file.getvalue()


def test_there_is_a_line_a_level_with_both_floors(result: dict[str, Any]) -> None:
    lines = printed(result["corpora"]).splitlines()
    for level in ("event", "storyline"):
        one = result["corpora"][0][f"{level}s"]
        [line] = [line for line in lines if line.split()[:3] == ["invented", level, "48"]]
        assert fraction(one["f1"]) in line
        assert fraction(one["floors"]["singletons"]["f1"]) in line


def test_nothing_is_cut_off_where_the_output_is_a_file(result: dict[str, Any]) -> None:
    assert "…" not in printed(result["corpora"])


def test_long_stories_are_shown_with_their_storylines(result: dict[str, Any]) -> None:
    assert "Long stories in invented" in printed(result["corpora"])


def test_a_corpus_without_gold_is_shown_as_well(result: dict[str, Any]) -> None:
    text = printed([invented.bare(result)])
    assert "invented" in text
    assert "B3 F1" not in text


def test_nothing_is_shown_of_nothing() -> None:
    assert not printed([])
