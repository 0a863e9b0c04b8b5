"""Tell a difference between two evaluations from noise.

python -m pipelines.evaluate.compare BEFORE.json AFTER.json

Both are of the same corpora. The same stories are drawn for both, so what is hard for either
falls out of the difference: its interval is narrower than those of the two figures.
"""

from __future__ import annotations

import json
import statistics
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

import numpy as np

from pipelines.console import out
from pipelines.evaluate.metrics import Floats, percentiles, resampled
from pipelines.evaluate.tables import LEVELS, Figures, Table, fraction
from pipelines.evaluate.view import print_table
from transforms.errors import UsageError


class Difference(NamedTuple):
    """B3 F1 before and after, and the 95 % interval of what it gained."""

    corpus: str
    level: str
    before: float
    after: float
    low: float
    high: float

    @property
    def verdict(self) -> str:
        """Say whether the interval leaves out 0."""
        if self.low <= 0 <= self.high:
            return "tie"
        return "better" if self.low > 0 else "worse"


def compare(before: Figures, after: Figures) -> list[Difference]:
    """Return the differences of each corpus and level, then of the means over corpora.

    Raises:
        UsageError: They have no corpus in common, or one with other stories.
    """
    found: list[Difference] = []
    for key, level in LEVELS:
        rows: list[Difference] = []
        draws: list[Floats] = []
        for name, (one, other) in _common(before, after, key).items():
            draws.append(_gained(name, one["by_story"], other["by_story"], len(draws)))
            interval = percentiles(draws[-1])
            rows.append(Difference(name, level, one["f1"], other["f1"], *interval))
        means = (statistics.fmean(r.before for r in rows), statistics.fmean(r.after for r in rows))
        rows.append(Difference("mean", level, *means, *percentiles(np.mean(draws, axis=0))))
        found += rows
    return found


def table(differences: Sequence[Difference]) -> Table:
    """Return a line a difference."""
    head = ("Corpus", "Level", "Before", "After", "Gained", "95 %", "")
    rows = [
        (
            one.corpus,
            one.level,
            fraction(one.before),
            fraction(one.after),
            f"{one.after - one.before:+.4f}",
            f"{one.low:+.4f} {one.high:+.4f}",
            one.verdict,
        )
        for one in differences
    ]
    note = "B3 F1 of articles, with the interval of the difference by resampling stories in pairs."
    return Table(head, rows, range(2, 6), note)


def _common(before: Figures, after: Figures, key: str) -> dict[str, tuple[Figures, Figures]]:
    ones, others = (
        {figures["corpus"]: figures[key] for figures in one["corpora"] if key in figures}
        for one in (before, after)
    )
    found = {name: (ones[name], others[name]) for name in ones if name in others}
    if not found:
        raise UsageError("The two have no labelled corpus in common.")
    return found


def _gained(
    name: str,
    before: Mapping[str, Sequence[float]],
    after: Mapping[str, Sequence[float]],
    seed: int,
) -> Floats:
    """Return the gain in F1 in each resample of the stories."""
    counts = [{story: values[0] for story, values in one.items()} for one in (before, after)]
    if counts[0] != counts[1]:
        raise UsageError(f"{name}: the two do not score the same articles; options differ?")
    ones, others = (
        np.array([one[story] for story in sorted(before)]).T[[1, 2, 0]] for one in (before, after)
    )
    gained: Floats = resampled(others, seed=seed) - resampled(ones, seed=seed)
    return gained


def main(paths: Sequence[str]) -> None:
    """Print the differences between two files of results."""
    if len(paths) != 2:
        raise UsageError("Name two files that `storybeam evaluate --json FILE` has written.")
    before, after = (json.loads(Path(path).read_text("utf-8")) for path in paths)
    print_table(out(), table(compare(before, after)))


if __name__ == "__main__":
    main(sys.argv[1:])
