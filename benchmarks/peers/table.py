"""The figures as Markdown: F1 of all peers on all corpora, then each corpus by itself."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

Figures = Mapping[str, Any]
SEES = {"stream": "the past", "all": "all articles", "labels": "all articles and their stories"}
NOT_RUN = "not run"


def markdown(corpora: Sequence[Figures]) -> str:
    """Return the tables of what was measured, with what did not run, and why, below them."""
    parts = [_summary(corpora), *(_corpus(one) for one in corpora), _errors(corpora)]
    return "\n\n".join(part for part in parts if part) + "\n"


def _summary(corpora: Sequence[Figures]) -> str:
    """A row a peer, a column a corpus; the best of each column in bold."""
    rows = {row["peer"]: row["sees"] for one in corpora for row in one["peers"]}
    lines = _head(["B3 F1", "sees", *(one["corpus"] for one in corpora)])
    for peer, sees in rows.items():
        cells = [_best(one, peer) for one in corpora]
        lines.append(_line([peer, SEES[sees], *cells]))
    return "\n".join(lines)


def _best(one: Figures, peer: str) -> str:
    reached = {row["peer"]: row["f1"] for row in one["peers"] if "f1" in row}
    if peer not in reached:
        return NOT_RUN
    value = _figure(reached[peer])
    return f"**{value}**" if reached[peer] == max(reached.values()) else value


def _corpus(one: Figures) -> str:
    lines = [f"### {one['corpus']}", "", _counts(one), ""]
    lines += _head(["", "B3 P", "R", "F1", "95 %", "AMI", "ARI", "clusters", "read as"])
    for row in one["peers"]:
        lines.append(_line([row["peer"], *_cells(row)]))
    return "\n".join(lines)


def _counts(one: Figures) -> str:
    scored = next((row for row in one["peers"] if "items" in row), None)
    streamed = f"{one['articles']:,} articles"
    if scored is None:
        return f"{streamed}."
    return f"{streamed}, {scored['items']:,} scored, of {scored['gold_clusters']:,} stories."


def _cells(row: Figures) -> list[str]:
    if "error" in row:
        return [NOT_RUN] + [""] * 7
    scores = [_figure(row[name]) for name in ("precision", "recall", "f1")]
    interval = "-".join(_figure(end) for end in row["interval"])
    chance = [_figure(row[name]) for name in ("ami", "ari")]
    return [*scores, interval, *chance, f"{row['clusters']:,}", row["reading"]]


def _errors(corpora: Sequence[Figures]) -> str:
    lines = [
        f"- {row['peer']}, {one['corpus']}: {_flat(row['error'])}"
        for one in corpora
        for row in one["peers"]
        if "error" in row
    ]
    return "\n".join(["What did not run:", "", *lines]) if lines else ""


def _figure(value: float) -> str:
    """Return three places without a leading zero, as everywhere in the results."""
    text = f"{value:.3f}"
    return text.replace("0.", ".", 1) if text.startswith(("0.", "-0.")) else text


def _head(names: Sequence[str]) -> list[str]:
    return [_line(names), "|" + "---|" * len(names)]


def _line(cells: Sequence[str]) -> str:
    return "| " + " | ".join(_flat(cell) for cell in cells) + " |"


def _flat(text: str) -> str:
    """Return text that stays in its cell."""
    return " ".join(text.replace("|", "/").split())
