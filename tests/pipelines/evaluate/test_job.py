"""One evaluation from the command line, up to the file of its figures."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipelines.evaluate.corpus import Reading
from pipelines.evaluate.job import EvaluationJob, laid_out, run_evaluation
from tests.news import HashedEmbedder
from tests.pipelines.evaluate.invented import SETTINGS, records, write


def test_the_file_has_all_figures_and_where_they_come_from(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("transforms.embed.embedder", lambda settings: HashedEmbedder())
    file = tmp_path / "figures.json"
    reading = Reading(since={"": "2017-03-02"}, limit=12)
    job = EvaluationJob((write(tmp_path, records(4)),), SETTINGS, reading, 1, json_file=str(file))
    run_evaluation(job)
    result = json.loads(file.read_text("utf-8"))
    assert result["corpora"][0]["articles"] == 12
    assert result["corpora"][0]["fitted"] == {"weights": "packaged", "background": "packaged"}
    assert result["reading"] == {
        "gold": "story",
        "since": {"": "2017-03-02"},
        "drop": None,
        "step_minutes": 15.0,
        "limit": 12,
    }
    assert result["model"]["name"] == "hashed"
    assert {"command", "date", "commit", "settings_digest", "seed"} <= set(result)
    assert "B3 F1" in capsys.readouterr().out


LEAVES = st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text()
VALUES = st.recursive(
    LEAVES.filter(lambda leaf: leaf not in (float("inf"), float("-inf"))),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
)


@given(VALUES)
def test_the_layout_changes_no_value(value: Any) -> None:
    assert json.loads(laid_out(value)) == value


def test_figures_that_belong_together_are_on_one_line() -> None:
    value = {"a": {"story": [3, 2.5, 3.0]}, "b": [{"c": 1}]}
    assert laid_out(value).splitlines() == [
        "{", ' "a": {', '  "story": [3, 2.5, 3.0]', " },", ' "b": [', "  {", '   "c": 1', "  }",
        " ]", "}",
    ]  # fmt: skip


def test_what_is_no_figure_is_not_written() -> None:
    with pytest.raises(ValueError, match="JSON"):
        laid_out({"a": [float("nan")]})
