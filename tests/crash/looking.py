"""What can be seen of a lake from outside, and whether it is whole."""

from __future__ import annotations

import os
import time
from pathlib import Path

from pipelines.lake import Lake
from schemas.tables import KEPT
from transforms.errors import LakeError
from transforms.lake.hashing import content_hash
from transforms.lake.parquet import read_files
from transforms.lake.references import FILE, broken_references, wrong_shares
from transforms.lake.storage import storage_of
from transforms.lake.verify import verify

PAUSE = 1.5
"""Seconds between two looks of a reader."""

Hashes = dict[str, str]
"""Content hash over all rows, by table."""


def examined(lake: str) -> tuple[int, Hashes, list[str]]:
    """Number and hashes of the newest snapshot, from its rows, and what ``verify`` complains of.

    Ids are those of today: which rows are written anew for a merger depends on where slices end.

    0 and nothing where there is no snapshot yet.
    """
    folder = Path(lake) / "manifests"
    if not folder.is_dir() or not any(folder.glob("[0-9]*.json")):
        return 0, {}, []
    found = Lake(lake)
    hashes = {name: content_hash(found.table(name)) for name in found.names()}
    wrong = [f"{p.file}: {p.message}" for p in verify(lake) if p.severity == "problem"]
    return found.snapshot, hashes, wrong


def inconsistencies(lake: str) -> tuple[int, list[str]]:
    """Read the newest snapshot as a user does; return its number and what does not fit."""
    try:
        found = Lake(lake)
    except LakeError as error:
        return 0, [] if "is not a lake" in str(error) else [str(error)]
    storage, wrong = storage_of(lake), []

    def columns(table: str, names: tuple[str, ...]):  # type: ignore[no-untyped-def]
        rows = read_files(storage, table, found.manifest.of(table), names)
        return rows.append_column(FILE, [[table] * rows.num_rows])

    try:
        for name, entry in found.manifest.tables.items():
            rows = found.table(name, as_of="write")
            if (rows.num_rows, content_hash(rows)) != (entry.rows, entry.content_hash):
                wrong.append(f"{name} has not the rows of the manifest")
            if name in KEPT:
                found.table(name)
        wrong += [broken.message for broken in broken_references(columns)]
        wrong += [broken.message for broken in wrong_shares(columns)]
    except LakeError as error:
        wrong.append(str(error))
    return found.snapshot, [f"snapshot {found.snapshot}: {text}" for text in wrong]


def poll(lake: str, report: str, parent: int) -> None:
    """Look again and again while process ``parent`` lives; write to a file what does not fit.

    A look that finds nothing wrong is the word ``whole``.
    """
    last = 0
    while os.getppid() == parent:
        number, wrong = inconsistencies(lake)
        if number < last:
            wrong.append(f"snapshot {number} after {last}")
        last = number
        with Path(report).open("a") as file:
            file.writelines(f"{text}\n" for text in wrong or ["whole"])
        time.sleep(PAUSE)
