"""The command line: ``storybeam run``, ``watch``, ``show``, ``explain`` and the others.

Only what parses arguments is imported here: `--help` must not wait for Beam or torch.
"""

from __future__ import annotations

from typing import Annotated, Any

import typer
from typer.core import TyperCommand

from pipelines import maintenance
from pipelines.evaluate.command import evaluate
from pipelines.failures import FAILED, reported
from transforms.memory import share_arenas

app = typer.Typer(
    name="storybeam",
    help="Turns streams of news articles into storylines, paragraph by paragraph, in Parquet.",
    epilog="Exit codes: 0 done, 1 failed, 2 wrong use or configuration, 130 stopped by Ctrl-C.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)

LakeArgument = Annotated[str, typer.Argument(metavar="LAKE", help="The folder of the lake.")]
JsonOption = Annotated[bool, typer.Option("--json", help="Print JSON for programs.")]
DebugOption = Annotated[
    bool, typer.Option("--debug", help="Show tracebacks and Beam's log on standard error.")
]
SetOption = Annotated[
    list[str] | None,
    typer.Option("--set", metavar="SECTION.KEY=VALUE", help="Change a setting; may be repeated."),
]
ConfigOption = Annotated[
    str | None, typer.Option("--config", metavar="FILE.toml", help="Settings from a file.")
]

ModelOption = Annotated[
    str | None,
    typer.Option("--model", metavar="NAME", help="A sentence-transformers name or path."),
]
FormatOption = Annotated[
    str | None,
    typer.Option("--format", metavar="NAME", help="jsonl, parquet or text, for all files."),
]
LogOption = Annotated[
    str,
    typer.Option("--log-format", metavar="NAME", help="text, or json: one object a line."),
]


class _BeamCommand(TyperCommand):
    """Keeps what follows ``--`` for Beam."""

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
        at = args.index("--") if "--" in args else len(args)
        ctx.obj = args[at + 1 :]
        return super().parse_args(ctx, args[:at])


@app.command(cls=_BeamCommand, epilog="What follows `--` goes to Beam as its options.")
def run(  # noqa: PLR0913, PLR0917 - one parameter an option
    ctx: typer.Context,
    inputs: Annotated[
        list[str], typer.Argument(metavar="INPUT", help="Files, directories or globs.")
    ],
    lake: Annotated[str, typer.Option("--lake", metavar="DIR", help="Where the tables are kept.")],
    runner: Annotated[
        str, typer.Option("--runner", metavar="NAME", help="The Beam runner.")
    ] = "FnApiRunner",
    config: ConfigOption = None,
    change: SetOption = None,
    model: ModelOption = None,
    format: FormatOption = None,
    drain: Annotated[
        bool,
        typer.Option(
            "--drain/--no-drain",
            help="Decide every window at the end, or let those that more may come for wait.",
        ),
    ] = True,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Check everything, show the plan, write nothing.")
    ] = False,
    as_json: Annotated[
        bool, typer.Option("--json", help="Last line of the output: one JSON object.")
    ] = False,
    log_format: LogOption = "text",
    debug: DebugOption = False,
) -> None:
    """Read articles, find their storylines, add them to a lake as its next snapshot."""
    _set_up(debug, log_format)
    stopped = f"Stopped by Ctrl-C. The lake {lake} stays at its last snapshot, whole; run again."
    with reported(debug, stopped):
        from pipelines.settings_file import load_settings

        settings = load_settings(config, change or (), model)
        from pipelines.command import run_job
        from pipelines.prepare import Job

        job = Job(tuple(inputs), lake, settings, format, drain)
        run_job(job, runner, ctx.obj or [], dry_run, as_json)


@app.command(cls=_BeamCommand, epilog="What follows `--` goes to Beam as its options.")
def replay(  # noqa: PLR0913, PLR0917 - one parameter an option
    ctx: typer.Context,
    lake: LakeArgument,
    into: Annotated[str, typer.Option("--into", metavar="DIR", help="Where the new lake is made.")],
    snapshot: Annotated[
        int | None, typer.Option("--snapshot", min=1, help="Of LAKE; the newest without it.")
    ] = None,
    runner: Annotated[
        str, typer.Option("--runner", metavar="NAME", help="The Beam runner.")
    ] = "FnApiRunner",
    config: ConfigOption = None,
    change: SetOption = None,
    model: Annotated[
        str | None,
        typer.Option("--model", metavar="NAME", help="A sentence-transformers name or path."),
    ] = None,
    as_json: Annotated[
        bool, typer.Option("--json", help="Last line of the output: one JSON object.")
    ] = False,
    debug: DebugOption = False,
) -> None:
    """Rebuild a lake from the tables of another, without the sources, with a map of the ids.

    The settings are those of LAKE unless --config, --set or --model say otherwise.
    """
    _set_up(debug)
    stopped = f"Stopped by Ctrl-C. {lake} is as it was; remove {into} before you replay again."
    with reported(debug, stopped):
        from pipelines.replay import ReplayJob
        from pipelines.replay_command import replay_job

        job = ReplayJob(lake, into, snapshot, config, tuple(change or ()), model)
        replay_job(job, runner, ctx.obj or [], as_json)


@app.command(cls=_BeamCommand, epilog="What follows `--` goes to Beam as its options.")
def watch(  # noqa: PLR0913, PLR0917 - one parameter an option
    ctx: typer.Context,
    inputs: Annotated[
        list[str], typer.Argument(metavar="DIR_OR_GLOB", help="Directories, globs or files.")
    ],
    lake: Annotated[str, typer.Option("--lake", metavar="DIR", help="Where the tables are kept.")],
    every: Annotated[str, typer.Option(metavar="TIME", help="Between two looks.")] = "60s",
    stable: Annotated[
        str,
        typer.Option(metavar="TIME", help="A file counts when it has not changed for so long."),
    ] = "5s",
    idle: Annotated[
        str,
        typer.Option(metavar="TIME", help="Without news, after which open windows are decided."),
    ] = "15m",
    once: Annotated[bool, typer.Option("--once", help="Look a single time, for cron.")] = False,
    drain: Annotated[
        bool, typer.Option("--drain", help="With --once: decide on open windows as well.")
    ] = False,
    health: Annotated[
        str | None, typer.Option(metavar="FILE", help="JSON file that says how it goes.")
    ] = None,
    config: ConfigOption = None,
    change: SetOption = None,
    model: ModelOption = None,
    format: FormatOption = None,
    log_format: LogOption = "text",
    debug: DebugOption = False,
) -> None:
    """Grow a lake: read files as they come, again and again, until stopped."""
    from pipelines import logs

    with reported(debug, f"Stopped by Ctrl-C. The lake {lake} stays at its last snapshot."):
        logs.set_up(logs.form(log_format), debug)
        from pipelines.settings_file import load_settings

        settings = load_settings(config, change or (), model)
        from pipelines.prepare import Job
        from pipelines.watch_command import pace, watch_job

        job = Job(tuple(inputs), lake, settings, format)
        watch_job(job, ctx.obj or [], pace(every, stable, idle), health, once, drain)


@app.command()
def show(
    lake: LakeArgument,
    storyline: Annotated[
        str | None, typer.Argument(metavar="[STORYLINE]", help="Its id, or that of an event.")
    ] = None,
    limit: Annotated[int, typer.Option(min=1, help="Rows of a list shown at most.")] = 30,
    as_json: JsonOption = False,
    debug: DebugOption = False,
) -> None:
    """List the storylines of a lake, or show one with its events, articles and history."""
    _set_up(debug)
    with reported(debug):
        from pipelines import show as view

        view.show(lake, storyline, limit, as_json)


@app.command()
def explain(
    lake: LakeArgument,
    target: Annotated[
        str,
        typer.Argument(
            metavar="PARAGRAPH_OR_ARTICLE",
            help="An article_id, paragraph_id, passage_id, URL or the input's own id.",
        ),
    ],
    as_json: JsonOption = False,
    debug: DebugOption = False,
) -> None:
    """Say why a paragraph or an article is where it is: figures, runner-up and margin, in words."""
    _set_up(debug)
    with reported(debug):
        from pipelines import explain_view as view

        view.show(lake, target, as_json)


@app.command()
def verify(lake: LakeArgument, as_json: JsonOption = False, debug: DebugOption = False) -> None:
    """Check every file of a lake: hashes, schemas, rows, references. Exit 1 if one is wrong."""
    _set_up(debug)
    with reported(debug):
        from pipelines import verify_view as view

        if not view.show(lake, as_json):
            raise SystemExit(FAILED)


@app.command()
def config(
    toml: Annotated[
        bool, typer.Option("--toml", help="Print a settings file to start from.")
    ] = False,
    as_json: JsonOption = False,
) -> None:
    """Print every setting with its default, its unit and the reason for the default."""
    _set_up(False)
    with reported(False):
        from pipelines import config_view as view

        view.show(toml, as_json)


app.command()(evaluate)
for command in maintenance.COMMANDS:
    app.command()(command)


def _set_up(debug: bool, log_format: str = "text") -> None:
    from pipelines import console, logs

    with reported(debug):
        logs.form(log_format)
    if log_format == "json":
        logs.set_up("json", debug)
    else:
        console.set_up_logging(debug)


def main() -> None:
    """Run the command line; the entry point of the console script."""
    share_arenas()
    try:
        app()
    except KeyboardInterrupt:  # One that came between two steps, where nothing else catches it.
        typer.echo("Stopped by Ctrl-C; the lake stays at its last snapshot.", err=True)
        raise SystemExit(130) from None


if __name__ == "__main__":
    main()
