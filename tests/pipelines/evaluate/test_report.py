"""What people see of an evaluation: tables on the terminal, a page in the documentation."""

from __future__ import annotations

import io
from pathlib import Path
from typing import Any

import pytest
from rich.console import Console

from pipelines.evaluate.report import main, report
from pipelines.evaluate.run import Evaluation, evaluate
from pipelines.evaluate.view import print_corpora
from tests.news import HashedEmbedder
from tests.pipelines.evaluate.invented import SETTINGS, records, write
from tests.pipelines.evaluate.test_run import ALWAYS
from transforms.errors import UsageError


@pytest.fixture(scope="module")
def result(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    path = write(tmp_path_factory.mktemp("corpus"), records(12), "invented.jsonl")
    evaluation = Evaluation(SETTINGS, digests=2, probes=[ALWAYS])
    return {
        "command": "storybeam evaluate invented.jsonl",
        "date": "2025-01-02",
        "commit": "0123456789ab",
        "settings_digest": "abc",
        "model": {"name": "hashed"},
        "weights": "packaged",
        "background": "packaged",
        "seed": 0,
        "corpora": evaluate([path], evaluation, HashedEmbedder()),
    }


def printed(corpora: list[dict[str, Any]]) -> str:
    console = Console(file=io.StringIO(), width=160)
    print_corpora(console, corpora)
    assert isinstance(console.file, io.StringIO)
    return console.file.getvalue()


def test_the_tables_have_a_line_a_level_with_both_floors(result: dict[str, Any]) -> None:
    text = printed(result["corpora"])
    one = result["corpora"][0]["events"]
    [line] = [line for line in text.splitlines() if "invented   event" in line]
    assert f"{one['f1']:.3f}" in line
    assert f"{one['floors']['singletons']['f1']:.3f}" in line
    assert "Harbour" in text


def test_a_corpus_without_gold_is_shown_as_well(result: dict[str, Any]) -> None:
    [figures] = result["corpora"]
    bare = {key: figures[key] for key in ("corpus", "articles", "rejected", "ids", "speed")}
    assert "invented" in printed([bare])
    assert "| invented |" in report([{**result, "corpora": [bare]}])


def test_the_page_says_what_it_came_from(result: dict[str, Any]) -> None:
    page = report([result])
    assert "2025-01-02, commit 0123456789ab" in page
    assert "storybeam evaluate invented.jsonl" in page
    assert "| invented | event | 48 |" in page


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
    import json

    path = tmp_path / "results.json"
    path.write_text(json.dumps(result))
    main([str(path)])
    assert capsys.readouterr().out == report([result])
