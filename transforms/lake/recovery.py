"""Tidies up after a writer that was killed, before the next one starts."""

from __future__ import annotations

import re
from dataclasses import dataclass

from schemas.holder import Holder
from schemas.manifest import DATA_FILE
from transforms.errors import LakeError
from transforms.lake.lock import Hold
from transforms.lake.manifests import manifest_path, read_manifest, snapshots
from transforms.lake.storage import TEMPORARY, LocalStorage, Storage


@dataclass(frozen=True)
class Recovered:
    """What became of the work of a writer that did not finish."""

    writer: Holder
    files: int = 0
    """Removed: unfinished files, and data files that no snapshot has."""
    bytes: int = 0
    kept: str = ""
    """Why nothing was removed, where there may have been something."""

    def words(self) -> str:
        """Return it for people."""
        begun = f"{self.writer.words()} did not finish its work on the lake"
        if self.kept:
            return f"{begun}. What it left behind stays, unused: {self.kept}."
        return f"{begun}. {self.files} files ({self.bytes:,} bytes) that it left were removed."


def recover(storage: Storage, hold: Hold) -> Recovered | None:
    """Undo what the last writer left without a snapshot; None where it left nothing.

    Called while ``hold`` is held. Nothing that any manifest refers to is removed, nor anything
    at all where one of them cannot be read, nor a file from before the newest snapshot: that is
    for ``expire``, which knows who may still be reading.

    In an object store nothing is removed: a request of a writer that is dead may still be on its
    way, and its commit must find its files. The next run writes the same names anyway.

    Raises:
        LakeError: The lake cannot be listed, or a leftover cannot be removed.
    """
    if hold.unfinished is None:
        return None
    if not isinstance(storage, LocalStorage) or not hold.exclusive:
        return Recovered(hold.unfinished, kept="the store may still be given a part of it")
    try:
        left = leftovers(storage)
    except LakeError as error:
        return Recovered(hold.unfinished, kept=str(error).rstrip("."))
    size = sum(storage.size(path) or 0 for path in left)
    for path in left:
        storage.remove(path)
    return Recovered(hold.unfinished, len(left), size) if left else None


def leftovers(storage: Storage) -> list[str]:
    """Return unfinished files, and data files after the newest snapshot that no snapshot has.

    Raises:
        LakeError: A manifest cannot be read, so that nobody knows what it refers to.
    """
    numbers = snapshots(storage)
    newest = storage.modified(manifest_path(numbers[-1])) if numbers else None
    found = storage.paths("")
    unfinished = [path for path in found if path.rsplit("/", 1)[-1].startswith(TEMPORARY)]
    data = [
        path for path in found if re.fullmatch(DATA_FILE, path) and _after(storage, path, newest)
    ]
    if data:
        data = sorted(set(data) - _wanted(storage, numbers))
    return unfinished + data


def _after(storage: Storage, path: str, newest: float | None) -> bool:
    time = storage.modified(path)
    return newest is None or (time is not None and time > newest)


def _wanted(storage: Storage, numbers: list[int]) -> set[str]:
    manifests = (read_manifest(storage, number) for number in numbers)
    return {entry.path for manifest in manifests for entry in manifest.files}
