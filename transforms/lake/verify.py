"""Looks at everything a lake promises and names the exact file where a promise is broken."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

import pyarrow as pa

from schemas.batches import partition_of
from schemas.manifest import FileEntry, Manifest
from schemas.tables import KEPT
from transforms.errors import LakeError
from transforms.lake.hashing import add_hashes, content_hash, fingerprint, row_bytes
from transforms.lake.manifests import (
    FOLDER,
    digest,
    manifest_path,
    parse_manifest,
    read_bytes,
    snapshots,
)
from transforms.lake.parquet import read_parquet
from transforms.lake.references import FILE, broken_references, wrong_shares
from transforms.lake.storage import HOLDER, LOCK, TEMPORARY, Storage, storage_of

_CHUNK = 4 << 20


@dataclass(frozen=True, order=True)
class Problem:
    """One finding."""

    file: str
    """Path below the lake."""
    message: str
    severity: Literal["problem", "note"] = "problem"
    """A note is nothing to worry about: a file that no snapshot needs."""


def verify(lake: str) -> list[Problem]:
    """Return what is wrong with ``lake``: problems first, then notes, each by file.

    Every file of every snapshot is compared with its manifest (length, SHA-256); the newest
    readable snapshot is also opened (schema, rows, content, keys, references, shares).

    Raises:
        LakeError: There is no lake, or its files cannot be listed.
    """
    storage = storage_of(lake)
    manifests: list[Manifest] = []
    found = list(_chain(storage, manifests))
    entries = {entry.path: entry for manifest in manifests for entry in manifest.files}
    damaged = [problem for entry in entries.values() for problem in _file(storage, entry)]
    found += damaged
    if manifests:
        found += _contents(storage, manifests[-1], {problem.file for problem in damaged})
    found += _leftovers(storage, {LOCK, HOLDER, *entries})
    return sorted(found, key=lambda problem: (problem.severity == "note", problem))


def _chain(storage: Storage, manifests: list[Manifest]) -> Iterator[Problem]:
    """Yield what is wrong with the manifests, and put those that can be read into the list."""
    numbers = snapshots(storage)
    if not numbers:
        raise LakeError(f"{storage.full(manifest_path(1))} was expected: there is no lake.")
    known: dict[int, bytes] = {}
    for number in numbers:
        path = manifest_path(number)
        try:
            known[number] = read_bytes(storage, number)
            manifest = parse_manifest(known[number], number, storage.full)
        except LakeError as error:
            yield Problem(path, str(error))
            continue
        manifests.append(manifest)
        yield from (Problem(path, text) for text in _ancestry(manifest, known, numbers[0]))
        yield from (Problem(path, text) for text in _sums(manifest))


def _ancestry(manifest: Manifest, known: dict[int, bytes], first: int) -> Iterator[str]:
    if manifest.parent is None:
        if manifest.snapshot != first:
            yield "it has no parent, but there are earlier snapshots"
    elif manifest.parent not in known:
        if manifest.snapshot != first:
            yield f"its parent, snapshot {manifest.parent}, is missing"
    elif digest(known[manifest.parent]) != manifest.parent_sha256:
        yield f"{manifest_path(manifest.parent)} is not the parent it was written on"


def _sums(manifest: Manifest) -> Iterator[str]:
    for name in {*manifest.tables, *(entry.table for entry in manifest.files)}:
        files, table = manifest.of(name), manifest.tables.get(name)
        rows, content = (
            sum(entry.rows for entry in files),
            add_hashes(e.content_hash for e in files),
        )
        if table is None or (table.rows, table.content_hash) != (rows, content):
            yield f"what it says of {name} is not what its files add up to"


def _file(storage: Storage, entry: FileEntry) -> Iterator[Problem]:
    size = storage.size(entry.path)
    if size is None:
        yield Problem(entry.path, "it is missing")
    elif size != entry.bytes:
        yield Problem(entry.path, f"it has {size} bytes and was written with {entry.bytes}")
    elif _sha256(storage, entry.path) != entry.sha256:
        yield Problem(entry.path, "its SHA-256 is not the one it was written with")


def _sha256(storage: Storage, path: str) -> str:
    total = hashlib.sha256()
    with storage.open(path) as file:
        while chunk := file.read(_CHUNK):
            total.update(chunk)
    return total.hexdigest()


def _contents(storage: Storage, manifest: Manifest, damaged: set[str]) -> Iterator[Problem]:
    sound = [entry for entry in manifest.files if entry.path not in damaged]
    wrong = [problem for entry in sound for problem in _rows(storage, entry)]
    wrong += [problem for entry in sound for problem in _place(manifest, entry)]
    yield from wrong
    readable = [entry for entry in sound if entry.path not in {problem.file for problem in wrong}]
    columns = _Columns(storage, readable)
    for name in sorted({entry.table for entry in readable} & set(KEPT)):
        yield from _repeated(columns, name)
    if len(readable) < len(manifest.files):
        return  # What a damaged file held cannot be told from what never was.
    for file, message in (*broken_references(columns), *wrong_shares(columns)):
        yield Problem(file, message)


def _rows(storage: Storage, entry: FileEntry) -> Iterator[Problem]:
    layout = KEPT.get(entry.table)
    if layout is not None and entry.fingerprint != fingerprint(layout.schema):
        yield Problem(entry.path, f"its schema is not that of {entry.table}")
        return
    try:
        rows = read_parquet(storage, entry)
    except LakeError as error:
        yield Problem(entry.path, str(error))
        return
    if rows.num_rows != entry.rows:
        yield Problem(entry.path, f"it has {rows.num_rows} rows, the manifest says {entry.rows}")
    elif content_hash(rows) != entry.content_hash:
        yield Problem(entry.path, "its rows are not those that the manifest describes")


def _place(manifest: Manifest, entry: FileEntry) -> Iterator[Problem]:
    times = {entry.first_time, entry.last_time} - {None}
    places = {partition_of(entry.table, time or 0, manifest.partition) for time in times}
    for place in sorted(places - {entry.partition}):
        yield Problem(entry.path, f"it holds rows of the partition {place}")


def _repeated(columns: _Columns, name: str) -> Iterator[Problem]:
    rows = columns(name, KEPT[name].key)
    owners: dict[bytes, str] = {}
    for key, file in zip(row_bytes(rows, KEPT[name].key), rows[FILE].to_pylist(), strict=True):
        if key in owners:
            yield Problem(file, f"a row of {name} has the key of another one in {owners[key]}")
        owners[key] = file


def _leftovers(storage: Storage, wanted: set[str]) -> Iterator[Problem]:
    for path in storage.paths(""):
        name = path.rsplit("/", 1)[-1]
        if name.startswith(TEMPORARY):
            yield Problem(path, "left behind by a run that was killed", "note")
        elif path not in wanted and not path.startswith(f"{FOLDER}/"):
            yield Problem(path, "no snapshot needs it", "note")


class _Columns:
    """Reads columns of one table with the file each row comes from."""

    def __init__(self, storage: Storage, entries: Sequence[FileEntry]) -> None:
        self._storage, self._entries = storage, entries

    def __call__(self, table: str, names: tuple[str, ...]) -> pa.Table:
        entries = [entry for entry in self._entries if entry.table == table]
        parts = [self._part(entry, names) for entry in entries]
        empty = KEPT[table].schema.empty_table().select(list(names))
        return pa.concat_tables(parts or [_with_file(empty, "")])

    def _part(self, entry: FileEntry, names: tuple[str, ...]) -> pa.Table:
        return _with_file(read_parquet(self._storage, entry, names), entry.path)


def _with_file(rows: pa.Table, path: str) -> pa.Table:
    return rows.append_column(FILE, pa.array([path] * rows.num_rows, pa.string()))
