"""``storybeam snapshots``: what happened to a lake, one line a snapshot."""

from __future__ import annotations

import json
import shlex
from dataclasses import asdict
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from pipelines.console import cell, grid, line, minute, out
from pipelines.show import as_iso
from schemas.tables import TABLES
from transforms.lake.history import Damaged, Entry, history
from transforms.lake.storage import storage_of

if TYPE_CHECKING:
    from rich.table import Table


def show(lake: str, limit: int, for_programs: bool) -> None:
    """Print the newest ``limit`` snapshots of ``lake``; JSON has them all.

    Raises LakeError where there is no lake.
    """
    found = list(history(storage_of(lake), None if for_programs else limit))
    if for_programs:
        rows = [_plain(entry) for entry in found]
        print(json.dumps({"lake": lake, "snapshots": rows}, default=as_iso))
        return
    _print(lake, found)


def _plain(entry: Entry | Damaged) -> dict[str, Any]:
    if isinstance(entry, Damaged):
        return asdict(entry)
    values = {**vars(entry), "counts": entry.counts.model_dump(), "watermark": _time(entry)}
    return {**values, "tables": {name: asdict(each) for name, each in entry.tables.items()}}


def _time(entry: Entry) -> datetime | None:
    return None if entry.watermark is None else datetime.fromtimestamp(entry.watermark / 1e6, UTC)


def _print(lake: str, found: list[Entry | Damaged]) -> None:
    figures = ("Snapshot", "Articles", "Storylines", "Inputs")
    names = ("Snapshot", "Made (UTC)", "What", "Rows", *figures[1:], "Up to (UTC)", "Settings")
    table = grid(*names, right=figures, wrap=("What", "Rows"))
    for entry in found:
        if isinstance(entry, Damaged):
            table.add_row(cell(str(entry.snapshot)), "", cell("damaged", "bold red"), entry.damage)
        else:
            _add(table, entry)
    console, path = out(), shlex.quote(lake)
    console.print(table)
    settings = " * marks settings that are new." if any(map(_is_new, found)) else ""
    console.print(line(f"{len(found):,} snapshots, the newest last.{settings}"))
    newest = found[-1].snapshot
    console.print(
        line(
            f"storybeam diff {path} {found[0].snapshot} {newest} compares two; "
            f"storybeam rollback {path} N returns to one."
        ),
        soft_wrap=True,
    )


def _is_new(entry: Entry | Damaged) -> bool:
    return isinstance(entry, Entry) and entry.new_settings


def _add(table: Table, entry: Entry) -> None:
    number = str(entry.snapshot) if entry.parent is None else f"{entry.snapshot} on {entry.parent}"
    table.add_row(
        cell(number),
        cell(minute(entry.created_at.astimezone(UTC))),
        cell(_what(entry)),
        cell(_rows(entry)),
        cell(f"{entry.counts.articles:,}"),
        cell(f"{entry.counts.storylines:,}"),
        cell(f"{entry.inputs:,}"),
        cell(minute(_time(entry))),
        cell(f"{entry.settings_digest[:8]}{'*' if entry.new_settings else ''}"),
    )


def _what(entry: Entry) -> str:
    told = {
        "write": "run",
        "compact": "compaction",
        "rollback": f"return to {entry.restores}",
    }
    return f"{told[entry.operation]} ({entry.storybeam})"


def _rows(entry: Entry) -> str:
    parts = []
    for name in TABLES:
        found = entry.tables.get(name)
        if found is not None and found.change is None:
            return "(the one before has expired)"
        if found is not None and found.touched:
            parts.append(f"{name} {found.change:+,}" if found.change else f"{name} ±0")
    return ", ".join(parts) or "the same"
