"""Lets go of old snapshots, and of files that no snapshot needs.

Manifests go first, the oldest before the others, then the files that they alone named. Killed at
any point this leaves a whole lake, and at most files to be taken away the next time.
"""

from __future__ import annotations

import re
import time
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from typing import NamedTuple

from schemas.manifest import DATA_FILE, Manifest
from transforms.errors import LakeError, UsageError
from transforms.lake.lock import check
from transforms.lake.manifests import manifest_path, no_lake, read_manifest, snapshots
from transforms.lake.storage import TEMPORARY, Storage, storage_of

GRACE = timedelta(hours=1)
"""How long a file, and a snapshot that others have replaced, may still be in use."""


@dataclass(frozen=True)
class Rule:
    """Which snapshots stay, beside the newest: those that one of the two says."""

    keep: timedelta | None = None
    """Snapshots made since then stay."""
    last: int | None = None
    """So many of the newest stay; at least 1."""
    grace: timedelta = GRACE


@dataclass(frozen=True)
class Expiry:
    """What went, or would go."""

    snapshots: list[int]
    kept: list[int]
    files: int
    """Files that only those snapshots named."""
    leftovers: list[str]
    """Files that no snapshot named: of runs that were killed."""
    bytes: int
    """Of both."""
    waiting: int
    """Files that no snapshot names, but which are younger than the grace time."""
    dry_run: bool


def expire(lake: str, rule: Rule, dry_run: bool = False) -> Expiry:
    """Remove what ``rule`` lets go from ``lake``; the newest snapshot always stays.

    Nothing but data files and unfinished ones is touched, whatever else lies in the folder. To be
    called while the lake is held (:mod:`transforms.lake.lock`): a run that goes back to files of
    an expired snapshot must not do so at this moment.

    Raises:
        UsageError: The rule names neither an age nor a number.
        LakeError: There is no lake, a manifest is damaged (what it needs is not known then, and
            nothing is removed), or a file cannot be removed.
        LockedError: The lake's lock was taken over from this process.
    """
    if rule.keep is None and rule.last is None:
        raise UsageError("Say what stays: --keep 30d (by age), --last 10 (by number), or both.")
    storage = storage_of(lake)
    made, last_needed = _all(storage)
    count = expired(list(made.values()), rule, datetime.now(UTC))
    gone, kept = list(made)[:count], list(made)[count:]
    listed = storage.paths("")
    for number in () if dry_run else gone:
        _remove(storage, manifest_path(number))
    spare = [path for path in listed if _is_ours(path) and last_needed.get(path, 0) < kept[0]]
    removed = _clear(storage, spare, rule.grace, dry_run)
    leftovers = [path for path in removed.paths if path not in last_needed]
    files = len(removed.paths) - len(leftovers)
    return Expiry(gone, kept, files, leftovers, removed.bytes, removed.waiting, dry_run)


def expired(made: Sequence[datetime], rule: Rule, now: datetime) -> int:
    """Return how many of the snapshots go, of which ``made`` says when they were made, in order.

    Always the first ones: history has no holes. A snapshot that was the newest within the grace
    time stays, because somebody may be reading it.
    """
    count = 0
    for index, (own, next_) in enumerate(pairwise(made)):
        young = rule.keep is not None and own > now - rule.keep
        among_last = rule.last is not None and index >= len(made) - rule.last
        if young or among_last or next_ > now - rule.grace:
            break
        count += 1
    return count


def _all(storage: Storage) -> tuple[dict[int, datetime], dict[str, int]]:
    """Return when each snapshot was made, and for each file the last snapshot that needs it."""
    made: dict[int, datetime] = {}
    last_needed: dict[str, int] = {}
    for number in snapshots(storage):
        manifest = _read(storage, number)
        made[number] = manifest.created_at
        last_needed |= dict.fromkeys((entry.path for entry in manifest.files), number)
    if not made:
        raise no_lake(storage)
    return made, last_needed


def _read(storage: Storage, number: int) -> Manifest:
    try:
        return read_manifest(storage, number)
    except LakeError as error:
        raise LakeError(
            f"{error} Nothing was removed: which files that snapshot needs is not known."
        ) from error


class _Removed(NamedTuple):
    paths: list[str]
    bytes: int
    waiting: int


def _remove(storage: Storage, path: str) -> None:
    check(storage.root)
    storage.remove(path)


def _clear(storage: Storage, spare: Sequence[str], grace: timedelta, dry_run: bool) -> _Removed:
    limit = time.time() - grace.total_seconds()
    paths, size, waiting = [], 0, 0
    for path in spare:
        written = storage.modified(path)
        if written is None:
            continue
        if written > limit:
            waiting += 1
            continue
        size += storage.size(path) or 0
        paths.append(path)
        if not dry_run:
            _remove(storage, path)
    return _Removed(paths, size, waiting)


def _is_ours(path: str) -> bool:
    unfinished = path.rsplit("/", 1)[-1].startswith(TEMPORARY)
    return unfinished or re.fullmatch(DATA_FILE, path) is not None
