"""Where to kill: at calls drawn by lot, at any time, and at each call of a commit."""

from __future__ import annotations

import itertools
import random
from collections.abc import Sequence

from tests.crash.history import Blow, Whole
from tests.crash.tracer import Kill, When

COMMIT = "manifests"
EACH = 5
"""Kills of one run: what one left, the next one meets."""

_WHEN: Sequence[When] = ("before", "amid", "after")


def drawn(whole: Whole, seed: int) -> list[list[Blow]]:
    """Kills for each run of a history: most at calls, a third of these in the commit."""
    chance = random.Random(seed)
    return [
        [_drawn(chance, calls, seconds) for _ in range(EACH)]
        for calls, seconds in zip(whole.calls, whole.seconds, strict=True)
    ]


def _drawn(chance: random.Random, calls: Sequence[str], seconds: float) -> Blow:
    kind = chance.random()
    if kind < 0.4:
        return chance.uniform(0, seconds)
    within = COMMIT if kind < 0.6 else ""
    return Kill(chance.randint(1, _count(calls, within)), chance.choice(_WHEN), within)


def _count(calls: Sequence[str], within: str) -> int:
    return sum(call.split(" ", 1)[1].startswith(within) for call in calls)


def around_the_commit(whole: Whole) -> list[list[Blow]]:
    """Kills before, amid and after each call around a manifest, and some elsewhere.

    Where the manifest has its name the snapshot is made, whatever comes after; so the calls
    that follow are spread over the runs.
    """
    calls = [call for call in whole.calls[0] if call.split(" ", 1)[1].startswith(COMMIT)]
    written, linked = _first(calls, "write"), _first(calls, "link")
    blows: list[list[Blow]] = [
        [Kill(written, "amid", COMMIT), *(Kill(n, "before", COMMIT) for n in range(1, linked + 1))]
    ]
    blows[0].append(Kill(linked, "after", COMMIT))
    chance = random.Random(0)
    late = itertools.cycle(range(linked + 1, len(calls) + 1))
    for run in range(1, len(whole.calls)):
        some = [_drawn(chance, whole.calls[run], whole.seconds[run] / 2) for _ in range(4)]
        blows.append([*some, Kill(next(late), "after", COMMIT)])
    return blows


def _first(calls: Sequence[str], name: str) -> int:
    return next(n for n, call in enumerate(calls, 1) if call.startswith(f"{name} "))
