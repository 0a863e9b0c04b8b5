"""Small files into large ones: the same rows in fewer files, as a snapshot of its own.

The files that were folded stay until their snapshots expire, so nobody who reads them notices.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from schemas.manifest import FileEntry, Manifest
from schemas.tables import KEPT
from transforms.errors import LakeError
from transforms.lake.manifests import newest, no_lake
from transforms.lake.parquet import read_files
from transforms.lake.storage import Storage, storage_of
from transforms.lake.successor import add_snapshot, with_files
from transforms.lake.tiers import groups
from transforms.lake.upsert import in_order
from transforms.lake.writer import write_files


@dataclass(frozen=True)
class Compaction:
    """What was folded, or would be."""

    parent: int
    """The snapshot that was compacted."""
    snapshot: int | None
    """The one that was made; None where there was nothing to fold, or only to look."""
    files: int
    """Files of the parent."""
    folded: int
    """Those of them that were folded into others."""
    written: int
    """The others: as many files as were written."""
    rows: int
    """Rows in them."""
    bytes_folded: int
    tables: dict[str, int]
    """Files that were folded, by table."""


def compact(lake: str, dry_run: bool = False) -> Compaction:
    """Fold the small files of each partition of the newest snapshot of ``lake``.

    Raises:
        LakeError: There is no lake, a file is damaged, or another run has committed meanwhile.
            The lake stays as it is then.
    """
    storage = storage_of(lake)
    parent = newest(storage)
    if parent is None:
        raise no_lake(storage)
    found = list(_foldable(parent))
    if dry_run or not found:
        return _report(parent, None, found)
    return _report(parent, _fold(storage, parent, found), found)


_Group = tuple[str, str, list[FileEntry]]


def _foldable(manifest: Manifest) -> Iterator[_Group]:
    places = sorted({(entry.table, entry.partition) for entry in manifest.files})
    for table, partition in places:
        # What the ordered step keeps for itself is replaced as a whole by each run.
        if table in KEPT:
            for group in groups(manifest.of(table, partition)):
                yield table, partition, group


def _fold(storage: Storage, parent: Manifest, found: Sequence[_Group]) -> int:
    files = {entry.path: entry for entry in parent.files}
    for table, partition, group in found:
        rows = in_order(KEPT[table], read_files(storage, table, group))
        files = {path: entry for path, entry in files.items() if entry not in group}
        files |= {entry.path: entry for entry in write_files(storage, table, partition, rows)}
    folded = with_files(parent, files.values())
    if folded.tables != parent.tables:
        raise LakeError(
            f"Folding files of {storage.root} would have changed its rows, so it was not done: a "
            "file is not what its manifest says. `storybeam verify` names it."
        )
    return add_snapshot(storage, parent.snapshot, folded, "compact")


def _report(parent: Manifest, snapshot: int | None, found: Sequence[_Group]) -> Compaction:
    gone = [entry for _, _, group in found for entry in group]
    names = sorted({entry.table for entry in gone})
    return Compaction(
        parent.snapshot,
        snapshot,
        len(parent.files),
        len(gone),
        len(found),
        sum(entry.rows for entry in gone),
        sum(entry.bytes for entry in gone),
        {name: sum(entry.table == name for entry in gone) for name in names},
    )
