"""Decisions a second of the clusterer with a full index: retrieve, score, update.

    python benchmarks/decisions.py                     15,000 active events, 3,000 decisions
    python benchmarks/decisions.py --events 2000

The load is drawn: subjects lie about 40 common directions, events about subjects, articles about
events; how many articles an event gets falls by rank as news does (Zipf), so a few events are hit
over and over while most have one article. Terms are drawn from a Zipf vocabulary and the event's
own. One process, one thread.
"""

from __future__ import annotations

import argparse
import os
import sys
import time
from collections.abc import Sequence
from pathlib import Path

os.environ.setdefault("OMP_NUM_THREADS", "1")

import numpy as np

sys.path.insert(0, str(Path(__file__).parents[1]))

from schemas.records import Article, EmbeddedArticle, Paragraph, Passage
from schemas.settings import Settings
from transforms.clustering.clusterer import EventClusterer
from transforms.embedding.base import pack
from transforms.passages import unit

WIDTH = 384
SUBJECTS = 40
VOCABULARY = 50_000
TERMS = 90
OWN_TERMS = 30
BATCH = 200
MINUTE = 60_000_000


class Load:
    """Draws articles; ``rank`` is the event, 0 the largest."""

    def __init__(self, events: int, seed: int = 1) -> None:
        self.chance = np.random.default_rng(seed)
        subjects = self.chance.standard_normal((SUBJECTS, WIDTH)).astype(np.float32)
        own = self.chance.standard_normal((events, WIDTH)).astype(np.float32)
        self.centres = subjects[self.chance.integers(0, SUBJECTS, events)] + 1.2 * own
        self.words = self.chance.integers(0, VOCABULARY, (events, OWN_TERMS))
        shares = 1.0 / np.arange(1, events + 1) ** 0.9
        self.shares = shares / shares.sum()
        self.made = 0

    def article(self, rank: int) -> EmbeddedArticle:
        """Return an article about an event, a minute after the one before."""
        self.made += 1
        name = f"{self.made:015x}"
        noise = self.chance.standard_normal((2, WIDTH))
        vector, lead = (unit(self.centres[rank] + 0.9 * row) for row in noise)
        common = self.chance.zipf(1.3, TERMS - OWN_TERMS) % VOCABULARY
        drawn = {f"w{word}" for word in [*common.tolist(), *self.words[rank].tolist()]}
        terms = sorted(drawn)
        counts = (1.0 + self.chance.poisson(0.5, len(terms))).tolist()
        passage = Passage("g" + name, [0], 1.0, pack(vector), pack(lead), terms, counts)
        at = self.made * MINUTE
        head = Article(
            "a" + name, "", name, None, f"Outlet {self.made % 50}", f"Title {name}", "en",
            at, None, at, "given", "", "", "", [],
        )  # fmt: skip
        return EmbeddedArticle(head, [Paragraph("p" + name, 0, "")], [], [passage], b"")

    def draw(self, count: int) -> list[EmbeddedArticle]:
        """Return articles about events drawn by their shares."""
        ranks = self.chance.choice(len(self.shares), count, p=self.shares)
        return [self.article(rank) for rank in ranks.tolist()]


def main(arguments: Sequence[str] | None = None) -> None:
    """Fill the index with one article an event, warm it up, and time the rest."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--events", type=int, default=15_000)
    parser.add_argument("--decisions", type=int, default=3_000)
    options = parser.parse_args(arguments)
    load = Load(options.events)
    clusterer = EventClusterer(WIDTH, Settings().events)
    clusterer.step(load.draw(1))
    fill(clusterer, load, options.events)
    clusterer.step(load.draw(1_000))
    batches = [load.draw(BATCH) for _ in range(options.decisions // BATCH)]
    started, used = time.perf_counter(), time.process_time()
    kinds = [d.kind for batch in batches for found in clusterer.step(batch) for d in found]
    wall, cpu = time.perf_counter() - started, time.process_time() - used
    joined = kinds.count("joined") / len(kinds)
    print(
        f"{len(clusterer.active)} active events, {len(kinds)} decisions ({joined:.0%} joined): "
        f"{len(kinds) / wall:.0f} a second of wall time, {len(kinds) / cpu:.0f} of one core's time"
    )


def fill(clusterer: EventClusterer, load: Load, events: int) -> None:
    """Open events until there are as many as asked for."""
    store = clusterer.active
    from transforms.clustering.queries import inquire

    for rank in range(events - len(store)):
        query = inquire(load.article(rank), clusterer.background).whole
        store.open(query, "e" + query.passage_id)


if __name__ == "__main__":
    main()
