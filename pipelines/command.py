"""``storybeam run``: prepare, tell what will be done, do it, tell what was done."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from pipelines.console import line, out
from pipelines.held import held
from pipelines.logs import note
from pipelines.prepare import Job, Ready, prepare
from pipelines.progress_view import watched
from pipelines.run import Outcome, as_json, beam_options, execute, nothing
from pipelines.summary import print_summary
from schemas.manifest import ModelInfo
from transforms.lake.recovery import Recovered

if TYPE_CHECKING:
    from apache_beam.options.pipeline_options import PipelineOptions


def run_job(
    job: Job, runner: str, flags: Sequence[str], dry_run: bool = False, for_programs: bool = False
) -> None:
    """Run ``job``; results go to standard output, the rest to standard error.

    Raises what :func:`pipelines.prepare.prepare`, :func:`pipelines.run.beam_options` and
    :func:`pipelines.run.execute` raise.
    """
    options = beam_options(runner, flags)
    if dry_run:
        ready = prepare(job)
        _tell(ready)
        _print_plan(job, runner, ready, for_programs)
        return
    with held(job.lake, "storybeam run") as recovered:
        ready = prepare(job)
        _tell(ready)
        outcome = _outcome(job, ready, options)
    if for_programs:
        print(json.dumps({**as_json(outcome), "recovered": _recovered(recovered)}))
    elif ready.plan is None:
        _print_nothing(job, ready)
    else:
        print_summary(out(), outcome)
        _print_waiting(outcome)
        if not outcome.changed:
            out().print(line("Nothing in the input was new; the lake stays as it was."))


def _outcome(job: Job, ready: Ready, options: PipelineOptions) -> Outcome:
    if ready.plan is None:
        return nothing(ready, job.lake)
    with watched():
        return execute(ready, job.settings, options)


def _recovered(found: Recovered | None) -> dict[str, Any] | None:
    """Return what became of the work of a run that did not finish, for programs."""
    if found is None:
        return None
    writer = found.writer.model_dump(mode="json", include={"what", "who", "pid", "host", "since"})
    return {"files": found.files, "bytes": found.bytes, "kept": found.kept, "writer": writer}


def _tell(ready: Ready) -> None:
    for text in ready.notes:
        note(text)
    if ready.skipped and ready.plan is not None:
        note(f"{ready.skipped} files are passed over: the lake has read them to their end.")


def _print_nothing(job: Job, ready: Ready) -> None:
    number = ready.parent.snapshot if ready.parent else 0
    text = (
        f"Nothing new: the lake {job.lake} has read all {ready.skipped} files to their end. "
        f"It stays at snapshot {number}."
        if ready.parent
        else "Nothing to read was found; nothing was written."
    )
    out().print(line(text), soft_wrap=True)


def _print_waiting(outcome: Outcome) -> None:
    if outcome.waiting:
        text = f"{outcome.waiting:,} articles wait for their windows to end; --drain decides them."
        out().print(line(text), soft_wrap=True)


def _plan(job: Job, runner: str, ready: Ready) -> dict[str, Any]:
    model = ready.plan.model if ready.plan else ready.parent.model if ready.parent else None
    return {
        "dry_run": True,
        "lake": job.lake,
        "parent": ready.parent.snapshot if ready.parent else None,
        "snapshot": ready.plan.snapshot if ready.plan else None,
        "runner": runner,
        "model": model.model_dump() if isinstance(model, ModelInfo) else None,
        "settings_digest": job.settings.digest(),
        "files": [file._asdict() for file in ready.found.files],
        "files_skipped": ready.skipped,
        "files_rejected": [refused.origin for refused in ready.found.rejections],
    }


def _print_plan(job: Job, runner: str, ready: Ready, for_programs: bool) -> None:
    plan, console = _plan(job, runner, ready), out()
    if for_programs:
        print(json.dumps(plan))
        return
    for file in ready.found.files:
        console.print(
            line(f"  read {file.path} ({file.format}, {file.size:,} bytes)"), soft_wrap=True
        )
    for refused in ready.found.rejections:
        console.print(line(f"  reject {refused.origin}: {refused.message}"), soft_wrap=True)
    model, after = plan["model"], plan["snapshot"]
    if model:
        text = f"{model['name']}, {model['dimension']} values, digest {model['digest'][:12]}"
        console.print(line(f"Model: {text}"), soft_wrap=True)
    what = f"snapshot {after}" if after else "nothing: there is nothing new"
    continues = f", going on from snapshot {plan['parent']}" if plan["parent"] else ""
    console.print(
        line(f"Would write to {job.lake}: {what}{continues}, on {runner}."), soft_wrap=True
    )
    console.print(line("This was a dry run; nothing was written."))
