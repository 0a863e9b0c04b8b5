"""A lake that grows run by run while its runs are killed, beside one where none was."""

from __future__ import annotations

import os
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import NamedTuple

from tests.crash import looking
from tests.crash.commands import storybeam
from tests.crash.corpus import write_corpus, write_settings
from tests.crash.looking import Hashes
from tests.crash.processes import KILLED, answer, ended, fork, kill, killed_after
from tests.crash.tracer import Kill

SLICE = 6_000
"""Bytes of a slice: some articles."""

PATIENCE = 60.0
"""Seconds after which a watch is killed that does not come to the call where it should be."""

Blow = Kill | float
"""A kill at a call, or after so many seconds."""


class Run(NamedTuple):
    """One command line."""

    arguments: Sequence[str]
    slices: bool = False
    """Whether it is worked through in slices, each a snapshot; which ones, what was known says."""
    endless: Sequence[str] = ()
    """What is killed instead of it: it does the same, and then goes on to look for more."""


@dataclass(frozen=True)
class Whole:
    """The history that nobody disturbed."""

    after: list[Hashes]
    """Those of the newest snapshot after each run."""
    calls: list[list[str]]
    """What each run did below the lake."""
    seconds: list[float]
    """How long each took."""


@dataclass
class Report:
    """What came of the kills."""

    places: list[str] = field(default_factory=list)
    """Where each kill hit."""
    looks: int = 0
    """How often the reader has read the newest snapshot."""
    failures: list[str] = field(default_factory=list)

    def add(self, other: Report) -> None:
        """Count the other's in."""
        self.places += other.places
        self.looks += other.looks
        self.failures += other.failures


class Histories:
    """Histories of one corpus, below one folder."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._files = write_corpus(folder / "news")
        self._settings = write_settings(folder / "settings.toml")
        self.whole = self._undisturbed()

    def runs(self, lake: str) -> list[Run]:
        """The command lines that make a lake, one after the other."""
        rest = ["--lake", lake, "--config", str(self._settings)]
        watch = ["--every", "1s", "--stable", "0s", *rest]
        one, two, three, four = map(str, self._files)
        return [
            Run(["run", one, *rest]),
            Run(["watch", two, "--once", *watch], endless=["watch", two, *watch]),
            Run(["run", three, four, "--no-drain", *rest], slices=True),
            Run(["run", str(self._files[0].parent), *rest]),
        ]

    def _undisturbed(self) -> Whole:
        lake = str(self._folder / "whole")
        after, calls, seconds = [], [], []
        for run in self.runs(lake):
            started = time.monotonic()
            self._complete(lake, run)
            seconds.append(time.monotonic() - started)
            calls.append(self._note(lake).read_text().splitlines())
            after.append(answer(partial(looking.examined, lake))[1])
        return Whole(after, calls, seconds)

    def play(self, name: str, blows: Sequence[Sequence[Blow]]) -> Report:
        """Make a lake whose ``n``-th run is killed by ``blows[n]`` before it may come to its end.

        Each killed run starts from what the one before has left.
        """
        lake, report = str(self._folder / name), Report()
        after = self.whole.after
        looks = self._folder / f"{name}.looks"
        looks.touch()
        reader = fork(partial(looking.poll, lake, str(looks), os.getpid()), f"{looks}.out")
        for number, run in enumerate(self.runs(lake)):
            for blow in blows[number]:
                place = self._strike(lake, run, blow)
                if place is None:
                    break
                report.places.append(place)
                when = f"{name}, run {number + 1}, killed {place}"
                report.failures += self._check(lake, when, self._possible(number))
            self._complete(lake, run)
            report.failures += self._check(lake, f"{name}, run {number + 1}", [after[number]])
        kill(reader)
        ended(reader)
        lines = looks.read_text().splitlines()
        report.looks = len(lines)
        report.failures += [f"{name}, a reader: {line}" for line in lines if line != "whole"]
        return report

    def _note(self, lake: str) -> Path:
        return Path(f"{lake}.note")

    def _possible(self, number: int) -> list[Hashes] | None:
        """What a lake may hold while run ``number`` is at work; None where that cannot be told."""
        if self.runs("")[number].slices:
            return None
        return [self.whole.after[number - 1] if number else {}, self.whole.after[number]]

    def _start(
        self, lake: str, run: Run, where: Kill | None = None, arguments: Sequence[str] = ()
    ) -> int:
        note, size = self._note(lake), SLICE if run.slices else 0
        note.write_text("")
        call = partial(storybeam, arguments or run.arguments, lake, where, str(note), size)
        return fork(call, f"{lake}.out")

    def _complete(self, lake: str, run: Run) -> None:
        code = ended(self._start(lake, run))
        if code != 0:
            raise RuntimeError(f"exit {code}: {Path(f'{lake}.out').read_text()[-2000:]}")

    def _strike(self, lake: str, run: Run, blow: Blow) -> str | None:
        """Return where the run was killed; None where it had ended before."""
        where, seconds = (blow, PATIENCE) if isinstance(blow, Kill) else (None, blow)
        code = killed_after(self._start(lake, run, where, run.endless), seconds)
        place = self._note(lake).read_text() if where else ""
        place = f"{'watch' if run.endless else 'run'} {place or 'at some time'}"
        if code not in (0, KILLED):
            raise RuntimeError(f"exit {code}: {Path(f'{lake}.out').read_text()[-2000:]}")
        return place if code == KILLED else None

    def _check(self, lake: str, when: str, possible: Sequence[Hashes] | None) -> list[str]:
        """What is wrong with the lake: as a whole, and beside that of the undisturbed history."""
        number, hashes, problems = answer(partial(looking.examined, lake))
        wrong = [f"{when}: verify: {text}" for text in problems]
        if possible is None or hashes in possible:
            return wrong
        wanted = possible[-1]
        differing = sorted(k for k in {*wanted, *hashes} if wanted.get(k) != hashes.get(k))
        return [*wrong, f"{when}: snapshot {number} differs in {', '.join(differing)}"]
