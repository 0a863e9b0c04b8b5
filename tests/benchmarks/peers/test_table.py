"""The tables say what was reached, what was not run, and why."""

from __future__ import annotations

from typing import Any

from benchmarks.peers.table import markdown


def row(peer: str, f1: float, **values: Any) -> dict[str, Any]:
    reached = {"precision": 1.0, "recall": 0.25, "f1": f1, "ami": -0.01, "ari": 0.5}
    counts = {"items": 1234, "gold_clusters": 100, "clusters": 1100, "interval": (0.1, 0.9)}
    return {
        "peer": peer,
        "sees": "all",
        "reading": "noise as singletons",
        **reached,
        **counts,
        **values,
    }


def corpus(name: str, *rows: dict[str, Any]) -> dict[str, Any]:
    return {"corpus": name, "articles": 2000, "peers": list(rows)}


BROKEN = {"peer": "B", "sees": "labels", "error": "ImportError: no\nmodule | here"}


def test_the_best_of_each_corpus_stands_out() -> None:
    text = markdown(
        [corpus("x", row("A", 0.8), row("C", 0.9)), corpus("y", row("A", 1), row("C", 0))]
    )
    assert "| A | all articles | .800 | **1.000** |" in text
    assert "| C | all articles | **.900** | .000 |" in text


def test_a_corpus_gives_every_figure_of_a_peer() -> None:
    text = markdown([corpus("x", row("A", 0.4))])
    assert "2,000 articles, 1,234 scored, of 100 stories." in text
    cells = "1.000 | .250 | .400 | .100-.900 | -.010 | .500 | 1,100 | noise as singletons"
    assert f"| A | {cells} |" in text


def test_what_did_not_run_is_said_with_its_reason_and_breaks_no_row() -> None:
    text = markdown([corpus("x", row("A", 0.4), BROKEN)])
    assert "| B | all articles and their stories | not run |" in text
    assert "- B, x: ImportError: no module / here" in text
    rows = [line for line in text.splitlines() if line.startswith("| B |")]
    assert [line.count("|") for line in rows] == [4, 10]


def test_a_table_in_which_nothing_ran_is_still_a_table() -> None:
    text = markdown([corpus("x", BROKEN)])
    assert "2,000 articles." in text
    assert "not run" in text


def test_without_failures_there_is_no_list_of_them() -> None:
    assert "did not run" not in markdown([corpus("x", row("A", 0.4))])
