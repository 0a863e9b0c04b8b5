"""``storybeam evaluate``: its command line.

Only what parses arguments is imported here: `--help` must not wait for Beam or torch.
"""

from __future__ import annotations

from typing import Annotated

import typer

from pipelines.failures import reported


def evaluate(  # noqa: PLR0913, PLR0917 - one parameter an option
    corpora: Annotated[
        list[str] | None,
        typer.Argument(metavar="[CORPUS]...", help="JSON Lines with a gold story an article."),
    ] = None,
    json_file: Annotated[
        str | None, typer.Option("--json", metavar="FILE", help="Write all figures there.")
    ] = None,
    probes: Annotated[
        str | None,
        typer.Option("--probes", metavar="LAKE", help="Look for long stories in a lake."),
    ] = None,
    gold: Annotated[
        str, typer.Option("--gold", metavar="KEY", help="The key of an article's story.")
    ] = "story",
    since: Annotated[
        list[str] | None,
        typer.Option(
            "--since",
            metavar="[CORPUS=]DATE",
            help="Stream all, score from then on; may be repeated.",
        ),
    ] = None,
    drop: Annotated[
        str | None,
        typer.Option("--drop", metavar="PATTERN", help="Leave out stories that it matches."),
    ] = None,
    limit: Annotated[
        int | None, typer.Option("--limit", min=1, help="Only that many articles, the earliest.")
    ] = None,
    step: Annotated[
        float, typer.Option("--step", min=0.001, help="Minutes between undated articles.")
    ] = 15.0,
    digests: Annotated[
        int, typer.Option("--digests", min=0, max=10_000, help="Stitched articles of a corpus.")
    ] = 40,
    weights: Annotated[
        str | None,
        typer.Option("--weights", metavar="FILE", help="Weights other than the packaged ones."),
    ] = None,
    background: Annotated[
        str | None,
        typer.Option("--background", metavar="FILE", help="Likewise, for how common terms are."),
    ] = None,
    folds: Annotated[
        str | None,
        typer.Option(
            "--folds",
            metavar="DIR",
            help="For a corpus with a file of its name there, what was fitted without it.",
        ),
    ] = None,
    config: Annotated[
        str | None, typer.Option("--config", metavar="FILE.toml", help="Settings from a file.")
    ] = None,
    change: Annotated[
        list[str] | None,
        typer.Option(
            "--set", metavar="SECTION.KEY=VALUE", help="Change a setting; may be repeated."
        ),
    ] = None,
    debug: Annotated[
        bool, typer.Option("--debug", help="Show tracebacks on standard error.")
    ] = False,
) -> None:
    """Measure the storylines on labelled corpora, and long stories in a lake."""
    from pipelines.console import set_up_logging

    set_up_logging(debug)
    with reported(debug):
        from pipelines.evaluate.corpus import Reading
        from pipelines.evaluate.fitted import FittedFiles
        from pipelines.evaluate.job import EvaluationJob, run_evaluation
        from pipelines.evaluate.run import to_mapping
        from pipelines.settings_file import load_settings

        settings = load_settings(config, change or ())
        reading = Reading(
            gold,
            step_minutes=step,
            since=to_mapping(since or ()),
            drop=drop,
            limit=limit,
        )
        run_evaluation(
            EvaluationJob(
                tuple(corpora or ()),
                settings,
                reading,
                digests,
                FittedFiles(weights, background, folds),
                probes,
                json_file,
            )
        )
