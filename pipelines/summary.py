"""What a person wants to see after a run: the storylines, what was refused, where to go on."""

from __future__ import annotations

import shlex
from collections import Counter
from typing import TYPE_CHECKING, Any

from pipelines.console import cell, day, grid, line
from pipelines.lake import Lake
from schemas.reasons import REASONS

if TYPE_CHECKING:
    from rich.console import Console

    from pipelines.run import Outcome

LARGEST = 15
"""Storylines shown after a run."""


def print_summary(console: Console, outcome: Outcome) -> None:
    """Print what a run came to."""
    if outcome.manifest is None:
        console.print(line("Nothing was found that could be placed; there is no snapshot."))
        return
    lake = Lake(outcome.lake, outcome.manifest.snapshot)
    rows = living_storylines(lake)
    print_storylines(console, rows[:LARGEST], with_ids=False)
    if len(rows) > LARGEST:
        console.print(line(f"… and {len(rows) - LARGEST:,} smaller ones.\n"))
    print_rejections(console, lake)
    _print_counts(console, outcome)
    _print_next(console, lake, rows)


def living_storylines(lake: Lake) -> list[dict[str, Any]]:
    """Return the storylines that are not merged into others, the largest first.

    Each is the row of the table without its vector, and ``paragraphs``: how many it has.
    """
    names = [name for name in lake.table("storylines").schema.names if name != "embedding"]
    rows = lake.table("storylines", names, [("status", "!=", "merged")]).to_pylist()
    paragraphs = Counter(lake.table("paragraphs", ["storyline_id"])["storyline_id"].to_pylist())
    for row in rows:
        row["paragraphs"] = paragraphs[row["storyline_id"]]
    return sorted(rows, key=lambda row: (-row["articles"], -row["paragraphs"], row["storyline_id"]))


def print_storylines(console: Console, rows: list[dict[str, Any]], with_ids: bool) -> None:
    """Print storylines as a table, one a line."""
    figures = ("Articles", "Paragraphs", "Sources")
    ids = ("Id",) if with_ids else ()
    table = grid("Storyline", *ids, *figures, "First seen", "Last seen", right=figures)
    for row in rows:
        asleep = "" if row["status"] == "active" else f" ({row['status']})"
        cells = [line((row["label"], "bold"), asleep)]
        cells += [cell(row["storyline_id"], "cyan")] if with_ids else []
        cells += [cell(f"{row[name.lower()]:,}") for name in figures]
        table.add_row(*cells, cell(day(row["first_seen"])), cell(day(row["last_seen"])))
    console.print(table)


def print_rejections(console: Console, lake: Lake) -> None:
    """Print how many records were refused for which reason, and where the first of each is."""
    rows = lake.table("rejections", ["reason", "origin", "place"]).to_pylist()
    if not rows:
        console.print(line("Nothing was rejected.\n"))
        return
    console.print(line(("Rejected", "bold"), " (the table rejections has each with its text)"))
    first = {row["reason"]: row for row in reversed(rows)}
    for reason, count in Counter(row["reason"] for row in rows).most_common():
        where = " ".join(filter(None, (first[reason]["origin"], first[reason]["place"])))
        why = f": {REASONS.get(reason, '')}; for example {where}"
        console.print(line(f"  {count:>6,}  ", (reason, "yellow"), why), soft_wrap=True)
    console.print()


def _print_counts(console: Console, outcome: Outcome) -> None:
    assert outcome.manifest is not None  # noqa: S101 - the caller has looked
    added, total = outcome.added, outcome.manifest.counts
    parts = [
        f"This run: {added.articles:,} new articles with {added.paragraphs:,} paragraphs",
        f"{outcome.placed - added.articles:,} newer versions",
        f"{outcome.unchanged:,} known already",
        f"{added.duplicates:,} copies",
        f"{sum(added.rejected.values()):,} rejected",
        f"in {outcome.seconds:,.1f} s.",
    ]
    console.print(line(", ".join(parts[:-1]) + f"; {parts[-1]}"), soft_wrap=True)
    console.print(
        line(
            f"The lake: {total.articles:,} articles, {total.paragraphs:,} paragraphs, "
            f"{total.events:,} events, {total.storylines:,} storylines; snapshot "
            f"{outcome.manifest.snapshot}.\nTables: ",
            (f"{outcome.lake.rstrip('/')}/", "bold"),
            " (Parquet; docs/data-dictionary.md describes every column)\n",
        ),
        soft_wrap=True,
    )


def _print_next(console: Console, lake: Lake, rows: list[dict[str, Any]]) -> None:
    path = shlex.quote(lake.path)
    commands = [(f"storybeam show {path}", "all storylines")]
    if rows:
        commands.append((f"storybeam show {path} {rows[0]['storyline_id']}", "one of them"))
    if article := _most_split(lake):
        commands.append((f"storybeam explain {path} {article}", "why an article is where it is"))
    commands.append((f"storybeam verify {path}", "check every file of the lake"))
    width = max(len(command) for command, _ in commands)
    console.print(line(("Next:", "bold")))
    for command, purpose in commands:
        console.print(line(f"  {command:<{width}}  # {purpose}"), soft_wrap=True)


def _most_split(lake: Lake) -> str | None:
    """Return the article that lies in most events: the one most worth explaining."""
    table = lake.table("articles", ["article_id", "shares"])
    pairs = zip(table["article_id"].to_pylist(), table["shares"].to_pylist(), strict=True)
    found = min(((-len(shares), article) for article, shares in pairs), default=None)
    return found[1] if found else None
