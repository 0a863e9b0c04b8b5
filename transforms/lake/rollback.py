"""Back to what a lake was: an earlier snapshot made the newest one again."""

from __future__ import annotations

from dataclasses import dataclass

from schemas.manifest import Manifest
from transforms.errors import LakeError, UsageError
from transforms.lake.manifests import no_lake, read_manifest, snapshots
from transforms.lake.storage import Storage, storage_of
from transforms.lake.successor import add_snapshot


@dataclass(frozen=True)
class Rollback:
    """What was returned to, or would be."""

    restored: int
    newest: int
    """The newest snapshot before."""
    snapshot: int | None
    """The one that was made; None where the lake is as it was then, or only to look."""
    differs: bool
    """Whether the newest snapshot was another state than the one returned to."""
    rows: dict[str, int]
    """By table, rows that come back (more than 0) or go (less); those that stay are not there.
    Empty where the newest manifest cannot be read."""
    inputs_again: int | None
    """Inputs that the next run may read again; None where the newest manifest is damaged."""


def roll_back(lake: str, to: int, dry_run: bool = False) -> Rollback:
    """Make snapshot ``to`` the newest state of ``lake``, as a new snapshot.

    What was read since counts as not read: the next run takes it again. The newest manifest
    need not be readable, so this also leads back from a damaged one.

    Raises:
        UsageError: There is no such snapshot (any more).
        LakeError: There is no lake, files of the snapshot are gone, or another run has
            committed meanwhile. The lake stays as it is then.
    """
    storage = storage_of(lake)
    numbers = snapshots(storage)
    if not numbers:
        raise no_lake(storage)
    if to not in numbers:
        raise UsageError(
            f"{lake} has no snapshot {to}; it has {numbers[0]} to {numbers[-1]}. Earlier ones "
            "may have expired. `storybeam snapshots` lists what there is."
        )
    target = read_manifest(storage, to)
    _check_files(storage, target)
    now = _readable(storage, numbers[-1])
    differs = now is None or now.files != target.files
    made = None
    if differs and not dry_run:
        made = add_snapshot(storage, numbers[-1], target, "rollback", to)
    return Rollback(to, numbers[-1], made, differs, _rows(now, target), _inputs(now, target))


def _check_files(storage: Storage, target: Manifest) -> None:
    there = set(storage.paths(""))
    gone = [entry.path for entry in target.files if entry.path not in there]
    if gone:
        raise LakeError(
            f"Snapshot {target.snapshot} of {storage.root} cannot be returned to: {len(gone)} of "
            f"its {len(target.files)} files are gone, the first is {gone[0]}."
        )


def _readable(storage: Storage, number: int) -> Manifest | None:
    try:
        return read_manifest(storage, number)
    except LakeError:
        return None


def _rows(now: Manifest | None, target: Manifest) -> dict[str, int]:
    if now is None:
        return {}
    names = sorted({*now.tables, *target.tables})
    found = {name: _count(target, name) - _count(now, name) for name in names}
    return {name: rows for name, rows in found.items() if rows}


def _count(manifest: Manifest, table: str) -> int:
    held = manifest.tables.get(table)
    return 0 if held is None else held.rows


def _inputs(now: Manifest | None, target: Manifest) -> int | None:
    table = "state/inputs"
    return None if now is None else max(0, _count(now, table) - _count(target, table))
