"""``storybeam snapshots``, ``diff``, ``rollback``, ``expire``, ``compact``: their command lines.

Only what parses arguments is imported here: `--help` must not wait for pyarrow.
"""

from __future__ import annotations

from typing import Annotated

import typer

from pipelines.failures import reported

Lake = Annotated[str, typer.Argument(metavar="LAKE", help="The folder of the lake.")]
Json = Annotated[bool, typer.Option("--json", help="Print JSON for programs.")]
Debug = Annotated[bool, typer.Option("--debug", help="Show tracebacks on standard error.")]
DryRun = Annotated[bool, typer.Option("--dry-run", help="Say what would be done, change nothing.")]
Limit = Annotated[int, typer.Option("--limit", min=1, help="Rows of a list shown at most.")]

_STOPPED = "Stopped by Ctrl-C. The lake is whole; what is left to do the same command does."


def snapshots(lake: Lake, limit: Limit = 30, as_json: Json = False, debug: Debug = False) -> None:
    """List the snapshots of a lake: who made each when, and what it changed."""
    _set_up(debug)
    with reported(debug):
        from pipelines import snapshots_view as view

        view.show(lake, limit, as_json)


def diff(
    lake: Lake,
    one: Annotated[int, typer.Argument(metavar="A", min=1, help="A snapshot's number.")],
    other: Annotated[int, typer.Argument(metavar="B", min=1, help="Another one's.")],
    limit: Limit = 10,
    as_json: Json = False,
    debug: Debug = False,
) -> None:
    """Tell what became of the storylines between two snapshots: born, merged, split, grown."""
    _set_up(debug)
    with reported(debug):
        from pipelines import diff_view as view

        view.show(lake, one, other, limit, as_json)


def rollback(
    lake: Lake,
    snapshot: Annotated[int, typer.Argument(metavar="SNAPSHOT", min=1, help="Its number.")],
    dry_run: DryRun = False,
    as_json: Json = False,
    debug: Debug = False,
) -> None:
    """Return to an earlier snapshot: it becomes the newest one again. Nothing is removed."""
    _set_up(debug)
    with reported(debug, _STOPPED):
        from pipelines import maintenance_view as view

        view.roll_back(lake, snapshot, dry_run, as_json)


def expire(
    lake: Lake,
    keep: Annotated[
        str | None, typer.Option("--keep", metavar="AGE", help="Keep those younger: 30d, 12h.")
    ] = None,
    last: Annotated[
        int | None, typer.Option("--last", metavar="N", min=1, help="Keep so many of the newest.")
    ] = None,
    grace: Annotated[
        str,
        typer.Option(
            "--grace",
            metavar="AGE",
            help="Leave what may still be in use: files younger than that, and snapshots that "
            "were the newest since.",
        ),
    ] = "1h",
    dry_run: DryRun = False,
    as_json: Json = False,
    debug: Debug = False,
) -> None:
    """Remove old snapshots, and files that none needs. The newest snapshot always stays."""
    _set_up(debug)
    with reported(debug, _STOPPED):
        from pipelines import maintenance_view as view

        view.expire(lake, keep, last, grace, dry_run, as_json)


def compact(
    lake: Lake, dry_run: DryRun = False, as_json: Json = False, debug: Debug = False
) -> None:
    """Fold small files into large ones, as a new snapshot with the same rows."""
    _set_up(debug)
    with reported(debug, _STOPPED):
        from pipelines import maintenance_view as view

        view.compact(lake, dry_run, as_json)


COMMANDS = (snapshots, diff, rollback, expire, compact)


def _set_up(debug: bool) -> None:
    from pipelines.console import set_up_logging

    set_up_logging(debug)
