"""The graph started as Beam jobs are: ``python -m pipelines.storylines --input … --lake …``."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from itertools import chain

from apache_beam.options.pipeline_options import PipelineOptions, StandardOptions
from apache_beam.runners.runner import PipelineResult

from pipelines.console import err, line, set_up_logging
from pipelines.failures import reported
from pipelines.prepare import Job, prepare
from pipelines.run import RUNNER, beam_options, start
from pipelines.settings_file import load_settings


class StorylineOptions(PipelineOptions):
    """What the graph needs to know beside Beam's own options."""

    @classmethod
    def _add_argparse_args(cls, parser: argparse.ArgumentParser) -> None:
        parser.add_argument("--input", nargs="+", action="append", help="Files, folders or globs.")
        parser.add_argument("--lake", help="Where the tables are kept.")
        parser.add_argument("--input_format", help="jsonl, parquet or text, for all files.")
        parser.add_argument("--settings", help="TOML file; `storybeam config --toml` prints one.")
        parser.add_argument("--set", action="append", help="section.key=value, for one setting.")
        parser.add_argument("--embedding_model", help="A sentence-transformers name or path.")


def main(argv: Sequence[str] | None = None) -> None:
    """Start the graph with Beam's own options and wait for its end where that is possible.

    Exits as the command line does: 0 done, 1 failed, 2 wrong use or configuration.
    """
    set_up_logging(debug=False)
    with reported(debug=False):
        launch(list(sys.argv[1:] if argv is None else argv))


def launch(flags: Sequence[str]) -> PipelineResult | None:
    """Start the graph; None where the lake has had all of the input before."""
    job = _job(PipelineOptions(list(flags)).view_as(StorylineOptions))
    options = beam_options(_runner(flags), flags)
    ready = prepare(job)
    for note in ready.notes:
        err().print(line(note), soft_wrap=True)
    if ready.plan is None:
        err().print(line("Nothing new: the lake stays as it is."))
        return None
    result = start(ready, job.settings, options)
    if _waits(options, result):
        result.wait_until_finish()
    return result


def _job(options: StorylineOptions) -> Job:
    from transforms.errors import UsageError

    if not options.input or not options.lake:
        raise UsageError("--input and --lake are needed: what to read, and where to write.")
    settings = load_settings(options.settings, options.set or (), options.embedding_model)
    inputs = tuple(chain.from_iterable(options.input))
    return Job(inputs, options.lake, settings, options.input_format)


def _runner(flags: Sequence[str]) -> str:
    return str(PipelineOptions(list(flags)).view_as(StandardOptions).runner or RUNNER)


def _waits(options: PipelineOptions, result: PipelineResult) -> bool:
    """Whether to wait: not for a template, whose launcher only writes down what to run."""
    asked_not_to = options.view_as(StandardOptions).no_wait_until_finish
    return not asked_not_to and bool(getattr(result, "has_job", True))
