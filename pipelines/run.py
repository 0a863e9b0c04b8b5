"""Runs the graph and says what came of it."""

from __future__ import annotations

import contextlib
import io
import os
import resource
import sys
import time
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from pipelines.prepare import Ready
from schemas.manifest import Counts, Manifest
from schemas.settings import Settings
from transforms.errors import LakeError, UsageError
from transforms.lake.manifests import newest, read_manifest
from transforms.lake.storage import storage_of
from transforms.progress import PROGRESS

if TYPE_CHECKING:
    from apache_beam.options.pipeline_options import PipelineOptions
    from apache_beam.runners.runner import PipelineResult

RUNNER = "FnApiRunner"
"""Named, because what ``DirectRunner`` means depends on what is installed and on the network."""


@dataclass(frozen=True)
class Outcome:
    """What a run came to."""

    lake: str
    manifest: Manifest | None
    """The lake's newest snapshot; None where there is none."""
    parent: Manifest | None
    """The snapshot before the run."""
    files: int
    skipped: int
    placed: int
    """Articles decided on: new ones and newer versions of known ones."""
    unchanged: int
    """Articles that the lake had already, word for word."""
    seconds: float
    """Wall clock of the whole run."""

    @property
    def changed(self) -> bool:
        """Whether there is a new snapshot."""
        return self.manifest is not None and self.manifest != self.parent

    @property
    def added(self) -> Counts:
        """What the lake has more than before the run; less than 0 where events were merged."""
        before = self.parent.counts if self.parent else Counts()
        after = self.manifest.counts if self.manifest else Counts()
        figures = {
            name: getattr(after, name) - getattr(before, name)
            for name in Counts.model_fields
            if name != "rejected"
        }
        rejected = {
            reason: count - before.rejected.get(reason, 0)
            for reason, count in after.rejected.items()
            if count != before.rejected.get(reason, 0)
        }
        return Counts(**figures, rejected=rejected)


def beam_options(runner: str, flags: Sequence[str]) -> PipelineOptions:
    """Return Beam's options of a run; UsageError for a runner or option that does not exist."""
    from apache_beam.options.pipeline_options import PipelineOptions
    from apache_beam.runners.runner import create_runner

    try:
        create_runner(runner)
    except Exception as error:
        raise UsageError(
            f"--runner {runner} cannot be used: {error} The default is {RUNNER}."
        ) from error
    flags = [f"--runner={runner}", *_without_download(runner), *flags]
    said = io.StringIO()
    try:
        with contextlib.redirect_stderr(said):
            options = PipelineOptions(flags)
            known = options.get_all_options()
            kept = options.get_all_options(retain_unknown_options=True)
    except SystemExit as error:
        reason = said.getvalue().strip().rsplit("error: ", 1)[-1]
        raise UsageError(f"Beam cannot read its options {' '.join(flags)}: {reason}.") from error
    _check_known(kept.keys() - known.keys())
    return options


def _check_known(unknown: Collection[str]) -> None:
    """Beam drops what it does not know with a warning in a log; a user should hear of it."""
    if unknown:
        names = ", ".join(f"--{name.lstrip('-')}" for name in sorted(unknown))
        raise UsageError(
            f"Beam has no option {names}. What follows `--` is passed to Beam, for example "
            "`-- --direct_runner_bundle_repeat=1`."
        )


def _without_download(runner: str) -> list[str]:
    """Keep DirectRunner from fetching Prism from the web when it is not on this machine."""
    if runner.rsplit(".", 1)[-1].lower() not in ("directrunner", "switchingdirectrunner"):
        return []
    from apache_beam.runners.portability.prism_runner import PrismJobServer

    cached = os.path.isdir(PrismJobServer.BIN_CACHE) and os.listdir(PrismJobServer.BIN_CACHE)
    return [] if cached else ["--prism_location=none"]


def execute(ready: Ready, settings: Settings, options: PipelineOptions) -> Outcome:
    """Run the graph to its end.

    Raises:
        LakeError: The snapshot cannot be written; or the runner says that the pipeline failed.
        Exception: Whatever the runner makes of an error inside the graph.
    """
    assert ready.plan is not None  # noqa: S101 - the caller has looked
    started = time.perf_counter()
    PROGRESS.reset()
    result = start(ready, settings, options)
    state = result.wait_until_finish()
    if str(state) not in ("DONE", "None"):
        raise LakeError(f"The runner reports that the pipeline ended as {state}.")
    after = newest(storage_of(ready.plan.lake))
    if after is not None and ready.plan.parent != after.snapshot:
        after = read_manifest(storage_of(ready.plan.lake), ready.plan.snapshot)
    counted = _counters(result)
    return Outcome(
        ready.plan.lake,
        after,
        ready.parent,
        len(ready.found.files),
        ready.skipped,
        counted.get("articles", 0),
        counted.get("unchanged", 0),
        round(time.perf_counter() - started, 3),
    )


def start(ready: Ready, settings: Settings, options: PipelineOptions) -> PipelineResult:
    """Build the graph and hand it to the runner; in-process runners have finished on return."""
    import apache_beam as beam

    from pipelines.storylines import build

    assert ready.plan is not None  # noqa: S101 - the caller has looked
    pipeline = beam.Pipeline(options=options)
    build(pipeline, ready.found, settings, ready.plan, time.time_ns() // 1_000)
    return pipeline.run()


def nothing(ready: Ready, lake: str) -> Outcome:
    """Return the outcome where the lake has had all of the input before."""
    PROGRESS.reset()
    return Outcome(lake, ready.parent, ready.parent, 0, ready.skipped, 0, 0, 0.0)


def _counters(result: PipelineResult) -> dict[str, int]:
    found = result.metrics().query()["counters"]
    return {
        metric.key.metric.name: int(metric.committed or 0)
        for metric in found
        if metric.key.metric.namespace == "cluster"
    }


def peak_rss() -> int:
    """Return the most memory this process has held, bytes."""
    size = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return size if sys.platform == "darwin" else size * 1024


def as_json(outcome: Outcome) -> dict[str, Any]:
    """Return the outcome for programs.

    Figures at the top are of this run: rows that the lake has more than before, ``updated``
    (newer versions of known articles), ``unchanged`` (read again, word for word). ``lake`` has
    the totals after it. ``seconds`` are wall clock and ``cpu_seconds`` CPU of the process, both
    by stage; ``peak_rss`` is in bytes.
    """
    added, counts = outcome.added, PROGRESS.counts()
    return {
        **added.model_dump(),
        "updated": outcome.placed - added.articles,
        "unchanged": outcome.unchanged,
        "truncated": counts.get("truncated", 0),
        "files": outcome.files,
        "files_skipped": outcome.skipped,
        "changed": outcome.changed,
        "snapshot": outcome.manifest.snapshot if outcome.manifest else None,
        "lake": {
            "path": outcome.lake,
            **(outcome.manifest.counts if outcome.manifest else Counts()).model_dump(),
        },
        "wall_seconds": outcome.seconds,
        "seconds": PROGRESS.seconds(),
        "cpu_seconds": PROGRESS.cpu_seconds(),
        "peak_rss": peak_rss(),
    }
