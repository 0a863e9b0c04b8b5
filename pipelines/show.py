"""``storybeam show``: the storylines of a lake, or one of them as a whole."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Any

from pipelines.console import cell, day, grid, line, minute, out
from pipelines.lake import Lake
from pipelines.summary import living_storylines, print_storylines

if TYPE_CHECKING:
    from rich.console import Console

Row = dict[str, Any]

_EVENT = (
    "event_id", "headline", "terms", "first_seen", "last_seen", "articles", "copies", "sources",
    "status",
)  # fmt: skip
_ARTICLE = (
    "article_id", "title", "source", "time", "date_status", "url", "duplicate_of", "shares",
)  # fmt: skip


def show(path: str, storyline: str | None, limit: int, for_programs: bool) -> None:
    """Print the storylines of the lake at ``path``, or one; ``limit`` rows of each list.

    Raises:
        UsageError: The lake has never had that storyline.
        LakeError: There is no lake, or it is damaged.
    """
    lake = Lake(path)
    found = _list(lake) if storyline is None else details(lake, storyline)
    if for_programs:
        print(json.dumps(found, default=as_iso))
    elif storyline is None:
        _print_list(out(), lake, found["storylines"], limit)
    else:
        _print_one(out(), found, storyline, limit)


def as_iso(value: object) -> str:
    """Return what JSON has no form for: times as ISO 8601."""
    return value.isoformat() if isinstance(value, datetime) else str(value)


def _list(lake: Lake) -> Row:
    return {
        "lake": lake.path,
        "snapshot": lake.snapshot,
        "storylines": living_storylines(lake),
    }


def details(lake: Lake, identifier: str) -> Row:
    """Return the storyline that ``identifier``, of a storyline or event, is or belongs to today.

    Its row, with ``events``, ``articles`` (largest share first, with ``share`` being the one in
    this storyline) and ``lineage``. Raises UsageError where the lake has never had it.
    """
    today = lake.resolve(identifier)
    if not today.startswith("s"):
        of = lake.table("events", ["storyline_id"], [("event_id", "=", today)])
        today = of["storyline_id"].to_pylist()[0]
    names = [name for name in lake.table("storylines").schema.names if name != "embedding"]
    row = lake.table("storylines", names, [("storyline_id", "=", today)]).to_pylist()[0]
    events = lake.table(
        "events", _EVENT, [("storyline_id", "=", today), ("status", "!=", "merged")]
    ).to_pylist()
    return {
        **row,
        "event_rows": sorted(events, key=lambda event: (event["first_seen"], event["event_id"])),
        "article_rows": _articles(lake, today),
        "lineage": _lineage(lake, {today, identifier, *(event["event_id"] for event in events)}),
    }


def _articles(lake: Lake, storyline: str) -> list[Row]:
    found = []
    for row in lake.table("articles", _ARTICLE).to_pylist():
        shares = row.pop("shares")
        row["share"] = sum(each["share"] for each in shares if each["storyline_id"] == storyline)
        if row["share"] > 0:
            found.append(row)
    return sorted(found, key=lambda row: (row["time"], row["article_id"]))


def _lineage(lake: Lake, ids: set[str]) -> list[Row]:
    rows = lake.table("lineage").to_pylist()
    mine = [row for row in rows if row["id"] in ids or row["other"] in ids]
    return sorted(mine, key=lambda row: (row["time"], row["level"], row["id"], row["change"]))


def _print_list(console: Console, lake: Lake, rows: Sequence[Row], limit: int) -> None:
    print_storylines(console, list(rows[:limit]), with_ids=True)
    shown = min(limit, len(rows))
    more = "" if shown == len(rows) else "; --limit shows more"
    text = f"{shown:,} of {len(rows):,} storylines, snapshot {lake.snapshot}{more}."
    console.print(line(text))


def _print_one(console: Console, row: Row, asked: str, limit: int) -> None:
    today = row["storyline_id"]
    if asked != today:
        console.print(line(f"{asked} is today part of {today}.\n"))
    console.print(line((row["label"], "bold"), f"   {today}, {row['status']}"))
    if row["headline"]:
        console.print(line(row["headline"]), soft_wrap=True)
    console.print(
        line(
            f"{row['articles']:,} articles and {row['copies']:,} copies from {row['sources']:,} "
            f"outlets, {day(row['first_seen'])} to {day(row['last_seen'])}\n"
            f"Terms: {', '.join(row['terms'])}\nOutlets: {', '.join(row['top_sources'])}"
        ),
        soft_wrap=True,
    )
    _print_events(console, row["event_rows"], limit)
    _print_articles(console, row["article_rows"], limit)
    _print_lineage(console, row["lineage"], limit)


def _print_events(console: Console, rows: Sequence[Row], limit: int) -> None:
    table = grid("Event", "Id", "Articles", "First seen", "Last seen", right=("Articles",))
    for row in rows[:limit]:
        table.add_row(
            cell(row["headline"]),
            cell(row["event_id"], "cyan"),
            cell(f"{row['articles']:,}"),
            cell(day(row["first_seen"])),
            cell(day(row["last_seen"])),
        )
    _print_part(console, table, "events", len(rows), limit)


def _print_articles(console: Console, rows: Sequence[Row], limit: int) -> None:
    table = grid(
        "Article", "Id", "Outlet", "Time (UTC)", "Share", right=("Share",), wrap=("Outlet",)
    )
    for row in rows[:limit]:
        undated = "" if row["date_status"] == "given" else f" ({row['date_status']} date)"
        title = f"{row['title'] or '(no title)'}{' (a copy)' if row['duplicate_of'] else ''}"
        table.add_row(
            cell(title),
            cell(row["article_id"], "cyan"),
            cell(row["source"]),
            cell(f"{minute(row['time'])}{undated}"),
            cell(f"{row['share']:.0%}"),
        )
    _print_part(console, table, "articles", len(rows), limit)


def _print_lineage(console: Console, rows: Sequence[Row], limit: int) -> None:
    table = grid("Time (UTC)", "What changed", "Why", wrap=("What changed", "Why"))
    for row in rows[:limit]:
        change = f"{row['level']} {row['id']} {row['change'].replace('_', ' ')} {row['other']}"
        table.add_row(cell(minute(row["time"])), cell(change), cell(row["reason"]))
    _print_part(console, table, "changes", len(rows), limit)


def _print_part(console: Console, table: Any, name: str, count: int, limit: int) -> None:
    console.print(table)
    if count > limit:
        console.print(line(f"… {count - limit:,} more {name}; --limit shows them.\n"))
