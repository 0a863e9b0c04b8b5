"""The whole graph in this process, as tests run it."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import apache_beam as beam
from apache_beam.options.pipeline_options import PipelineOptions
from apache_beam.runners.portability.fn_api_runner import FnApiRunner

from pipelines.lake import Lake
from pipelines.prepare import Job, prepare
from pipelines.run import Outcome, execute, nothing
from pipelines.storylines import build
from schemas.manifest import InputFile, ModelInfo
from schemas.settings import Settings
from schemas.tables import TABLES
from transforms.embedding.base import Embedder
from transforms.embedding.sentence_transformer import DEFAULT_DIGEST
from transforms.lake.hashing import content_hash
from transforms.lake.plan import plan_snapshot
from transforms.sources.files import find_files

NOW = 1_767_225_600_000_000
"""New Year 2026."""
REAL = ModelInfo(name="all-MiniLM-L6-v2", dimension=384, digest=DEFAULT_DIGEST)


def info(embedder: Embedder) -> ModelInfo:
    return ModelInfo(name=embedder.name, dimension=embedder.dimension, digest=embedder.digest)


def run(
    lake: Path,
    inputs: Sequence[Path],
    settings: Settings | None = None,
    model: ModelInfo = REAL,
    repeat: int = 0,
) -> Lake:
    """Read ``inputs`` into ``lake``; ``repeat`` plays every bundle so many times more."""
    settings = settings or Settings()
    found = find_files([str(path) for path in inputs])
    files = [InputFile(origin=f.path, size=f.size, sha256="00" * 32) for f in found.files]
    plan = plan_snapshot(str(lake), settings, model, files)
    options = PipelineOptions([f"--direct_runner_bundle_repeat={repeat}"])
    with beam.Pipeline(runner=FnApiRunner(), options=options) as pipeline:
        _ = build(pipeline, found, settings, plan, NOW)
    return Lake(str(lake))


def launch(
    lake: Path,
    inputs: Sequence[Path],
    settings: Settings | None = None,
    drain: bool = True,
    repeat: int = 0,
) -> Outcome:
    """Run as the command line does, in slices where there is much.

    ``repeat`` plays every bundle so many times more.
    """
    settings = settings or Settings()
    ready = prepare(Job(tuple(map(str, inputs)), str(lake), settings, drain=drain))
    if ready.plan is None:
        return nothing(ready, str(lake))
    flags = ["--runner=FnApiRunner", f"--direct_runner_bundle_repeat={repeat}"]
    return execute(ready, settings, PipelineOptions(flags))


def hashes(lake: Lake) -> dict[str, str]:
    """The content hash of every table, as of now."""
    return {name: content_hash(lake.table(name)) for name in TABLES}
