"""Fit once for each corpus without it, and write what was fitted: one file a corpus.

    python benchmarks/fit_folds.py benchmarks/folds
    storybeam evaluate ../shared/data/labelled --folds benchmarks/folds

As in fit_weights.py, but nothing has seen the corpus that is left out: not the weights, not the
model whose errors the second round is fitted on, not the shares of terms that the others are
read with. AllSides is cut by date: its fold is fitted on the others and on AllSides to 2016, and
its background is that of the others.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))

from benchmarks.corpora import DATED, ROOT, SEED, Example, cached, load, training
from benchmarks.fit_weights import fit, rows, shares
from benchmarks.fitted_files import origin, write_fold
from schemas.settings import Settings
from transforms.clustering.background import Prior
from transforms.clustering.score import Weights

Corpora = Mapping[str, Sequence[Example]]
UNTIL = "2016-12-31"
"""The last day of AllSides that is fitted on."""


def fold(corpora: Corpora, name: str) -> tuple[Weights, Prior, dict[str, int]]:
    """Return weights and background without ``name``, and how many articles of which corpora."""
    others = {n: list(c) for n, c in corpora.items() if n != name}
    used = dict(others)
    if name == DATED:
        used[DATED] = training(DATED, list(corpora[DATED]))
    priors = {n: shares(c for m, c in used.items() if m != n) for n in used}
    train = {n: training(n, c) for n, c in used.items()}
    taught = {n: rows(train[n], priors[n], None) for n in train}
    first = fit(list(taught.values()))
    met = [rows(train[n], priors[n], first) for n in train]
    counts = {f"{n} to {UNTIL}" if n == DATED else n: len(c) for n, c in train.items()}
    return fit([*taught.values(), *met]), shares(others.values()), counts


def main(arguments: Sequence[str] | None = None) -> None:
    """Fit the folds and write them."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("folds", type=Path, help="folder for the files")
    parser.add_argument("--corpora", default=ROOT.parent / "shared/data/labelled", type=Path)
    parser.add_argument("--vectors", default=ROOT.parent / "cache/vectors.sqlite", type=Path)
    parser.add_argument("--limit", type=int, default=2500, help="articles of a corpus at most")
    parser.add_argument("--only", action="append", metavar="CORPUS", help="only that fold")
    options = parser.parse_args(arguments)
    settings = Settings()
    corpora = load(options.corpora, options.limit, cached(options.vectors, settings), settings)
    for name in options.only or corpora:
        weights, prior, counts = fold(corpora, name)
        start = origin(SEED, script="benchmarks/fit_folds.py", articles=counts)
        write_fold(options.folds, name, weights, prior, start)
        print(name, json.dumps(counts), weights.bias, weights.features.tolist(), flush=True)


if __name__ == "__main__":
    main()
