"""Rebuilding a lake from the tables of another: what is looked at before it starts."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any, NamedTuple

import pyarrow.compute as pc

from pipelines.lake import Lake
from pipelines.prepare import Ready, changed, model_info
from pipelines.settings_file import load_settings
from schemas.manifest import InputFile, Manifest, ModelInfo
from schemas.settings import EmbeddingSettings, Settings
from transforms.checkpoint import state_version
from transforms.clustering.state import STATE_VERSION
from transforms.errors import UsageError
from transforms.lake.commit import INPUTS
from transforms.lake.parquet import read_files
from transforms.lake.plan import plan_snapshot
from transforms.lake.storage import HOLDER, LOCK, storage_of
from transforms.sources.files import FoundFiles
from transforms.sources.lake import StoredArticles
from transforms.waiting import WAITING

_OF_A_MACHINE = {"cache", "threads"}
"""Settings of embedding that are not taken over: they say how a machine was set up."""


@dataclass(frozen=True)
class ReplayJob:
    """What was asked for."""

    lake: str
    into: str
    snapshot: int | None = None
    """Of the old lake; None for its newest."""
    config: str | None = None
    """Settings file; without one the settings are those of the old lake."""
    changes: tuple[str, ...] = ()
    model: str | None = None


class Replay(NamedTuple):
    """What a replay would do."""

    ready: Ready
    settings: Settings
    source: StoredArticles


def prepare_replay(job: ReplayJob) -> Replay:
    """Return what a replay would do; nothing is written.

    The model is loaded only if something must be embedded.

    Raises:
        UsageError: The new lake is not empty, or the settings are wrong.
        ModelError: The model cannot be loaded.
        LakeError: There is no lake to be replayed, or it is damaged.
    """
    old = Lake(job.lake, job.snapshot).manifest
    check_place(job)
    _check_empty(job.into)
    _check_waiting(job.lake, old)
    settings = load_settings(job.config, job.changes, job.model, _settings(old))
    model = _same_model(old, settings.embedding) or model_info(settings)
    same = (model.digest, model.dimension) == (old.model.digest, old.model.dimension)
    passages = settings.passages.model_dump(mode="json")
    source = StoredArticles(job.lake, old.snapshot, reuse=same and old.passage_settings == passages)
    source = replace(source, embeds=not source.reuse or _has_updates(source, old))
    plan = plan_snapshot(job.into, settings, model, _inputs(job.lake, old))
    drain, notes = not old.of(WAITING), _notes(job, old, settings)
    ready = Ready(FoundFiles((), (), ()), 0, None, plan, notes, drain, source)
    return Replay(ready, settings, source)


def check_place(job: ReplayJob) -> None:
    """Refuse a file, a folder with something in it, and the old lake; UsageError says which."""
    lake, into = job.lake, job.into
    if "://" not in into and os.path.exists(into) and not os.path.isdir(into):
        raise UsageError(f"--into {into} is a file; a new or empty folder was expected.")
    roots = [place if "://" in place else os.path.realpath(place) for place in (lake, into)]
    outer, inner = (os.path.join(root, "") for root in roots)
    if inner.startswith(outer):
        raise UsageError(f"--into {into} lies in the lake itself; name a folder beside it.")
    if not storage_of(into).size(HOLDER):  # What a writer left that was killed, is tidied up.
        _check_empty(into)


def _check_empty(into: str) -> None:
    if set(storage_of(into).paths("")) - {LOCK, HOLDER}:
        raise UsageError(
            f"--into {into} is not empty; a lake is replayed into a new or empty folder. Remove "
            "it, where a replay was stopped, or name another."
        )


def _check_waiting(lake: str, old: Manifest) -> None:
    """Refuse to lose what waits where its form is that of another version."""
    entries = old.of(WAITING)
    if entries and state_version(lake, old) != STATE_VERSION:
        rows = sum(entry.rows for entry in entries)
        raise UsageError(
            f"{rows} articles wait in {lake} for their window to end, in a form that this "
            "storybeam does not read. `storybeam run` of the version that wrote them decides "
            "them; replay then."
        )


def _settings(old: Manifest) -> dict[str, Any]:
    """Return the settings of a lake that there still are."""
    known: dict[str, Any] = {}
    for name, field in Settings.model_fields.items():
        section: Any = field.annotation
        values = old.settings.get(name)
        if isinstance(values, Mapping):
            fields = section.model_fields.keys() - _OF_A_MACHINE
            known[name] = {key: value for key, value in values.items() if key in fields}
    return known


def _same_model(old: Manifest, settings: EmbeddingSettings) -> ModelInfo | None:
    """Return the model where its weights on disk are the lake's: it need not be loaded."""
    from transforms.embedding.sentence_transformer import digest_of

    if digest_of(settings.model) != old.model.digest:
        return None
    return ModelInfo(name=settings.model, dimension=old.model.dimension, digest=old.model.digest)


def _has_updates(source: StoredArticles, old: Manifest) -> bool:
    rows = read_files(storage_of(source.lake), "articles", old.of("articles"), ["version"])
    return bool(pc.any(pc.greater(rows["version"], 1)).as_py())


def _inputs(lake: str, old: Manifest) -> list[InputFile]:
    rows = read_files(storage_of(lake), INPUTS, old.of(INPUTS)).to_pylist()
    return [InputFile.model_validate(row) for row in rows]


def _notes(job: ReplayJob, old: Manifest, settings: Settings) -> tuple[str, ...]:
    if old.settings_digest == settings.digest():
        return ()
    which = changed(old, settings)
    return (f"The settings are not those of {job.lake}, snapshot {old.snapshot}: {which}.",)
