"""``storybeam run``: prepare, tell what will be done, do it, tell what was done."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

from pipelines.console import err, line, out
from pipelines.prepare import Job, Ready, prepare
from pipelines.progress_view import watched
from pipelines.run import as_json, beam_options, execute, nothing
from pipelines.summary import print_summary
from schemas.manifest import ModelInfo


def run_job(
    job: Job, runner: str, flags: Sequence[str], dry_run: bool = False, for_programs: bool = False
) -> None:
    """Run ``job``; results go to standard output, the rest to standard error.

    Raises what :func:`pipelines.prepare.prepare`, :func:`pipelines.run.beam_options` and
    :func:`pipelines.run.execute` raise.
    """
    options = beam_options(runner, flags)
    ready = prepare(job)
    _tell(ready)
    if dry_run:
        _print_plan(job, runner, ready, for_programs)
        return
    if ready.plan is None:
        outcome = nothing(ready, job.lake)
    else:
        with watched():
            outcome = execute(ready, job.settings, options)
    if for_programs:
        print(json.dumps(as_json(outcome)))
    elif ready.plan is None:
        _print_nothing(job, ready)
    else:
        print_summary(out(), outcome)
        if not outcome.changed:
            out().print(line("Nothing in the input was new; the lake stays as it was."))


def _tell(ready: Ready) -> None:
    for note in ready.notes:
        err().print(line(("Note: ", "yellow"), note), soft_wrap=True)
    if ready.skipped and ready.plan is not None:
        text = f"{ready.skipped} files are passed over: the lake has read them to their end."
        err().print(line(("Note: ", "yellow"), text), soft_wrap=True)


def _print_nothing(job: Job, ready: Ready) -> None:
    number = ready.parent.snapshot if ready.parent else 0
    text = (
        f"Nothing new: the lake {job.lake} has read all {ready.skipped} files to their end. "
        f"It stays at snapshot {number}."
        if ready.parent
        else "Nothing to read was found; nothing was written."
    )
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
