"""The page in the documentation that shows an evaluation."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from pipelines.evaluate.report import main, report
from pipelines.evaluate.tables import fraction
from tests.pipelines.evaluate import invented
from transforms.errors import UsageError


@pytest.fixture(scope="module")
def result(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    return invented.result(tmp_path_factory.mktemp("corpus"))


def test_a_corpus_without_gold_is_shown_as_well(result: dict[str, Any]) -> None:
    assert "| invented |" in report([{**result, "corpora": [invented.bare(result)]}])


def test_the_page_says_what_it_came_from(result: dict[str, Any]) -> None:
    page = report([result])
    assert "2025-01-02, commit 0123456789ab" in page
    assert "storybeam evaluate invented.jsonl" in page
    assert "| invented | event | 48 |" in page
    assert "| invented | packaged |" in page


@pytest.mark.parametrize(
    "figures", ["B3 F1", "AMI", "ARI", "Floors", "95 %", "Their paragraphs", "Loss", "Decisions/s",
                "Explained", "Median F1"],
)  # fmt: skip
def test_the_page_has_every_figure(result: dict[str, Any], figures: str) -> None:
    assert figures in report([result])


def test_labels_are_shown_at_both_levels(result: dict[str, Any]) -> None:
    score = result["corpora"][0]["labels"]["events"]["all"]
    shown = ", ".join(fraction(score[name]) for name in ("precision", "recall", "f1"))
    assert f"| invented | event | 4 | {shown} | {fraction(score['interval'][0])}-" in report(
        [result]
    )


def test_every_row_of_a_table_has_as_many_cells_as_its_head(result: dict[str, Any]) -> None:
    rows = [line for line in report([result]).splitlines() if line.startswith("|")]
    tables = report([result]).split("\n\n")
    assert rows
    for table in tables:
        cells = {line.count("|") for line in table.splitlines() if line.startswith("|")}
        assert len(cells) <= 1


def test_a_label_cannot_break_the_page(result: dict[str, Any]) -> None:
    found = {**result["corpora"][0]["probes"], "lake": "x/lake", "snapshot": 3}
    row = {**found["stories"][0], "label": "a|b <script>\nc"}
    page = report([{"probes": {**found, "stories": [row]}}])
    assert "a\\|b &lt;script> c" in page
    assert "Long stories in lake, snapshot 3" in page


def test_without_results_there_is_no_page() -> None:
    with pytest.raises(UsageError, match="--json FILE"):
        main([])


def test_the_page_is_printed(
    tmp_path: Path, result: dict[str, Any], capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "results.json"
    path.write_text(json.dumps(result))
    main([str(path)])
    assert capsys.readouterr().out == report([result])
