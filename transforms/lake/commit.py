"""Makes the files of all partitions one snapshot: builds the manifest and creates it, last."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from importlib import metadata
from typing import Any

from schemas.layout import SCHEMA_VERSION
from schemas.manifest import Counts, FileEntry, InputFile, Manifest, TableEntry
from schemas.tables import TABLES
from transforms.errors import LakeError
from transforms.lake import lock
from transforms.lake.hashing import add_hashes
from transforms.lake.manifests import (
    digest,
    manifest_path,
    parse_manifest,
    read_bytes,
    to_bytes,
)
from transforms.lake.parquet import read_files
from transforms.lake.plan import SnapshotPlan, consumed
from transforms.lake.storage import Storage
from transforms.lake.writer import FileChange

INPUTS = "state/inputs"


def commit(storage: Storage, plan: SnapshotPlan, changes: Iterable[FileChange]) -> int | None:
    """Commit ``changes`` on top of the plan's parent and return the number of the new snapshot.

    None, and no snapshot, where there is nothing that the parent does not have. Committing the
    same a second time succeeds and changes nothing.

    Raises:
        LockedError: Another run has taken the lake over from this one.
        LakeError: Another run has made the snapshot of this number, the parent is damaged, or
            the manifest cannot be written. The lake stays as it is then.
    """
    given = list(changes)
    if not any(change.added or change.dropped for change in given):
        return None
    parent_data = None if plan.parent is None else read_bytes(storage, plan.parent)
    manifest = build_manifest(storage, plan, parent_data, given)
    lock.check(storage.root)
    if not storage.create(manifest_path(manifest.snapshot), to_bytes(manifest)):
        _check_same(storage, manifest)
    return manifest.snapshot


def _check_same(storage: Storage, manifest: Manifest) -> None:
    data = read_bytes(storage, manifest.snapshot)
    if not parse_manifest(data, manifest.snapshot, storage.full).same_as(manifest):
        raise LakeError(
            f"Another run has committed snapshot {manifest.snapshot} to {storage.root} while "
            "this one was working on it; what this one wrote is not part of the lake. "
            "Run it again: it will continue from the other's snapshot."
        )


def build_manifest(
    storage: Storage, plan: SnapshotPlan, parent_data: bytes | None, changes: Sequence[FileChange]
) -> Manifest:
    """Return the manifest of the plan's snapshot, whose parent's file is ``parent_data``."""
    parent = (
        None
        if plan.parent is None or parent_data is None
        else parse_manifest(parent_data, plan.parent, storage.full)
    )
    files = _files(parent, changes)
    return Manifest(
        schema_version=SCHEMA_VERSION,
        snapshot=plan.snapshot,
        parent=plan.parent,
        parent_sha256=None if parent_data is None else digest(parent_data),
        storybeam=version(),
        created_at=datetime.now(UTC),
        partition=plan.granularity,
        model=plan.model,
        settings_digest=plan.settings_digest,
        settings=plan.settings,
        passage_settings=_passage_settings(plan, parent),
        watermark=_watermark(plan, parent, files),
        inputs=_new_inputs(storage, parent, files),
        counts=count(files),
        tables=table_entries(files),
        files=files,
    )


def _passage_settings(plan: SnapshotPlan, parent: Manifest | None) -> dict[str, Any] | None:
    given: dict[str, Any] | None = plan.settings.get("passages")
    return given if parent is None or parent.passage_settings == given else None


def _files(parent: Manifest | None, changes: Sequence[FileChange]) -> list[FileEntry]:
    files = {} if parent is None else {entry.path: entry for entry in parent.files}
    for path in {path for change in changes for path in change.dropped}:
        files.pop(path, None)
    added = (FileEntry.model_validate_json(text) for change in changes for text in change.added)
    files |= {entry.path: entry for entry in added}
    return [files[path] for path in sorted(files)]


def _new_inputs(
    storage: Storage, parent: Manifest | None, files: Sequence[FileEntry]
) -> list[InputFile]:
    before = consumed(storage, parent)
    table = read_files(storage, INPUTS, [entry for entry in files if entry.table == INPUTS])
    return [
        InputFile.model_validate(row)
        for row in table.to_pylist()
        if (row["origin"], row["sha256"]) not in before
    ]


def _watermark(
    plan: SnapshotPlan, parent: Manifest | None, files: Sequence[FileEntry]
) -> int | None:
    times = [entry.last_time for entry in files if entry.table == "articles"]
    times += [None if parent is None else parent.watermark]
    latest = max((time for time in times if time is not None), default=None)
    return latest if plan.watermark is None else plan.watermark


def table_entries(files: Sequence[FileEntry]) -> dict[str, TableEntry]:
    """Return rows and content hash of each table that consists of ``files``."""
    names = sorted({*TABLES, *(entry.table for entry in files)})
    return {
        name: TableEntry(
            rows=_rows(files, name),
            content_hash=add_hashes(entry.content_hash for entry in files if entry.table == name),
        )
        for name in names
    }


def count(files: Sequence[FileEntry]) -> Counts:
    """Return how much of everything there is in ``files``."""
    return Counts(
        articles=_rows(files, "articles"),
        duplicates=_tally(files, "articles").get("duplicates", 0),
        paragraphs=_rows(files, "paragraphs"),
        passages=_rows(files, "passages"),
        events=_rows(files, "events") - _tally(files, "events").get("merged", 0),
        storylines=_rows(files, "storylines") - _tally(files, "storylines").get("merged", 0),
        rejected=_tally(files, "rejections"),
    )


def _rows(files: Sequence[FileEntry], table: str) -> int:
    return sum(entry.rows for entry in files if entry.table == table)


def _tally(files: Sequence[FileEntry], table: str) -> dict[str, int]:
    total: dict[str, int] = {}
    for entry in files:
        if entry.table == table:
            for name, count in entry.tally.items():
                total[name] = total.get(name, 0) + count
    return dict(sorted(total.items()))


def version() -> str:
    """Return the version of this program."""
    try:
        return metadata.version("storybeam")
    except metadata.PackageNotFoundError:
        return "unknown"
