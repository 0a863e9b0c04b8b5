"""``storybeam replay``: a lake anew from the tables of another, and a map between their ids."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from pipelines.console import line, out
from pipelines.held import held
from pipelines.id_map import write_id_map
from pipelines.lake import Lake
from pipelines.logs import note
from pipelines.progress_view import watched
from pipelines.replay import Replay, ReplayJob, check_place, prepare_replay
from pipelines.run import Outcome, as_json, beam_options, execute
from pipelines.summary import print_summary
from transforms.lake.id_map import LEVELS, WHOLLY, Kept, kept
from transforms.sources.lake import StoredArticles

if TYPE_CHECKING:
    from apache_beam.options.pipeline_options import PipelineOptions


def replay_job(
    job: ReplayJob, runner: str, flags: Sequence[str], for_programs: bool = False
) -> None:
    """Replay a lake; results go to standard output, the rest to standard error.

    Raises what :func:`pipelines.replay.prepare_replay`, :func:`pipelines.run.beam_options` and
    :func:`pipelines.run.execute` raise.
    """
    options = beam_options(runner, flags)
    check_place(job)
    Lake(job.lake, job.snapshot)  # Before a folder is made for the new one.
    with held(job.into, "storybeam replay"):
        replay = prepare_replay(job)
        for text in (*replay.ready.notes, _vectors(replay.source)):
            note(text)
        outcome, rows = run_replay(replay, options)
    source = replay.source
    found = {level: kept(rows, level) for level in LEVELS}
    if for_programs:
        print(json.dumps({**as_json(outcome), "replayed": _as_json(source, found)}))
        return
    print_summary(out(), outcome)
    _print_kept(source, outcome, found)


def run_replay(replay: Replay, options: PipelineOptions) -> tuple[Outcome, list[dict[str, Any]]]:
    """Run the graph, then write the map of the ids; return what came of it, and the map."""
    ready = replay.ready
    assert ready.plan is not None  # noqa: S101 - a replay always has one
    with watched():
        outcome = execute(ready, replay.settings, options)
        if outcome.manifest is None:
            return outcome, []
        made, rows = write_id_map(replay.source, ready.plan, outcome.manifest)
    return replace(outcome, manifest=made), rows


def _vectors(source: StoredArticles) -> str:
    if not source.reuse:
        return "The model or the passage settings are others: every paragraph is embedded again."
    if source.embeds:
        return "Vectors are taken from the lake; articles that had updates are embedded again."
    return "Vectors are taken from the lake; nothing is embedded."


def _as_json(source: StoredArticles, found: Mapping[str, Kept]) -> dict[str, Any]:
    return {
        "lake": source.lake,
        "snapshot": source.snapshot,
        **{LEVELS[level]: counts._asdict() for level, counts in found.items()},
    }


def _print_kept(source: StoredArticles, outcome: Outcome, found: Mapping[str, Kept]) -> None:
    counts = found["storyline"]
    out().print(
        line(
            f"Of {sum(counts)} storylines of {source.lake} (snapshot {source.snapshot}), "
            f"{counts.wholly} are wholly in one of {outcome.lake} ({WHOLLY:.0%} of their text or "
            f"more), {counts.partly} partly, {counts.lost} not at all. The table id_map leads "
            "from old ids to new ones; `storybeam show` takes either."
        ),
        soft_wrap=True,
    )
