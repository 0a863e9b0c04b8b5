"""Shows how far a run is while it blocks: a live line on a terminal, now and then one elsewhere."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from pipelines import logs
from pipelines.console import err, line
from transforms.progress import PROGRESS

if TYPE_CHECKING:
    from rich.console import Console

EVERY = 10.0
"""Seconds between two lines where there is no terminal."""


def progress_line(elapsed: float) -> str:
    """Return where the run stands, ``elapsed`` seconds after its start."""
    counts, seconds = PROGRESS.counts(), PROGRESS.seconds()
    paragraphs, embedding = counts.get("paragraphs", 0), seconds.get("embed", 0.0)
    rate = f" ({paragraphs / embedding:,.0f}/s)" if embedding > 0.1 else ""
    minutes, rest = divmod(int(elapsed), 60)
    return (
        f"{minutes}:{rest:02d}  {_stage(counts)}: {counts.get('read', 0):,} articles read, "
        f"{paragraphs:,} paragraphs embedded{rate}, {counts.get('articles', 0):,} articles "
        f"placed, {counts.get('storylines', 0):,} storylines"
    )


def _stage(counts: dict[str, int]) -> str:
    if counts.get("articles"):
        return "clustering" if counts["articles"] < counts.get("read", 0) else "writing"
    return "embedding" if counts.get("read") else "reading"


@contextmanager
def watched(console: Console | None = None) -> Iterator[None]:
    """Show progress on ``console`` (standard error without it) while the body runs."""
    console, started = console or err(), time.monotonic()

    def now() -> str:
        return progress_line(time.monotonic() - started)

    live = console.is_terminal and not logs.as_json()
    with _live(console, now) if live else _plain(console, now, EVERY):
        yield


@contextmanager
def _live(console: Console, now: Callable[[], str]) -> Iterator[None]:
    from rich.live import Live
    from rich.spinner import Spinner

    spinner = Spinner("dots")

    def view() -> Spinner:
        spinner.update(text=line(now()))
        return spinner

    with Live(get_renderable=view, console=console, refresh_per_second=5, transient=True):
        yield


@contextmanager
def _plain(console: Console, now: Callable[[], str], every: float) -> Iterator[None]:
    done = threading.Event()

    def report() -> None:
        while not done.wait(every):
            if logs.as_json():
                logs.tell("Running.", **PROGRESS.counts())
            else:
                console.print(line(now()), soft_wrap=True)

    thread = threading.Thread(target=report, name="progress", daemon=True)
    thread.start()
    try:
        yield
    finally:
        done.set()
        thread.join()
