"""Everything that is looked at before a run starts, so that what is wrong stops it there."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, NamedTuple

from schemas.manifest import InputFile as ReadInput
from schemas.manifest import Manifest, ModelInfo
from schemas.settings import Settings
from transforms.errors import UsageError
from transforms.lake.manifests import newest
from transforms.lake.parquet import read_files
from transforms.lake.plan import SnapshotPlan, check_columns, consumed, plan_snapshot
from transforms.lake.storage import storage_of
from transforms.sources.base import InputFile
from transforms.sources.files import FoundFiles, RealPaths, find_files
from transforms.sources.lake import StoredArticles
from transforms.waiting import WAITING

_CHUNK = 4 << 20
_NO_RESULT = {"embedding.cache", "embedding.threads", "lake.partition"}
"""Settings that cannot change a result."""


@dataclass(frozen=True)
class Job:
    """What was asked for."""

    inputs: tuple[str, ...]
    lake: str
    settings: Settings
    format: str | None = None
    drain: bool = True
    """Whether every window is decided at the end; else those that more may come for wait."""


class Ready(NamedTuple):
    """What a run would do."""

    found: FoundFiles
    """Input that the lake has not had yet."""
    skipped: int
    """Files that the lake has read to their end before, unchanged."""
    parent: Manifest | None
    """The snapshot to go on from."""
    plan: SnapshotPlan | None
    """None where there is nothing new."""
    notes: tuple[str, ...]
    """What a user should be told before the run."""
    drain: bool = True
    """As the job says."""
    stored: StoredArticles | None = None
    """Another lake to be read instead of files."""


def prepare(
    job: Job, found: FoundFiles | None = None, sums: Mapping[str, str] | None = None
) -> Ready:
    """Return what a run of ``job`` would do; nothing is written.

    The model is loaded unless there is nothing to do.

    Args:
        job: what was asked for.
        found: the files, where someone has looked before; else those behind the job's inputs.
        sums: their SHA-256 by path, where someone has read them before; see :func:`sha256_of`.

    Raises:
        UsageError: An input does not exist, or the lake's path cannot be one.
        ModelError: The model cannot be loaded, or the lake was written with another one.
        LakeError: The lake's newest manifest is damaged.
    """
    _check_place(job.lake)
    found = find_files(job.inputs, job.format) if found is None else found
    storage = storage_of(job.lake)
    parent = newest(storage)
    check_readable(job.lake, parent)
    files = outside(found.files, job.lake)
    notes = _own_files(len(found.files) - len(files))
    sums = {file.path: sha256_of(file) for file in files} if sums is None else sums
    known = consumed(storage, parent)
    new = tuple(file for file in files if (file.path, sums[file.path]) not in known)
    refused = _unknown_rejections(found, job.lake, parent)
    notes += _changed_settings(parent, job.settings)
    plan = None
    wakes = job.drain and parent is not None and bool(parent.of(WAITING))
    same = parent is not None and parent.model.name == job.settings.embedding.model
    if new or refused or wakes or not same:
        plan = plan_snapshot(job.lake, job.settings, model_info(job.settings), _read(new, sums))
    found = FoundFiles(new, refused, found.notes)
    notes = (*found.notes, *notes)
    ready = Ready(found, len(files) - len(new), parent, plan, notes, job.drain)
    return ready if new or refused or wakes else ready._replace(plan=None)


def check_readable(lake: str, parent: Manifest | None) -> None:
    """Look whether a run can go on from ``parent``; UsageError where another version left it."""
    from transforms.checkpoint import check_state

    check_state(lake, parent)
    check_columns(lake, parent)


def model_info(settings: Settings) -> ModelInfo:
    """Return name, dimension and digest of the model; ModelError where it cannot be loaded."""
    from transforms.embed import embedder

    model = embedder(settings.embedding)
    return ModelInfo(name=model.name, dimension=model.dimension, digest=model.digest)


def _check_place(lake: str) -> None:
    if "://" not in lake and os.path.exists(lake) and not os.path.isdir(lake):
        raise UsageError(
            f"--lake {lake} is a file; a folder was expected, which is made where it is missing."
        )


def outside(files: tuple[InputFile, ...], lake: str) -> tuple[InputFile, ...]:
    """Leave the lake's own files alone where it lies inside an input."""
    root = os.path.join(lake if "://" in lake else os.path.realpath(lake), "")
    full = RealPaths()
    return tuple(file for file in files if not full(file.path).startswith(root))


def _own_files(count: int) -> tuple[str, ...]:
    note = f"{count} files of the lake itself lie in the input; they are not read."
    return (note,) if count else ()


def sha256_of(file: InputFile) -> str:
    """Return the sum of the file; empty where it cannot be read, which the run will report."""
    from apache_beam.io.filesystem import BeamIOError, CompressionTypes
    from apache_beam.io.filesystems import FileSystems

    total = hashlib.sha256()
    try:
        with FileSystems.open(file.path, compression_type=CompressionTypes.UNCOMPRESSED) as opened:
            while chunk := opened.read(_CHUNK):
                total.update(chunk)
    except (BeamIOError, OSError):
        return ""
    return total.hexdigest()


def _read(new: Iterable[InputFile], sums: Mapping[str, str]) -> list[ReadInput]:
    return [
        ReadInput(origin=file.path, size=file.size, sha256=sums[file.path])
        for file in new
        if sums[file.path]
    ]


def _unknown_rejections(found: FoundFiles, lake: str, parent: Manifest | None) -> Any:
    if parent is None or not found.rejections:
        return found.rejections
    rows = read_files(storage_of(lake), "rejections", parent.of("rejections"), ["rejection_id"])
    known = set(rows["rejection_id"].to_pylist())
    return tuple(refused for refused in found.rejections if refused.rejection_id not in known)


def _changed_settings(parent: Manifest | None, settings: Settings) -> tuple[str, ...]:
    if parent is None or parent.settings_digest == settings.digest():
        return ()
    return (
        f"The settings are not those of snapshot {parent.snapshot}: {changed(parent, settings)}. "
        "What is new is decided by the new ones; the manifest records them.",
    )


def changed(before: Manifest, settings: Settings) -> str:
    """Return which settings that matter are not those of a snapshot, with both values."""
    old, new = dict(_flat(before.settings)), dict(_flat(settings.model_dump(mode="json")))
    return "; ".join(
        f"{name} {old.get(name)!r} -> {new.get(name)!r}"
        for name in sorted({*old, *new} - _NO_RESULT)
        if old.get(name) != new.get(name)
    )


def _flat(values: Mapping[str, Any]) -> Iterator[tuple[str, Any]]:
    for section, fields in values.items():
        if isinstance(fields, Mapping):
            yield from ((f"{section}.{key}", value) for key, value in fields.items())
