"""``storybeam snapshots``: what happened to a lake, two lines a snapshot."""

from __future__ import annotations

import json
import shlex
from collections.abc import Iterator
from dataclasses import asdict
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from pipelines.console import line, minute, out
from pipelines.show import as_iso
from schemas.tables import TABLES
from transforms.lake.history import Damaged, Entry, history
from transforms.lake.storage import storage_of

if TYPE_CHECKING:
    from rich.text import Text

_OPERATIONS = {"write": "run", "compact": "compaction", "rollback": "return"}


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
    console, path = out(), shlex.quote(lake)
    for entry in found:
        for text in _lines(entry):
            console.print(text, soft_wrap=True)
    first, newest = found[0].snapshot, found[-1].snapshot
    console.print(line(f"\n{len(found):,} snapshots, the newest last."))
    if first != newest:
        console.print(line(f"  storybeam diff {path} {first} {newest}  # what changed"))
        console.print(line(f"  storybeam rollback {path} {newest - 1}  # back to one of them"))


def _lines(entry: Entry | Damaged) -> Iterator[Text]:
    number = (f"{entry.snapshot:>6}", "bold")
    if isinstance(entry, Damaged):
        yield line(number, "  ", ("damaged", "bold red"), f": {entry.damage}")
        return
    what = _OPERATIONS.get(entry.operation, entry.operation)
    restored = "" if entry.restores is None else f" to {entry.restores}"
    on = "" if entry.parent is None else f" on {entry.parent}"
    made = minute(entry.created_at.astimezone(UTC))
    yield line(number, f"  {made}  ", (f"{what}{restored}", "cyan"), f"{on}: {_rows(entry)}")
    new = " (new)" if entry.new_settings else ""
    yield line(
        f"        {entry.counts.articles:,} articles in {entry.counts.storylines:,} storylines, "
        f"up to {minute(_time(entry)) or 'nowhere'}; inputs read: {entry.inputs:,}; storybeam "
        f"{entry.storybeam}, settings {entry.settings_digest[:8]}{new}"
    )


def _rows(entry: Entry) -> str:
    parts = []
    for name in TABLES:
        found = entry.tables.get(name)
        if found is not None and found.change is None:
            return "the one before has expired"
        if found is not None and found.touched:
            parts.append(f"{name} {found.change:+,}" if found.change else f"{name} ±0")
    return ", ".join(parts) or "the same rows"
