"""``storybeam evaluate`` as a user calls it: what is wrong stops it before anything is done."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.pipelines.commands import storybeam
from tests.pipelines.evaluate.invented import records, write


def refused(*arguments: object) -> str:
    result = storybeam("evaluate", *arguments)
    assert result.exit_code == 2, result.output
    return " ".join(result.stderr.split())


def test_nothing_to_evaluate_is_wrong_use() -> None:
    assert "name a CORPUS, or a lake with --probes LAKE" in refused()


def test_the_place_of_the_figures_is_checked_first(tmp_path: Path) -> None:
    path = write(tmp_path, records(1))
    assert "cannot be written" in refused(path, "--json", tmp_path / "none" / "figures.json")


@pytest.mark.parametrize("option", ["--weights", "--background"])
def test_fitted_files_are_checked_first(tmp_path: Path, option: str) -> None:
    path = write(tmp_path, records(1))
    assert "cannot be read" in refused(path, option, tmp_path / "none.json")


def test_folds_are_checked_first(tmp_path: Path) -> None:
    path = write(tmp_path, records(1))
    assert "has no file CORPUS.json" in refused(path, "--folds", tmp_path / "none")


def test_an_unknown_setting_is_wrong_use(tmp_path: Path) -> None:
    assert "no setting" in refused(write(tmp_path, records(1)), "--set", "events.treshold=1")
