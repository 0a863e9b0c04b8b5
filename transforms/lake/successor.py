"""A snapshot that brings nothing new: made on top of the newest one by what keeps a lake in order.

History is a line. What a lake was is never taken back by removing what came after, so a reader
that follows the newest manifest is led on, and two who do it at once meet at one number.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Literal

from schemas.manifest import FileEntry, Manifest
from transforms.errors import LakeError
from transforms.lake.commit import count, table_entries, version
from transforms.lake.lock import check
from transforms.lake.manifests import digest, manifest_path, read_bytes, to_bytes
from transforms.lake.storage import Storage


def with_files(manifest: Manifest, files: Iterable[FileEntry]) -> Manifest:
    """Return ``manifest`` with other files and all that follows from them."""
    entries = sorted(files, key=lambda entry: entry.path)
    update = {"files": entries, "tables": table_entries(entries), "counts": count(entries)}
    return manifest.model_copy(update=update)


def add_snapshot(
    storage: Storage,
    parent: int,
    content: Manifest,
    operation: Literal["compact", "rollback"],
    restores: int | None = None,
) -> int:
    """Make what ``content`` consists of the snapshot after ``parent``, and return its number.

    Raises:
        LockedError: The lake's lock was taken over from this process.
        LakeError: There is such a snapshot by now, or the manifest cannot be written.
    """
    manifest = content.model_copy(
        update={
            "snapshot": parent + 1,
            "parent": parent,
            "parent_sha256": digest(read_bytes(storage, parent)),
            "operation": operation,
            "restores": restores,
            "storybeam": version(),
            "created_at": datetime.now(UTC),
            "inputs": [],
        }
    )
    check(storage.root)
    if not storage.create(manifest_path(manifest.snapshot), to_bytes(manifest)):
        raise LakeError(
            f"A run has committed snapshot {manifest.snapshot} to {storage.root} meanwhile; "
            "nothing was changed. Try again when no run is working on the lake."
        )
    return manifest.snapshot
