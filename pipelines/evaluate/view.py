"""Figures of an evaluation, for people at a terminal."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from pipelines.console import cell, grid, line
from pipelines.evaluate.tables import Figures, Table, stories, tables

if TYPE_CHECKING:
    from rich.console import Console


def print_corpora(console: Console, corpora: Sequence[Figures]) -> None:
    """Print the figures of corpora: clusters, then parts and labels, then ids and speed."""
    for table in tables(corpora) if corpora else ():
        print_table(console, table)
    for figures in corpora:
        if figures.get("probes", {}).get("found"):
            print_probes(console, figures["corpus"], figures["probes"])


def print_probes(console: Console, where: str, found: Figures) -> None:
    """Print which storyline each long story came to lie in, and in how many it broke."""
    console.print(line((f"Long stories in {where}", "bold")), soft_wrap=True)
    print_table(console, stories(found))


def print_table(console: Console, table: Table) -> None:
    """Print one table with its note."""
    right = tuple(table.head[place] for place in table.numbers)
    shown = grid(*table.head, right=right, wrap=("Storyline", "Weights and background"))
    shown.collapse_padding = True
    shown.columns[0].overflow = "fold"  # a corpus is named after its file: one long word
    for row in table.rows:
        shown.add_row(*(cell(text or None) for text in row))
    console.print(shown)
    console.print(line(f"{table.note}\n"))
