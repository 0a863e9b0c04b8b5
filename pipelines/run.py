"""Runs the graph and says what came of it."""

from __future__ import annotations

import contextlib
import io
import os
import resource
import sys
import time
from collections import Counter
from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import TYPE_CHECKING, Any

from pipelines.prepare import Ready
from schemas.manifest import Counts, Manifest
from schemas.settings import Settings
from transforms.errors import LakeError, UsageError
from transforms.lake.manifests import read_manifest, snapshots
from transforms.lake.plan import SnapshotPlan
from transforms.lake.storage import Storage, storage_of
from transforms.progress import PROGRESS
from transforms.waiting import WAITING

if TYPE_CHECKING:
    from apache_beam.options.pipeline_options import PipelineOptions
    from apache_beam.runners.runner import PipelineResult

    from pipelines.slices import Slice

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
    waiting: int
    """Articles whose window is still open."""
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
    """Run the graph to its end: in slices of event time, each a snapshot, where there is much.

    Raises:
        LakeError: The snapshot cannot be written; or the runner says that the pipeline failed.
        Exception: Whatever the runner makes of an error inside the graph.
    """
    assert ready.plan is not None  # noqa: S101 - the caller has looked
    started = time.perf_counter()
    PROGRESS.reset()
    storage, after = storage_of(ready.plan.lake), ready.parent
    now = time.time_ns() // 1_000
    counted: Counter[str] = Counter()
    for part in _slices(ready, settings, now):
        one = _for(part, ready, after)
        result = start(one, settings, options, now, part)
        state = result.wait_until_finish()
        if str(state) not in ("DONE", "None"):
            raise LakeError(f"The runner reports that the pipeline ended as {state}.")
        after = _made(storage, one.plan) or after
        counted["waiting"] = 0
        counted.update(_counters(result))
    return Outcome(
        ready.plan.lake,
        after,
        ready.parent,
        len(ready.found.files),
        ready.skipped,
        counted["articles"],
        counted["unchanged"],
        counted["waiting"],
        round(time.perf_counter() - started, 3),
    )


def _slices(ready: Ready, settings: Settings, now: int) -> list[Slice]:
    from pipelines.slices import slices, stored_slices
    from transforms.cluster import Horizon
    from transforms.known import Known

    assert ready.plan is not None  # noqa: S101 - the caller has looked
    disorder = None if ready.drain else settings.events.disorder
    last = Horizon(disorder=disorder)
    if ready.stored is not None:
        return stored_slices(ready.stored, settings, last)
    known = partial(Known, ready.plan.lake, ready.plan.parent)
    return slices(ready.found.files, settings, known, now, last)


def _for(part: Slice, ready: Ready, parent: Manifest | None) -> Ready:
    """Return what is ready for one slice: inputs count as read when the last one is through."""
    assert ready.plan is not None  # noqa: S101 - the caller has looked
    plan = replace(ready.plan, parent=None if parent is None else parent.snapshot)
    if part.end is not None:
        plan = replace(plan, inputs=())
    found = ready.found if part.files is None else ready.found._replace(files=part.files)
    return ready._replace(plan=plan, found=found)


def _made(storage: Storage, plan: SnapshotPlan | None) -> Manifest | None:
    """Return the snapshot that a pipeline was to make; None where it had nothing to write."""
    assert plan is not None  # noqa: S101 - the caller has looked
    return read_manifest(storage, plan.snapshot) if plan.snapshot in snapshots(storage) else None


def start(
    ready: Ready,
    settings: Settings,
    options: PipelineOptions,
    now: int | None = None,
    part: Slice | None = None,
) -> PipelineResult:
    """Build the graph and hand it to the runner; in-process runners have finished on return.

    Without ``part`` it reads and decides everything at once.
    """
    import apache_beam as beam

    from pipelines.storylines import build

    assert ready.plan is not None  # noqa: S101 - the caller has looked
    pipeline = beam.Pipeline(options=options)
    found = ready.stored or ready.found
    build(pipeline, found, settings, ready.plan, now or time.time_ns() // 1_000, part)
    return pipeline.run()


def nothing(ready: Ready, lake: str) -> Outcome:
    """Return the outcome where the lake has had all of the input before."""
    PROGRESS.reset()
    return Outcome(
        lake, ready.parent, ready.parent, 0, ready.skipped, 0, 0, waiting(ready.parent), 0.0
    )


def waiting(manifest: Manifest | None) -> int:
    """Return how many articles wait in a snapshot."""
    return 0 if manifest is None else sum(entry.rows for entry in manifest.of(WAITING))


def _counters(result: PipelineResult) -> Counter[str]:
    """Return the counts of what became of articles, by name: several steps may count the same."""
    total: Counter[str] = Counter()
    for metric in result.metrics().query()["counters"]:
        if metric.key.metric.namespace == "cluster":
            total[metric.key.metric.name] += int(metric.committed or 0)
    return total


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
        "waiting": outcome.waiting,
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
