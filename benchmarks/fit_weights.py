"""Fit the join score's weights and the background's shares on labelled corpora.

    python benchmarks/fit_weights.py                 print figures, leaving one corpus out
    python benchmarks/fit_weights.py --write         ... and write weights.json, background.json
    python benchmarks/fit_weights.py --digests       ... and those of stitched digests

Teacher forcing, then one round on the rows that the fitted model itself meets; each corpus weighs
the same. AllSides is cut by date: fitted on 2012 to 2016, tested on 2017 and 2018. A corpus is
tested with the weights and the background of the others, save that the rows of the second round
are met by a model of all: fit_folds.py leaves a corpus out of that too, and takes longer. Vectors
are read from ``--vectors``.
"""

from __future__ import annotations

import argparse
import sys
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

sys.path.insert(0, str(Path(__file__).parents[1]))

from benchmarks import fitted_files
from benchmarks.corpora import (
    CUT,
    DATED,
    ROOT,
    SEED,
    Example,
    cached,
    load,
    stitch,
    training,
)
from pipelines.evaluate.metrics import b3
from schemas.settings import Settings
from transforms.clustering.background import Background, Prior
from transforms.clustering.clusterer import Decision, EventClusterer
from transforms.clustering.compare import features
from transforms.clustering.events import EventStore
from transforms.clustering.queries import inquire
from transforms.clustering.score import Weights
from transforms.clustering.splitting import Split

PRIOR_ARTICLES = 1000
PRIOR_TERMS = 5000
CANDIDATES = 20
ROWS = 1e4
"""What all rows of a corpus weigh together."""
USUAL = 1.25
"""Log-odds that an article loses for each of what is usual above what is typical."""
TYPICAL = -4.5
"""Log-odds of the median candidate, about the mean over the corpora."""
LENIENCE = 0.5
"""Log-odds given to each, so that 0 is the best threshold where the usual is the typical. More
than is given is never asked for."""

Rows = tuple[NDArray[np.float64], NDArray[np.float64]]


def shares(corpora: Iterable[Sequence[Example]]) -> Prior:
    """Return the mean over corpora of the share of articles with a term, the commonest terms."""
    total: Counter[str] = Counter()
    kept = list(corpora)
    for examples in kept:
        counts: Counter[str] = Counter()
        for one in examples:
            counts.update({t for p in one.article.passages for t in p.terms})
        for term, n in counts.items():
            total[term] += n / len(examples) / len(kept)  # type: ignore[assignment]
    common = sorted(total.items(), key=lambda item: (-item[1], item[0]))[:PRIOR_TERMS]
    return Prior(PRIOR_ARTICLES, {term: float(f"{share:.3g}") for term, share in sorted(common)})


def rows(examples: Sequence[Example], prior: Prior, weights: Weights | None) -> Rows:
    """Return the features of candidates and whether they were right: most of it is the story.

    Without weights the articles are put where they belong, else where the weights put them.
    """
    background, store = Background(prior=prior), EventStore(384)
    members: dict[str, Counter[str]] = defaultdict(Counter)
    found, right = [], []
    for one in examples:
        query, gold = inquire(one.article, background).whole, one.stories[0]
        names = store.nearest(query.vector.reshape(1, -1), CANDIDATES)[0]
        events = [store.events[store.slots[name]] for name in names]
        values = features(query, events)
        best = None
        if events:
            found.append(values)
            right.append([2 * members[n][gold] >= members[n].total() for n in names])
            values[:, -1] = 0.0 if weights is None else weights.usual
            scores = np.zeros(1) if weights is None else weights.score(values)
            best = events[int(scores.argmax())] if scores.max() > 0 else None
        if weights is None:
            best = store.get(gold)
        if best is None:
            best = store.open(query, gold if weights is None else query.passage_id)
        else:
            store.join(best, query)
        members[best.event_id][gold] += 1
    return np.concatenate(found), np.concatenate([np.array(r, np.float64) for r in right])


def fit(sets: Sequence[Rows]) -> Weights:
    """Return the weights of a logistic regression in which each set weighs the same.

    It knows nothing of what is usual in a stream: that is one figure a corpus, and a handful of
    corpora would fit anything. Its weight, and where it starts, are chosen (docs/experiments.md).
    """
    from sklearn.linear_model import LogisticRegression

    weight = np.concatenate([np.full(len(y), ROWS / len(y)) for _, y in sets])
    model = LogisticRegression(C=1.0, max_iter=3000).fit(
        np.concatenate([x[:, :-1] for x, _ in sets]), np.concatenate([y for _, y in sets]), weight
    )
    intercept = float(model.intercept_[0])
    first = TYPICAL - intercept
    bias = intercept + LENIENCE + USUAL * first
    features = np.append(np.asarray(model.coef_[0], np.float64), -USUAL)
    return Weights(bias, features, first, first + LENIENCE / USUAL)


class Places:
    """Event and part of each passage, kept up while events merge and split."""

    def __init__(self) -> None:
        self.heirs: dict[str, tuple[str, str]] = {}
        self._kept: list[list[str]] = []

    def add(self, decision: Decision) -> list[str]:
        """Note where a passage went; the list that is returned is kept up."""
        self._kept.append([decision.event_id, decision.part])
        return self._kept[-1]

    def today(self, event_id: str, part: str) -> tuple[str, str]:
        """Return what an event and its part are after all mergers."""
        while event_id in self.heirs:
            event_id, part = self.heirs[event_id]
        return event_id, part

    def part(self, split: Split) -> None:
        """Let the passages go that left an event."""
        for place in self._kept:
            event_id, part = self.today(*place)
            if event_id == split.event_id:
                place[:] = (split.born.event_id if split.takes(part) else event_id), ""


def cluster(
    examples: Sequence[Example], prior: Prior, weights: Weights, settings: Settings
) -> tuple[list[dict[str, float]], list[list[str]]]:
    """Return each article's share in events, and the event of each paragraph."""
    clusterer = EventClusterer(384, settings.events, weights)
    clusterer.background = Background(prior=prior)
    places = Places()
    decided = []
    for start in range(0, len(examples), 200):
        batch = clusterer.step([one.article for one in examples[start : start + 200]])
        decided += [[places.add(decision) for decision in found] for found in batch]
        touched = list(dict.fromkeys(d.event_id for found in batch for d in found))
        for merge in clusterer.merge(touched):
            places.heirs[merge.loser.event_id] = merge.winner.event_id, merge.part
        today = [places.today(name, "")[0] for name in touched]
        for split in clusterer.split(today, -sys.maxsize, start):
            places.part(split)
    shares, placed = [], []
    for one, decisions in zip(examples, decided, strict=True):
        share: dict[str, float] = {}
        where = [""] * len(one.article.paragraphs)
        for passage, decision in zip(one.article.passages, decisions, strict=True):
            name, _ = places.today(*decision)
            share[name] = share.get(name, 0.0) + passage.share
            for row in passage.paragraphs:
                where[row] = name
        shares.append(share)
        placed.append(where)
    return shares, placed


def figures(
    name: str, examples: Sequence[Example], prior: Prior, weights: Weights, settings: Settings
) -> dict[str, float]:
    """Return B3 of articles, and of digest paragraphs where there are digests."""
    share, placed = cluster(examples, prior, weights, settings)
    tested = [
        (one, s, where)
        for one, s, where in zip(examples, share, placed, strict=True)
        if name != DATED or one.article.article.time >= CUT
    ]
    plain = [(one, s) for one, s, _ in tested if not one.is_digest]
    gold = [one.stories[0] for one, _ in plain]
    main = [min(s, key=lambda event: (-s[event], event)) for _, s in plain]
    result = b3(gold, main)._asdict()
    stitched = [(one.stories, where) for one, _, where in tested if one.is_digest]
    if stitched:
        golds = [g for stories, _ in stitched for g in stories]
        result["digests"] = b3(golds, [event for _, where in stitched for event in where]).f1
    return result


def main(arguments: Sequence[str] | None = None) -> None:
    """Fit, print, and write where that is asked for."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument(
        "folder", nargs="?", default=ROOT.parent / "shared/data/labelled", type=Path
    )
    parser.add_argument("--vectors", default=ROOT.parent / "cache/vectors.sqlite", type=Path)
    parser.add_argument("--limit", type=int, default=4000, help="articles of a corpus at most")
    parser.add_argument("--digests", action="store_true")
    parser.add_argument("--write", action="store_true")
    options = parser.parse_args(arguments)
    settings = Settings()
    embedder = cached(options.vectors, settings)
    corpora = load(options.folder, options.limit, embedder, settings)
    everything, results = leave_one_out(corpora, embedder, settings, options.digests)
    if options.write:
        write(everything, corpora, results)


def leave_one_out(
    corpora: dict[str, list[Example]], embedder: Any, settings: Settings, digests: bool
) -> tuple[Weights, dict[str, dict[str, float]]]:
    """Print and return figures of each corpus by the others, and the weights fitted on all."""
    priors = {n: shares(c for m, c in corpora.items() if m != n) for n in corpora}
    train = {n: training(n, c) for n, c in corpora.items()}
    taught = {n: rows(train[n], priors[n], None) for n in corpora}
    first = fit(list(taught.values()))
    sets = {n: [taught[n], rows(train[n], priors[n], first)] for n in corpora}
    results = {}
    for name, examples in corpora.items():
        others = [s for m in corpora if m != name or m == DATED for s in sets[m]]
        stitched = stitch(examples, embedder, settings) if digests else []
        mixed = sorted([*examples, *stitched], key=lambda e: (e.article.article.time, e.is_digest))
        results[name] = figures(name, mixed, priors[name], fit(others), settings)
        print(name, {key: round(value, 3) for key, value in results[name].items()}, flush=True)
    everything = fit([s for both in sets.values() for s in both])
    print("mean f1", round(float(np.mean([r["f1"] for r in results.values()])), 4))
    return everything, results


def write(
    weights: Weights, corpora: dict[str, list[Example]], results: dict[str, dict[str, float]]
) -> None:
    """Write the packaged weights and background, with their origin."""
    counts = {name: len(examples) for name, examples in corpora.items()}
    reached = {name: round(r["f1"], 3) for name, r in results.items()}
    origin = fitted_files.origin(SEED, articles=counts, b3_f1_leaving_one_out=reached)
    folder = ROOT / "transforms/clustering"
    fitted_files.write_packaged(folder, weights, shares(corpora.values()), origin)


if __name__ == "__main__":
    main()
