"""What happened to a lake: its snapshots, each with what it changed, as far as they are kept."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime

from schemas.manifest import Counts, Manifest
from transforms.errors import LakeError
from transforms.lake.manifests import no_lake, read_manifest, snapshots
from transforms.lake.storage import Storage


@dataclass(frozen=True)
class TableChange:
    """One table of a snapshot beside the one before it."""

    rows: int
    change: int | None
    """Rows more than before, or less; None where the snapshot before is not there any more."""
    touched: bool | None
    """Whether its rows are others: some can be replaced by as many."""


@dataclass(frozen=True)
class Entry:
    """One snapshot, without its list of files."""

    snapshot: int
    parent: int | None
    created_at: datetime
    operation: str
    restores: int | None
    """The snapshot that a rollback returned to."""
    storybeam: str
    settings_digest: str
    new_settings: bool
    """Whether its settings are others than those of the snapshot before it."""
    model: str
    watermark: int | None
    """The latest event time decided, µs UTC."""
    inputs: int
    """Inputs that it read to their end."""
    counts: Counts
    tables: dict[str, TableChange]
    files: int
    bytes: int


@dataclass(frozen=True)
class Damaged:
    """A snapshot whose manifest cannot be read."""

    snapshot: int
    damage: str
    """Why, in a sentence."""


def history(storage: Storage, newest: int | None = None) -> Iterator[Entry | Damaged]:
    """Yield the snapshots, or so many of the newest, the oldest first.

    Raises:
        LakeError: There is no lake.
    """
    numbers = snapshots(storage)
    if not numbers:
        raise no_lake(storage)
    # One more than wanted: what the first one changed shows beside the one before it.
    first = 0 if newest is None else max(0, len(numbers) - newest - 1)
    wanted = numbers[-newest:] if newest else numbers
    for entry in entries(_read(storage, number) for number in numbers[first:]):
        if entry.snapshot >= wanted[0]:
            yield entry


def _read(storage: Storage, number: int) -> Manifest | Damaged:
    try:
        return read_manifest(storage, number)
    except LakeError as error:
        return Damaged(number, str(error))


def entries(found: Iterable[Manifest | Damaged]) -> Iterator[Entry | Damaged]:
    """Yield an entry for each manifest, of which one snapshot after the other is given."""
    before: Manifest | None = None
    for each in found:
        if isinstance(each, Damaged):
            yield each
            before = None
        else:
            yield _entry(each, before)
            before = each


def _entry(manifest: Manifest, before: Manifest | None) -> Entry:
    return Entry(
        manifest.snapshot,
        manifest.parent,
        manifest.created_at,
        manifest.operation,
        manifest.restores,
        manifest.storybeam,
        manifest.settings_digest,
        before is not None and manifest.settings_digest != before.settings_digest,
        manifest.model.name,
        manifest.watermark,
        len(manifest.inputs),
        manifest.counts,
        dict(_tables(manifest, before)),
        len(manifest.files),
        sum(entry.bytes for entry in manifest.files),
    )


def _tables(manifest: Manifest, before: Manifest | None) -> Iterator[tuple[str, TableChange]]:
    for name, table in manifest.tables.items():
        if before is None and manifest.parent is not None:
            yield name, TableChange(table.rows, None, None)
            continue
        old = None if before is None else before.tables.get(name)
        rows, content = (0, None) if old is None else (old.rows, old.content_hash)
        touched = content != table.content_hash and (table.rows or rows) > 0
        yield name, TableChange(table.rows, table.rows - rows, touched)
