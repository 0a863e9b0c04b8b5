"""Kills its own process at the n-th call by which it touches a folder, without its knowledge.

The calls are those of ``os``; nothing in the product is prepared for being watched.
"""

from __future__ import annotations

import itertools
import os
import re
import signal
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any, Literal

CALLS = ("open", "write", "fsync", "close", "mkdir", "rmdir", "link", "symlink", "rename")
CALLS += ("replace", "unlink", "remove", "truncate", "ftruncate", "utime", "pwrite")
_BY_HANDLE = ("write", "fsync", "close", "ftruncate", "pwrite")
_NAMES = (
    (re.compile(r"\.tmp-[^/]+"), ".tmp"),
    (re.compile(r"[0-9a-f]{16}\.parquet"), "*.parquet"),
    (re.compile(r"date=[-0-9]+"), "date=*"),
    (re.compile(r"[0-9]{8}\.json"), "N.json"),
)

When = Literal["before", "amid", "after"]


@dataclass(frozen=True)
class Kill:
    """Where to die: ``before`` a call, ``after`` it, or ``amid`` it, when half is written."""

    call: int
    """Counts from 1, and only calls whose place begins with ``within``."""
    when: When = "before"
    within: str = ""


class Tracer:
    """Counts the calls below ``folder`` and gives each its name, such as ``link manifests/N.json``.

    Args:
        folder: what is watched.
        kill: where to die; None to count only.
        note: is told the name of the call before the process dies.
    """

    def __init__(self, folder: str, kill: Kill | None, note: Callable[[str], None]) -> None:
        self.seen: list[str] = []
        self._folder = os.path.abspath(folder)
        self._kill = kill
        self._note = note
        self._count = itertools.count(1)
        self._places: dict[int, str] = {}
        """Open files of the folder."""
        self._real = {name: getattr(os, name) for name in CALLS}

    def install(self) -> None:
        """Watch from now on, to the end of the process."""
        for name in CALLS:
            setattr(os, name, self._watched(name))

    def _watched(self, name: str) -> Callable[..., Any]:
        def call(*args: Any, **named: Any) -> Any:
            place = self._place(name, args)
            if place is None:
                return self._real[name](*args, **named)
            return self._traced(name, place, args, named)

        return call

    def _traced(self, name: str, place: str, args: Any, named: Any) -> Any:
        when = self._when(name, place)
        if when == "before":
            self._die()
        if when == "amid":
            self._real["write"](args[0], bytes(args[1])[: len(args[1]) // 2])
            self._die()
        if name == "close":
            self._places.pop(args[0], None)
        found = self._real[name](*args, **named)
        if name == "open":
            self._places[found] = place
        if when == "after":
            self._die()
        return found

    def _when(self, name: str, place: str) -> When | None:
        self.seen.append(f"{name} {place}")
        if self._kill is None or not place.startswith(self._kill.within):
            return None
        if next(self._count) != self._kill.call:
            return None
        # Only what writes can be half done.
        when: When = "before" if self._kill.when == "amid" and name != "write" else self._kill.when
        self._note(f"{when} {name} {place}")
        return when

    def _die(self) -> None:
        os.kill(os.getpid(), signal.SIGKILL)

    def _place(self, name: str, args: tuple[Any, ...]) -> str | None:
        """Where below the folder the call works; None for one that works elsewhere."""
        if name in _BY_HANDLE:
            return self._places.get(args[0])
        return next(filter(None, map(self._below, self._paths(args))), None)

    def _paths(self, args: tuple[Any, ...]) -> Iterator[str]:
        """The last path is what a call makes, so it comes first."""
        for arg in reversed(args[:2]):
            if isinstance(arg, str | os.PathLike):
                yield os.path.abspath(os.fspath(arg))

    def _below(self, path: str) -> str | None:
        if path == self._folder:
            return "./"
        if not path.startswith(f"{self._folder}/"):
            return None
        place = path.removeprefix(f"{self._folder}/")
        for pattern, name in _NAMES:
            place = pattern.sub(name, place)
        return place
