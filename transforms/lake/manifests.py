"""Manifests on disk: which there are, reading one with care, and the file a number lives in."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Callable

from pydantic import ValidationError

from schemas.layout import SCHEMA_VERSION
from schemas.manifest import Manifest
from transforms.errors import LakeError
from transforms.lake.storage import Storage

FOLDER = "manifests"
MAX_BYTES = 256_000_000
"""A manifest beyond this is not one: a file entry takes about 500 bytes."""

_NAME = re.compile(rf"{FOLDER}/([0-9]{{8}})\.json")


def manifest_path(snapshot: int) -> str:
    """Return the path below the lake of the manifest of ``snapshot``."""
    return f"{FOLDER}/{snapshot:08d}.json"


def snapshots(storage: Storage) -> list[int]:
    """Return the numbers of all snapshots, ascending."""
    matches = (_NAME.fullmatch(path) for path in storage.paths(FOLDER))
    return sorted(int(match[1]) for match in matches if match)


def no_lake(storage: Storage) -> LakeError:
    """Return the error that says that there is no lake."""
    return LakeError(
        f"{storage.root} is not a lake: {storage.full(manifest_path(1))} was expected. "
        "`storybeam run INPUT --lake DIR` makes one."
    )


def newest(storage: Storage) -> Manifest | None:
    """Return the manifest of the newest snapshot; None where there is no lake yet.

    Raises:
        LakeError: It is damaged. Nobody is given an earlier one unasked, which would look as if
            articles had gone; but the message says which there is.
    """
    numbers = snapshots(storage)
    if not numbers:
        return None
    try:
        return read_manifest(storage, numbers[-1])
    except LakeError as error:
        if len(numbers) == 1:
            raise
        raise LakeError(
            f"{error} Snapshot {numbers[-2]} is not touched by this: it can be read by its number, "
            f"and `storybeam rollback {storage.root} {numbers[-2]}` makes it the newest again."
        ) from error


def read_manifest(storage: Storage, snapshot: int) -> Manifest:
    """Return one manifest.

    Raises:
        LakeError: It is missing, damaged, of another number, or from a newer storybeam.
    """
    return parse_manifest(read_bytes(storage, snapshot), snapshot, storage.full)


def read_bytes(storage: Storage, snapshot: int) -> bytes:
    """Return the manifest file itself; LakeError where it is missing or beyond all bounds."""
    path = manifest_path(snapshot)
    size = storage.size(path)
    if size is not None and size > MAX_BYTES:
        raise LakeError(f"{storage.full(path)} has {size} bytes; {MAX_BYTES} are possible.")
    return storage.read(path)


def parse_manifest(data: bytes, snapshot: int, full: Callable[[str], str]) -> Manifest:
    """Return the manifest in ``data``; ``full`` gives the name of its file in an error."""
    name = full(manifest_path(snapshot))
    try:
        version = _version(data)
        if version > SCHEMA_VERSION:
            raise LakeError(
                f"{name} has schema version {version}; this storybeam reads up to "
                f"{SCHEMA_VERSION}. Install the version that wrote the lake, or a newer one."
            )
        manifest = Manifest.model_validate_json(data)
    except (ValueError, RecursionError) as error:
        raise LakeError(f"{name} is damaged: {_first_line(error)}") from error
    if manifest.snapshot != snapshot:
        raise LakeError(f"{name} is damaged: it says that it is snapshot {manifest.snapshot}.")
    return manifest


def _version(data: bytes) -> int:
    found = json.loads(data)
    version = found.get("schema_version") if isinstance(found, dict) else None
    if not isinstance(version, int):
        raise ValueError("it has no schema_version")
    return version


def _first_line(error: BaseException) -> str:
    if isinstance(error, ValidationError):
        first = error.errors(include_url=False, include_input=False)[0]
        return f"{'.'.join(str(part) for part in first['loc'])}: {first['msg']}"
    return str(error)


def to_bytes(manifest: Manifest) -> bytes:
    """Return the file of ``manifest``."""
    return manifest.model_dump_json(indent=1).encode() + b"\n"


def digest(data: bytes) -> str:
    """Return the SHA-256 of a manifest file, as its child records it."""
    return hashlib.sha256(data).hexdigest()
