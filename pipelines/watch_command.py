"""``storybeam watch`` around the loop: clock, signals, and how the process ends."""

from __future__ import annotations

import logging
import os
import sys
import time
from collections.abc import Sequence

from pipelines.durations import duration
from pipelines.prepare import Job
from pipelines.run import RUNNER, beam_options
from pipelines.stopping import Stopped, Stopping
from pipelines.watch import Pace, Watch
from transforms.errors import UsageError

ABANDONED = "Stopped; a batch was abandoned, and will be read again."


class SystemClock:
    """The machine's clocks; asked to stop by signals."""

    def __init__(self, stopping: Stopping) -> None:
        self._stopping = stopping

    @property
    def asked(self) -> bool:
        """Whether a signal has come."""
        return self._stopping.asked

    @property
    def over(self) -> bool:
        """Whether the time to finish is over."""
        return self._stopping.over

    def now(self) -> float:
        """Return seconds since some start."""
        return time.monotonic()

    def wall(self) -> float:
        """Return seconds since the epoch."""
        return time.time()

    def wait(self, seconds: float) -> None:
        """Sleep, or wake at the signal."""
        self._stopping.wait(seconds)


def pace(every: str, stable: str, idle: str) -> Pace:
    """Return the pace that the options give; UsageError for what is no duration, or too short."""
    given = {"--every": every, "--stable": stable, "--idle": idle}
    times = {option: duration(text, option).total_seconds() for option, text in given.items()}
    if times["--every"] < 1:
        raise UsageError(f"--every {every} is too short; at least 1s was expected.")
    return Pace(*times.values())


def watch_job(
    job: Job,
    flags: Sequence[str],
    pace: Pace,
    health: str | None = None,
    once: bool = False,
    drain: bool = False,
) -> None:
    """Watch until a signal comes, or iterate a single time.

    Raises:
        SystemExit: After a signal: 0 for SIGTERM, 130 for Ctrl-C.
        UsageError: What was asked for is wrong.
        StorybeamError: A single iteration failed.
    """
    _check(health, once, drain)
    options = beam_options(RUNNER, flags)
    with Stopping() as stopping:
        watch = Watch(job, options, pace, SystemClock(stopping), health)
        stopping.last_words = lambda: watch.stopped(ABANDONED)
        try:
            watch.once(drain) if once else watch.forever()
        except BaseException as error:
            if not (stopping.over or isinstance(error, Stopped)):
                raise
            watch.stopped(ABANDONED)
            _end(stopping.exit_code)
    watch.stopped("Done." if once and not stopping.asked else "Stopped.")
    if stopping.asked:
        raise SystemExit(stopping.exit_code)


def _check(health: str | None, once: bool, drain: bool) -> None:
    if drain and not once:
        raise UsageError(
            "--drain goes with --once. A watch that goes on decides what waits after --idle."
        )
    if health is not None and not os.path.isdir(os.path.dirname(health) or "."):
        raise UsageError(f"--health {health}: there is no such folder. Make it first.")


def _end(code: int) -> None:
    """End without waiting for the abandoned batch, whose threads may go on for minutes."""
    logging.shutdown()
    sys.stdout.flush()
    os._exit(code)
