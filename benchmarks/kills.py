"""Kills runs and watches, again and again: is the lake that of runs that nobody killed?

    python -m benchmarks.kills --kills 300

Each killed run is followed by ``storybeam verify`` and by a comparison of all rows of all tables
with the history that nobody disturbed; a reader polls all the while. Prints where the kills hit,
and every failure. Exit 1 if there is one.
"""

from __future__ import annotations

import argparse
import json
import re
import sys
import tempfile
from collections import Counter
from pathlib import Path

from tests.crash.blows import around_the_commit, drawn
from tests.crash.commands import warm
from tests.crash.history import Histories, Report


def main() -> None:
    """Kill as often as was asked for."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--kills", type=int, default=300, help="How many there are to be.")
    parser.add_argument("--seed", type=int, default=1, help="Of the first history.")
    parser.add_argument("--commit", action="store_true", help="One history, around the commit.")
    parser.add_argument("--json", action="store_true", help="Print JSON for programs.")
    given = parser.parse_args()
    warm()
    with tempfile.TemporaryDirectory(prefix="kills-") as folder:
        report = _commit(Path(folder)) if given.commit else _many(Path(folder), given)
    if given.json:
        print(json.dumps(vars(report)))
    else:
        print(table(report))
    sys.exit(bool(report.failures))


def _commit(folder: Path) -> Report:
    histories = Histories(folder)
    return histories.play("lake", around_the_commit(histories.whole))


def _many(folder: Path, given: argparse.Namespace) -> Report:
    histories, report = Histories(folder), Report()
    seed = given.seed
    while len(report.places) < given.kills:
        blows = drawn(histories.whole, seed)
        report.add(histories.play(f"lake-{seed}", blows))
        print(f"{len(report.places)} kills, {len(report.failures)} failures", file=sys.stderr)
        seed += 1
    return report


def table(report: Report) -> str:
    """Return what a person wants to see."""
    found = Counter(map(_kind, report.places))
    lines = [f"{count:6d}  {place}" for place, count in sorted(found.items())]
    lines += [
        f"{len(report.places):6d}  kills",
        f"{report.looks:6d}  looks of a reader",
        f"{len(report.failures):6d}  failures",
        *report.failures,
    ]
    return "\n".join(lines)


def _kind(place: str) -> str:
    """Tables are alike: what matters is the call and what kind of file it works on."""
    return re.sub(r" (?!manifests)[^ .*]+/", " TABLE/", place)


if __name__ == "__main__":
    main()
