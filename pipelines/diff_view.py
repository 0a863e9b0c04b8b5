"""``storybeam diff``: what became of the storylines between two snapshots."""

from __future__ import annotations

import json
from dataclasses import asdict
from typing import TYPE_CHECKING

from pipelines.console import cell, grid, line, minute, out
from pipelines.lake import Lake
from transforms.errors import UsageError
from transforms.lake.difference import Change, Difference

if TYPE_CHECKING:
    from rich.console import Console

_WORDS = {
    "born": "Born",
    "split": "Split from others",
    "merged": "Merged into others",
    "renamed": "Renamed",
    "grown": "Grown",
    "shrunk": "Smaller",
    "dormant": "Gone to sleep",
    "revived": "Woken",
    "retired": "Retired",
    "vanished": "Not there any more",
}
_OTHER = {"split": "From", "merged": "Into", "renamed": "Before"}


def show(path: str, one: int, other: int, limit: int, for_programs: bool) -> None:
    """Print the changes from the earlier to the later one of two snapshots of ``path``.

    Raises:
        UsageError: It is the same one twice.
        LakeError: There is no lake, no such snapshot, or a file is damaged.
    """
    if one == other:
        raise UsageError(f"Both are snapshot {one}: there is nothing to compare.")
    before, after = Lake(path, min(one, other)), Lake(path, max(one, other))
    found = after.changes_since(before.snapshot)
    if for_programs:
        which = {"lake": path, "from": before.snapshot, "to": after.snapshot}
        print(json.dumps({**which, "counts": found.counts(), **asdict(found)}))
        return
    console = out()
    if one > other:
        console.print(line(f"Snapshot {other} is the earlier one, so this goes from it to {one}."))
    _print_head(console, before, after, found)
    for name, words in _WORDS.items():
        _print_list(console, name, words, getattr(found, name), limit)


def _print_head(console: Console, before: Lake, after: Lake, found: Difference) -> None:
    made = [minute(lake.manifest.created_at) for lake in (before, after)]
    articles = after.manifest.counts.articles - before.manifest.counts.articles
    console.print(
        line(
            f"From snapshot {before.snapshot} ({made[0]} UTC) to {after.snapshot} ({made[1]} UTC): "
            f"{articles:+,} articles."
        )
    )
    counts = found.counts()
    told = [f"{counts[name]:,} {words.lower()}" for name, words in _WORDS.items() if counts[name]]
    told.append(f"{counts['unchanged']:,} unchanged")
    console.print(line(("Storylines: ", "bold"), f"{', '.join(told)}.\n"), soft_wrap=True)


def _print_list(console: Console, name: str, words: str, changes: list[Change], limit: int) -> None:
    if not changes:
        return
    extra = (_OTHER[name],) if name in _OTHER else ()
    table = grid(words, "Id", "Articles", *extra, right=("Articles",), wrap=extra)
    for each in changes[:limit]:
        cells = [cell(each.label, "bold"), cell(each.storyline_id, "cyan"), cell(_articles(each))]
        other = f"{each.other_label} {each.other}" if each.other_label else each.other
        table.add_row(*cells, *([cell(other)] if extra else []))
    console.print(table)
    if len(changes) > limit:
        console.print(line(f"… {len(changes) - limit:,} more; --limit or --json shows them.\n"))


def _articles(change: Change) -> str:
    if change.articles_before in {0, change.articles}:
        return f"{change.articles:,}"
    return f"{change.articles_before:,} → {change.articles:,}"
