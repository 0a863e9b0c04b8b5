"""``storybeam rollback``, ``expire``, ``compact``: done, and said what was done."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict

from pipelines.console import line, out
from pipelines.durations import duration
from pipelines.held import held
from transforms.lake.compact import Compaction
from transforms.lake.compact import compact as fold
from transforms.lake.expire import Expiry, Rule
from transforms.lake.expire import expire as let_go
from transforms.lake.manifests import no_lake, snapshots
from transforms.lake.rollback import Rollback
from transforms.lake.rollback import roll_back as restore
from transforms.lake.storage import storage_of

SHOWN = 10
"""Leftovers that are named to a person."""


def roll_back(lake: str, snapshot: int, dry_run: bool, for_programs: bool) -> None:
    """Return to ``snapshot``; see :func:`transforms.lake.rollback.roll_back`."""
    with _held(lake, "storybeam rollback", dry_run):
        found = restore(lake, snapshot, dry_run)
    if for_programs:
        print(json.dumps({"lake": lake, **asdict(found), "dry_run": dry_run}))
    else:
        _say(*_rollback(lake, found, dry_run))


def _rollback(lake: str, found: Rollback, dry_run: bool) -> list[str]:
    if not found.differs:
        return [f"{lake} is at snapshot {found.newest}, which is snapshot {found.restored} as is."]
    if dry_run:
        told = f"Snapshot {found.newest + 1} would be snapshot {found.restored} again."
    else:
        told = f"Snapshot {found.snapshot} of {lake} is snapshot {found.restored} again."
    changed = ", ".join(f"{name} {rows:+,}" for name, rows in found.rows.items())
    lines = [told, f"Rows: {changed or 'as many as before'}."]
    if found.inputs_again:
        lines.append(
            f"Inputs that count as not read: {found.inputs_again:,}; a run takes them again."
        )
    return [*lines, f"Snapshot {found.newest} stays: it can be returned to until it expires."]


def expire(
    lake: str, keep: str | None, last: int | None, grace: str, dry_run: bool, for_programs: bool
) -> None:
    """Remove what is old; see :func:`transforms.lake.expire.expire`."""
    age = None if keep is None else duration(keep, "--keep")
    rule = Rule(age, last, duration(grace, "--grace"))
    with _held(lake, "storybeam expire", dry_run):
        found = let_go(lake, rule, dry_run)
    if for_programs:
        print(json.dumps({"lake": lake, **asdict(found)}))
    else:
        _say(*_expiry(found))


def _expiry(found: Expiry) -> list[str]:
    done = "would be removed" if found.dry_run else "removed"
    kept = _range(found.kept, "stays", "stay")
    gone = _range(found.snapshots, f"{done}", f"{done}") if found.snapshots else "None has expired"
    size = f"{found.bytes / 1e6:,.1f} MB"
    count = found.files + len(found.leftovers)
    lines = [f"{gone}; {kept}."]
    lines.append(f"Files {done}: {count:,} ({size}), {len(found.leftovers):,} of them leftovers.")
    lines += [f"  {path}" for path in found.leftovers[:SHOWN]]
    if len(found.leftovers) > SHOWN:
        lines.append(f"  … {len(found.leftovers) - SHOWN:,} more; --json names them.")
    if found.waiting:
        lines.append(f"{found.waiting:,} more are not needed, but younger than --grace.")
    return lines


def _range(numbers: list[int], one: str, several: str) -> str:
    if len(numbers) == 1:
        return f"Snapshot {numbers[0]} {one}"
    return f"Snapshots {numbers[0]} to {numbers[-1]} {several}"


def compact(lake: str, dry_run: bool, for_programs: bool) -> None:
    """Fold small files; see :func:`transforms.lake.compact.compact`."""
    with _held(lake, "storybeam compact", dry_run):
        found = fold(lake, dry_run)
    if for_programs:
        print(json.dumps({"lake": lake, **asdict(found), "dry_run": dry_run}))
    else:
        _say(*_compaction(lake, found, dry_run))


def _compaction(lake: str, found: Compaction, dry_run: bool) -> list[str]:
    if not found.folded:
        return [f"{lake} has nothing to fold: snapshot {found.parent} has {found.files:,} files."]
    after = found.files - found.folded + found.written
    would = "would be" if dry_run else "were"
    lines = [
        f"{found.folded:,} small files with {found.rows:,} rows {would} folded into "
        f"{found.written:,}: {found.files:,} files become {after:,}.",
        ", ".join(f"{name} {count:,}" for name, count in found.tables.items()) + ".",
    ]
    if found.snapshot is not None:
        lines.append(
            f"Snapshot {found.snapshot} has the same rows as {found.parent}; the old files stay "
            "until their snapshots expire."
        )
    return lines


@contextmanager
def _held(lake: str, what: str, dry_run: bool) -> Iterator[None]:
    storage = storage_of(lake)
    if not snapshots(storage):
        raise no_lake(storage)
    if dry_run:
        yield
        return
    with held(lake, what):
        yield


def _say(*lines: str) -> None:
    console = out()
    for each in lines:
        console.print(line(each), soft_wrap=True)
