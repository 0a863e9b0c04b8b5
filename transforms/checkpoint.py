"""The engine's state between bundles and between runs: chunks in Beam's state, tables in a lake."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from typing import NamedTuple

from schemas.batches import STATE, decode_rows, encode_table
from schemas.manifest import Manifest
from schemas.settings import Settings
from transforms.clustering.engine import Engine
from transforms.clustering.state import STATE_VERSION, from_tables, to_tables
from transforms.errors import UsageError
from transforms.lake.manifests import read_manifest
from transforms.lake.parquet import read_files
from transforms.lake.storage import storage_of

CHUNK = 2 << 20
"""Bytes of one element of state: engines bound these at some megabytes."""


class Chunk(NamedTuple):
    """A part of one table of the state, as an Arrow stream."""

    table: str
    number: int
    data: bytes


def to_chunks(engine: Engine) -> Iterator[Chunk]:
    """Yield the state in chunks of bounded size."""
    for name, table in to_tables(engine).items():
        data = encode_table(table)
        for number, start in enumerate(range(0, len(data), CHUNK)):
            yield Chunk(name, number, data[start : start + CHUNK])


def from_chunks(chunks: Iterable[Chunk], settings: Settings) -> Engine:
    """Return the engine whose chunks these are, in whatever order they come."""
    parts: dict[str, dict[int, bytes]] = defaultdict(dict)
    for chunk in chunks:
        parts[chunk.table][chunk.number] = chunk.data
    tables = {
        name: decode_rows(b"".join(data for _, data in sorted(numbered.items())))
        for name, numbered in parts.items()
    }
    return from_tables(tables, settings)


def from_lake(lake: str, snapshot: int | None, settings: Settings, dimension: int) -> Engine:
    """Return the engine as it was when ``snapshot`` was written; a new one for None.

    Raises:
        LakeError: the state is missing, damaged, or of another version.
    """
    if snapshot is None:
        return Engine(dimension, settings)
    storage = storage_of(lake)
    manifest = read_manifest(storage, snapshot)
    names = {entry.table for entry in manifest.files if entry.table.startswith(STATE)}
    tables = {
        name.removeprefix(STATE): read_files(storage, name, manifest.of(name)) for name in names
    }
    return from_tables(tables, settings) if "meta" in tables else Engine(dimension, settings)


def state_version(lake: str, manifest: Manifest | None) -> int | None:
    """Return the version of the state of a snapshot; None where it has none. Raises LakeError."""
    name = f"{STATE}meta"
    entries = manifest.of(name) if manifest else []
    if not entries:
        return None
    rows = read_files(storage_of(lake), name, entries, ["state_version"])
    return int(rows["state_version"][0].as_py())


def check_state(lake: str, manifest: Manifest | None) -> None:
    """Look whether a run can go on from the state of a snapshot; only its version is read.

    Raises:
        UsageError: Another version of storybeam left it.
        LakeError: It is missing or damaged.
    """
    version = state_version(lake, manifest)
    if version not in (None, STATE_VERSION):
        raise UsageError(
            f"The lake {lake} has a state of version {version}, this storybeam goes on from "
            f"{STATE_VERSION}: its tables can be read, and `storybeam replay {lake} --into "
            "NEW_LAKE` makes a lake of them that goes on."
        )
