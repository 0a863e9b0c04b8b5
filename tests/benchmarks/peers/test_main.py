"""The command writes and prints what it measured, and takes up what another run has measured."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from benchmarks.peers import __main__ as command
from tests.news import HashedEmbedder
from tests.pipelines.evaluate.invented import records, write

FLOORS = "all singletons|one cluster"


@pytest.fixture(autouse=True)
def _without_a_model(monkeypatch: pytest.MonkeyPatch) -> None:
    pytest.importorskip("sklearn")
    monkeypatch.setattr(command, "embedder", lambda _: HashedEmbedder())


def test_figures_are_printed_and_written(tmp_path: Path, capsys: pytest.CaptureFixture) -> None:
    out = tmp_path / "out.json"
    command.main([write(tmp_path, records()), "--only", FLOORS, "--json", str(out)])
    [corpus] = json.loads(out.read_bytes())["corpora"]
    assert corpus["corpus"] == "news"
    assert [row["peer"] for row in corpus["peers"]] == ["all singletons", "one cluster"]
    assert "| one cluster | the past |" in capsys.readouterr().out


def test_figures_of_the_same_task_are_not_measured_twice(tmp_path: Path) -> None:
    out, again = tmp_path / "out.json", tmp_path / "again.json"
    path = write(tmp_path, records())
    command.main([path, "--only", "one cluster", "--json", str(out)])
    earlier = json.loads(out.read_bytes())
    earlier["corpora"][0]["peers"][0]["f1"] = 0.123
    out.write_text(json.dumps(earlier), "utf-8")
    command.main([path, "--only", FLOORS, "--keep", str(out), "--json", str(again)])
    first, second = json.loads(again.read_bytes())["corpora"][0]["peers"]
    assert first["f1"] != 0.123
    assert second["f1"] == 0.123
