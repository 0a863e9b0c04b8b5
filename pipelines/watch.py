"""``storybeam watch``: look, run what is new, commit, sleep; for years."""

from __future__ import annotations

import gc
import logging
import os
from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace
from typing import TYPE_CHECKING, NamedTuple, Protocol

from pipelines import health as health_file
from pipelines.failures import sentence, unwrap
from pipelines.health import Health, State
from pipelines.held import held
from pipelines.logs import LOG, tell
from pipelines.looking import Look, Looker, without
from pipelines.prepare import Job, model_info, prepare, sha256_of
from pipelines.run import Outcome, execute, waiting
from transforms.errors import LakeError, UsageError
from transforms.lake.manifests import manifest_path, newest
from transforms.lake.plan import consumed, plan_snapshot
from transforms.lake.storage import storage_of
from transforms.memory import give_back
from transforms.sources.files import FoundFiles, find_files

if TYPE_CHECKING:
    from apache_beam.options.pipeline_options import PipelineOptions

FIRST_RETRY = 10.0
LONGEST_PAUSE = 900.0
"""Seconds before a failed iteration is tried again: doubled each time, up to the longest. A pause
that was asked for may be longer."""
NOTHING = FoundFiles((), (), ())


class Pace(NamedTuple):
    """When what happens, in seconds."""

    every: float = 60.0
    """Between two iterations."""
    stable: float = 5.0
    """Between the two looks that must find a file the same."""
    idle: float = 900.0
    """Without news, after which what waits is decided."""


class Clock(Protocol):
    """Where the time comes from, and the wish to stop."""

    @property
    def asked(self) -> bool:
        """Whether to stop."""
        ...

    @property
    def over(self) -> bool:
        """Whether the time to finish is over: what is raised then is no failure."""
        ...

    def now(self) -> float:
        """Return seconds of a clock that never goes back."""
        ...

    def wall(self) -> float:
        """Return seconds since the epoch."""
        ...

    def wait(self, seconds: float) -> None:
        """Sleep; return early when asked to stop."""
        ...


class Watch:
    """One process that grows one lake.

    Args:
        job: what to look at; its ``drain`` is of no account.
        options: of Beam.
        pace: when what happens.
        clock: the time, and the wish to stop.
        health: path of the health file, if there is to be one.
        run: :func:`pipelines.run.execute`, or what stands for it.
    """

    def __init__(
        self,
        job: Job,
        options: PipelineOptions,
        pace: Pace,
        clock: Clock,
        health: str | None = None,
        run: Callable[..., Outcome] = execute,
    ) -> None:
        self._job, self._options, self._pace, self._clock = job, options, pace, clock
        self._path, self._run = health, run
        self._own = [os.path.realpath(path) for path in (job.lake, health) if path]
        self._storage = storage_of(job.lake)
        self._looker = Looker(pace.stable, pace.every, sha256_of)
        self._consumed: set[tuple[str, str]] = set()
        self._news_at = clock.now()
        self.health = Health(job.lake, clock.wall())

    def forever(self) -> None:
        """Iterate until asked to stop. A failure is told and tried again, later each time.

        Raises:
            UsageError: Before anything was read: what was asked for is wrong.
            BaseException: The time to finish a batch is over.
        """
        self._check()
        tell(
            "Watching.", inputs=list(self._job.inputs), lake=self._job.lake, **self._pace._asdict()
        )
        while not self._clock.asked:
            pause = self._attempt()
            self.health.next_look_at = self._clock.wall() + pause
            self._note("failing" if self.health.consecutive_failures else "watching")
            self._clock.wait(pause)

    def once(self, drain: bool = False) -> None:
        """Iterate a single time; with ``drain`` decide what waits as well.

        Raises:
            StorybeamError: What :func:`pipelines.prepare.prepare` and the run raise.
        """
        self.iterate(drain)
        self.health.iterations += 1

    def stopped(self, words: str = "Stopped.") -> None:
        """Say that this is the end."""
        self.health.next_look_at = None
        self._note("stopped")
        tell(words, snapshot=self._snapshot or None)

    def iterate(self, drain: bool = False) -> None:
        """Look, and run where there is something to run for."""
        self._follow_lake()
        look = self._look()
        if look.unsettled:
            self._clock.wait(self._pace.stable)
            look = look if self._clock.asked else self._look()
        self.health.files, self.health.files_waiting = look.files, look.unsettled
        idle = self._clock.now() - self._news_at >= self._pace.idle
        if self._clock.asked:
            return
        if look.news:
            self._read(look, drain)
            self._news_at = self._clock.now()
        elif waiting(self.health.manifest) and (drain or idle):
            tell("Deciding what waits.", waiting=waiting(self.health.manifest))
            self._read(Look(NOTHING, {}, 0, 0), True)

    def _check(self) -> None:
        """Stop here where the model or the lake's settings are wrong, news or no news."""
        self._note("starting")
        find_files(self._job.inputs, self._job.format, expected=False)
        model = model_info(self._job.settings)
        with suppress(LakeError):  # What is wrong with the lake may pass.
            prepare(self._job, NOTHING, {})
            plan_snapshot(self._job.lake, self._job.settings, model)

    def _attempt(self) -> float:
        """Iterate; return the seconds until the next time."""
        started = self._clock.now()
        try:
            self.iterate()
        except Exception as error:
            if self._clock.over:
                raise
            told = unwrap(error)
            before = self.health.iterations or self.health.consecutive_failures
            if isinstance(told, UsageError) and not before:
                raise
            return self._failed(sentence(error, told))
        self.health.iterations += 1
        self.health.consecutive_failures = 0
        return max(self._pace.every - (self._clock.now() - started), 0.0)

    def _failed(self, message: str) -> float:
        failures = self.health.consecutive_failures = self.health.consecutive_failures + 1
        longest = max(LONGEST_PAUSE, self._pace.every)
        pause = min(FIRST_RETRY * 2.0 ** min(failures - 1, 30), longest)
        self.health.last_error, self.health.last_error_at = message, self._clock.wall()
        tell(message, logging.ERROR, consecutive_failures=failures, retry_seconds=pause)
        LOG.debug("Where it happened.", exc_info=True)
        return pause

    @property
    def _snapshot(self) -> int:
        return self.health.manifest.snapshot if self.health.manifest else 0

    def _follow_lake(self) -> None:
        """Take in what others did to the lake; two questions to it where they did nothing."""
        here, after = manifest_path(self._snapshot), manifest_path(self._snapshot + 1)
        size = self._storage.size
        if self._snapshot and size(here) is not None and size(after) is None:
            return
        manifest = newest(self._storage)
        if manifest is None and self.health.manifest is None:
            return
        self.health.manifest = manifest
        self._consumed = consumed(self._storage, manifest)
        self._looker.forget()
        age = self._clock.wall() - manifest.created_at.timestamp() if manifest else 0.0
        self._news_at = self._clock.now() - max(age, 0.0)

    def _look(self) -> Look:
        found = find_files(self._job.inputs, self._job.format, expected=False)
        self.health.last_look_at = self._clock.wall()
        return self._looker.look(without(found, self._own), self._clock.now(), self._consumed)

    def _read(self, look: Look, drain: bool) -> None:
        with held(self._job.lake, "storybeam watch", _warn):
            ready = prepare(replace(self._job, drain=drain), look.ready, look.sums)
            for note in ready.notes:
                _warn(note)
            if ready.plan is not None:
                self._note("running")
                outcome = self._run(ready, self._job.settings, self._options)
                self._consumed |= {(read.origin, read.sha256) for read in ready.plan.inputs}
                self.health.manifest = outcome.manifest
                self.health.runs += 1
                _tell_run(outcome)
        self._looker.had(look)
        self._tidy()

    def _tidy(self) -> None:
        """Free what a run leaves: graphs full of circles, and heaps of threads that are gone."""
        gc.collect()
        if not gc.get_freeze_count():  # Modules and the model stay: they need no more looking at.
            gc.freeze()
        give_back()

    def _note(self, state: State) -> None:
        self.health.state = state
        if self._path is None:
            return
        try:
            health_file.write(self._path, self.health, self._clock.wall())
        except OSError as error:
            tell(f"{self._path} cannot be written: {error.strerror}.", logging.WARNING)


def _warn(text: str) -> None:
    tell(text, logging.WARNING)


def _tell_run(outcome: Outcome) -> None:
    added = outcome.added
    tell(
        "Read." if outcome.changed else "Read; nothing in it was new.",
        snapshot=outcome.manifest.snapshot if outcome.manifest else None,
        files=outcome.files,
        articles=added.articles,
        updated=outcome.placed - added.articles,
        unchanged=outcome.unchanged,
        rejected=sum(added.rejected.values()),
        waiting=outcome.waiting,
        seconds=outcome.seconds,
    )
