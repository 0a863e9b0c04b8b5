"""Figures of an evaluation, for people."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from pipelines.console import cell, grid, line

if TYPE_CHECKING:
    from rich.console import Console

Figures = Mapping[str, Any]
LEVELS = (("events", "event"), ("storylines", "storyline"))


def print_corpora(console: Console, corpora: Sequence[Figures]) -> None:
    """Print the figures of corpora: clusters, then digests and labels, then ids and speed."""
    labelled = [figures for figures in corpora if "events" in figures]
    if labelled:
        _print_clusters(console, labelled)
        _print_parts(console, labelled)
    if corpora:
        _print_runs(console, corpora)
    for figures in corpora:
        if figures.get("probes", {}).get("found"):
            print_probes(console, figures["corpus"], figures["probes"])


def print_probes(console: Console, where: str, found: Figures) -> None:
    """Print which storyline each long story came to lie in, and in how many it broke."""
    right = ("Articles", "P", "R", "F1", "Pieces")
    table = grid("Long story", *right, "Storyline", right=right, wrap=("Storyline",))
    for row in found["stories"]:
        score = [fraction(row[name]) for name in ("precision", "recall", "f1")]
        _row(table, row["story"], row["articles"], *score, row["pieces"], row["label"])
    console.print(line((f"Long stories in {where}", "bold")), soft_wrap=True)
    console.print(table)
    console.print(
        line(
            f"Median F1 {fraction(found['median_f1'])} over {found['found']} stories; "
            f"at most {found['most_pieces']} pieces.\n"
        )
    )


def fraction(value: float) -> str:
    """Return a figure between 0 and 1 with three digits."""
    return f"{value:.3f}"


def _print_clusters(console: Console, corpora: Sequence[Figures]) -> None:
    names = ("Level", "n", "P", "R", "B3 F1", "95 %", "AMI", "ARI", "Clusters", "Floors")
    table = grid("Corpus", *names, right=("n", "P", "R", "B3 F1", "AMI", "ARI"))
    for figures in corpora:
        for key, level in LEVELS:
            one = figures[key]
            low, high = one["interval"]
            floors = one["floors"]
            _row(
                table,
                figures["corpus"],
                level,
                f"{one['items']:,}",
                *(fraction(one[name]) for name in ("precision", "recall", "f1")),
                f"{fraction(low)}-{fraction(high)}",
                fraction(one["ami"]),
                fraction(one["ari"]),
                f"{one['clusters']:,} of {one['gold_clusters']:,}",
                f"{fraction(floors['singletons']['f1'])} {fraction(floors['one_cluster']['f1'])}",
            )
    console.print(table)
    console.print(line("Floors: B3 F1 of all singletons, of one cluster.\n"))


def _print_parts(console: Console, corpora: Sequence[Figures]) -> None:
    names = ("Paragraphs", "Digests", "Ordinary loss", "Label P", "Label R", "Label F1")
    table = grid("Corpus", *names, right=names)
    for figures in corpora:
        digests, labels = figures.get("digests"), figures.get("labels")
        score = labels["storylines"]["all"] if labels else {}
        _row(
            table,
            figures["corpus"],
            fraction(figures["paragraphs_events"]["f1"]),
            fraction(digests["paragraphs"]["f1"]) if digests else None,
            f"{digests['ordinary_loss']:+.4f}" if digests else None,
            *(fraction(score[n]) if n in score else None for n in ("precision", "recall", "f1")),
        )
    console.print(table)
    console.print(line("Paragraphs and digests: B3 F1 of their paragraphs, by event.\n"))


def _print_runs(console: Console, corpora: Sequence[Figures]) -> None:
    names = ("Articles", "Rejected", "Decisions/s", "Ids as before", "Explained", "Snapshots")
    table = grid("Corpus", *names, right=names)
    for figures in corpora:
        ids, speed = figures["ids"], figures["speed"]
        _row(
            table,
            figures["corpus"],
            f"{figures['articles']:,}",
            f"{figures['rejected']:,}",
            f"{speed['decisions_per_second']:,.0f}",
            f"{ids['unchanged']:.2%}",
            f"{ids['unchanged_or_explained']:.2%}",
            f"{ids['snapshots']:,}",
        )
    console.print(table)
    console.print(line("Ids as before: articles whose ids are those of the hour before.\n"))


def _row(table: Any, *values: object) -> None:
    table.add_row(*(cell(value) for value in values))
