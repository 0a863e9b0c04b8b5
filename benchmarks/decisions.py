"""Decisions a second of the clusterer with a full index, and what each part of one costs.

    taskset -c 0 python benchmarks/decisions.py            15,000 active events, 6,000 decisions
    taskset -c 0 python benchmarks/decisions.py --events 2000 --dormant 0

A decision is where one passage goes: its terms are counted and weighted, the nearest events are
found, compared and scored, and the one it joins or opens is brought up to date. Merging and
falling asleep, which come once a batch, are given apart. Everything is measured in CPU time of
one process with one thread: first as it is, then once more with a clock around each part. Other
work on the machine takes caches and memory away, so the fastest batch tells most of the code.

The load is drawn. Subjects have storylines, storylines events, events passages, each about its
parent's direction; sizes fall by rank as those of news do (Zipf), so a few storylines and events
are hit over and over while most have one article. An article has one to three passages of 60 to
100 terms, the event's own, its storyline's, and common ones (Zipf); one in twenty is a digest of
several events, one in four is about something new. The cosines of candidates are printed: in
AllSides 2012-18 the medians of ranks 1, 2, 5, 10, 20 are .80, .63, .56, .52, .48.
"""

from __future__ import annotations

import argparse
import os
import sys
import time
from collections import Counter
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

os.environ.setdefault("OMP_NUM_THREADS", "1")

import numpy as np
from numpy.typing import NDArray

sys.path.insert(0, str(Path(__file__).parents[1]))

from schemas.records import Article, EmbeddedArticle, Paragraph, Passage
from schemas.settings import Settings
from transforms.clustering import clusterer as module
from transforms.clustering.clusterer import EventClusterer
from transforms.clustering.events import DAY, EventStore
from transforms.clustering.index import CentroidIndex
from transforms.clustering.queries import inquire
from transforms.clustering.ranking import Judge
from transforms.embedding.base import pack
from transforms.passages import unit

WIDTH = 384
SUBJECTS = 40
STORYLINE = 30
"""Events of a storyline on average."""
VOCABULARY = 50_000
BATCH = 200
MINUTE = 60_000_000
START = 400 * DAY
PASSAGES = (0.40, 0.35, 0.25)
"""Shares of articles with one, two and three passages."""
FRESH = 0.25
DIGESTS = 0.05
NOISE = {"subject": 0.55, "storyline": 0.62, "event": 0.56, "passage": 0.62}
"""Lengths of what each level adds to its parent's direction."""


def zipf(count: int, exponent: float) -> NDArray[np.float64]:
    """Return shares that fall by rank, float64 ``[count]``, summing to 1."""
    shares = 1.0 / np.arange(1, count + 1) ** exponent
    return np.asarray(shares / shares.sum(), np.float64)


class Load:
    """Draws articles; ``rank`` is the event, 0 the largest."""

    def __init__(self, events: int, seed: int = 1) -> None:
        self.chance = np.random.default_rng(seed)
        storylines = max(events // STORYLINE, 1)
        subjects = self._directions("subject", SUBJECTS)
        self.parents = subjects[self.chance.integers(0, SUBJECTS, storylines)]
        self.parents = self.parents + self._directions("storyline", storylines)
        self.parent_words = self.chance.integers(0, VOCABULARY, (storylines, 40))
        self.sizes = zipf(storylines, 0.7)
        self.shares = zipf(events, 0.9)
        self.homes = self.chance.choice(storylines, events, p=self.sizes)
        self.centres = self.parents[self.homes] + self._directions("event", events)
        self.words = self.chance.integers(0, VOCABULARY, (events, 40))
        self.made = 0
        self.now = START

    def _directions(self, level: str, count: int) -> NDArray[np.float32]:
        drawn = self.chance.standard_normal((count, WIDTH)).astype(np.float32)
        return NOISE[level] * drawn / np.linalg.norm(drawn, axis=1, keepdims=True)

    def article(self, rank: int | None, count: int = 1) -> EmbeddedArticle:
        """Return an article about an event, or about a new one; it is published now."""
        self.made += 1
        name = f"{self.made:015x}"
        if rank is None:
            home = int(self.chance.choice(len(self.sizes), p=self.sizes))
            centre = self.parents[home] + self._directions("event", 1)[0]
            subject = centre, self.chance.integers(0, VOCABULARY, 40), self.parent_words[home]
        else:
            subject = self._known(rank)
        subjects = [subject] * count
        if count > 1 and self.chance.random() < DIGESTS:
            subjects = [self._known(self._rank()) for _ in range(count)]
        passages = [
            self._passage(f"g{name}{n}", n, count, *about) for n, about in enumerate(subjects)
        ]
        head = Article(
            "a" + name, "", name, None, f"Outlet {self.made % 50}", f"Title {name}", "en",
            self.now, None, self.now, "given", "", "", "", [],
        )  # fmt: skip
        paragraphs = [Paragraph(f"p{name}{n}", n, "") for n in range(count)]
        return EmbeddedArticle(head, paragraphs, [], passages, b"")

    def draw(self, count: int) -> list[EmbeddedArticle]:
        """Return a batch of articles, a minute apart."""
        found = []
        for size in self.chance.choice(3, count, p=PASSAGES).tolist():
            self.now += MINUTE
            rank = None if self.chance.random() < FRESH else self._rank()
            found.append(self.article(rank, size + 1))
        return found

    def _rank(self) -> int:
        return int(self.chance.choice(len(self.shares), p=self.shares))

    def _known(self, rank: int) -> tuple[Any, Any, Any]:
        return self.centres[rank], self.words[rank], self.parent_words[self.homes[rank]]

    def _passage(
        self, name: str, number: int, count: int, centre: Any, own: Any, shared: Any
    ) -> Passage:
        vector, lead = (unit(centre + row) for row in self._directions("passage", 2))
        common = self.chance.zipf(1.3, self.chance.integers(40, 80)) % VOCABULARY
        words = [*common, *self.chance.choice(own, 20), *self.chance.choice(shared, 8)]
        terms = sorted({f"w{word}" for word in words})
        counts = (1.0 + self.chance.poisson(0.5, len(terms))).tolist()
        return Passage(name, [number], 1.0 / count, pack(vector), pack(lead), terms, counts)


def fill(clusterer: EventClusterer, load: Load, dormant: int) -> None:
    """Open all events of the load, of as many passages as their rank asks for, and the dormant."""
    passages = np.minimum(1 + load.chance.poisson(0.7 * len(load.shares) * load.shares), 200)
    for rank, count in enumerate(passages.tolist()):
        days = min(load.chance.exponential(10.0), 29.0)
        load.now = START - int(days * DAY)
        query = inquire(load.article(rank), clusterer.background).whole
        event = clusterer.active.open(query, "e" + query.passage_id)
        for _ in range(count - 1):
            again = inquire(load.article(rank), clusterer.background).whole
            clusterer.active.join(event, again)
    for _ in range(dormant):
        load.now = START - int(load.chance.uniform(31.0, 360.0) * DAY)
        query = inquire(load.article(None), clusterer.background).whole
        clusterer.dormant.open(query, "e" + query.passage_id)
    load.now = START


def run(clusterer: EventClusterer, batches: Sequence[list[EmbeddedArticle]]) -> Counter[str]:
    """Decide on all batches, merge and send to sleep after each; return CPU seconds and kinds."""
    spent: Counter[str] = Counter()
    for batch in batches:
        start = time.process_time()
        decided = clusterer.step(batch)
        between = time.process_time()
        names = dict.fromkeys(d.event_id for found in decided for d in found)
        spent["merges"] += len(clusterer.merge(list(names)))
        merged = time.process_time()
        clusterer.sleep(batch[-1].article.time)
        spent["sleep seconds"] += time.process_time() - merged  # type: ignore[assignment]
        spent["merge seconds"] += merged - between  # type: ignore[assignment]
        spent["seconds"] += between - start  # type: ignore[assignment]
        spent.update(decision.kind for found in decided for decision in found)
        count = sum(map(len, decided))
        spent["decisions"] += count
        spent["fastest"] = max(spent["fastest"], round(count / (between - start)))
    return spent


class Clock:
    """CPU seconds by part; what a part calls is not counted again."""

    def __init__(self) -> None:
        self.spent: Counter[str] = Counter()
        self.inside = False

    def around(self, owner: Any, name: str, part: str) -> None:
        """Measure calls of ``owner.name`` from now on."""
        function: Callable[..., Any] = getattr(owner, name)

        def measured(*given: Any, **named: Any) -> Any:
            if self.inside:
                return function(*given, **named)
            self.inside, start = True, time.process_time()
            try:
                return function(*given, **named)
            finally:
                self.spent[part] += time.process_time() - start  # type: ignore[assignment]
                self.inside = False

        setattr(owner, name, measured)


def parts() -> Clock:
    """Put clocks around the parts of a decision."""
    clock = Clock()
    for owner, name, part in (
        (EventClusterer, "merge", "merge"),
        (EventClusterer, "sleep", "sleep"),
        (module, "inquire", "terms and tf-idf"),
        (CentroidIndex, "search", "retrieve"),
        (Judge, "scored", "features and score"),
        (EventStore, "join", "update"),
        (EventStore, "open", "update"),
        (EventStore, "insert", "update"),
        (EventClusterer, "_credit", "update"),
    ):
        clock.around(owner, name, part)
    return clock


def main(arguments: Sequence[str] | None = None) -> None:
    """Fill the index, warm it up, time as many decisions twice."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--events", type=int, default=15_000)
    parser.add_argument("--dormant", type=int, default=15_000)
    parser.add_argument("--decisions", type=int, default=6_000)
    options = parser.parse_args(arguments)
    load = Load(options.events)
    clusterer = EventClusterer(WIDTH, Settings().events)
    fill(clusterer, load, options.dormant)
    run(clusterer, [load.draw(BATCH) for _ in range(3)])
    count = max(round(options.decisions / BATCH / 1.85), 1)
    batches = [load.draw(BATCH) for _ in range(2 * count)]
    spread(clusterer, batches[0])
    plain = run(clusterer, batches[:count])
    clock = parts()
    report(clusterer, plain, run(clusterer, batches[count:]), clock)


def spread(clusterer: EventClusterer, batch: Sequence[EmbeddedArticle]) -> None:
    """Print what makes the load easy or hard."""
    sizes = np.array([event.passages for event in clusterer.active.events])
    terms = np.array([len(event.sparse) for event in clusterer.active.events])
    centroids = np.stack([unit(event.total) for event in clusterer.active.events])
    vectors = np.stack([inquire(article, None).whole.vector for article in batch])
    cosines = np.median(-np.sort(-(vectors @ centroids.T), axis=1), axis=0)
    print(f"passages of an event: {_quantiles(sizes)}; its terms: {_quantiles(terms)}")
    print("cosine of candidates 1, 2, 5, 10, 20:", np.round(cosines[[0, 1, 4, 9, 19]], 2).tolist())


def _quantiles(values: NDArray[Any]) -> str:
    marks = np.quantile(values, [0.5, 0.9, 0.99]).astype(int).tolist()
    return f"median {marks[0]}, .9 {marks[1]}, .99 {marks[2]}, most {values.max()}"


def report(
    clusterer: EventClusterer, plain: Counter[str], timed: Counter[str], clock: Clock
) -> None:
    """Print decisions a second, and microseconds by part."""
    count = plain["decisions"]
    kinds = ", ".join(f"{plain[k] / count:.0%} {k}" for k in ("joined", "opened", "revived"))
    merges = plain["merge seconds"] + plain["sleep seconds"]
    print(
        f"{len(clusterer.active)} active and {len(clusterer.dormant)} dormant events, {count} "
        f"decisions ({kinds}), {plain['merges']} merges\n"
        f"{count / plain['seconds']:.0f} decisions a second of one core's time, "
        f"{plain['fastest']} in the fastest batch of {BATCH} articles "
        f"({count / (plain['seconds'] + merges):.0f} with merging and sleep)"
    )
    known = sum(s for part, s in clock.spent.items() if part not in ("merge", "sleep"))
    clock.spent["the rest"] = timed["seconds"] - known
    for part, seconds in clock.spent.most_common():
        print(f"{part:>20} {seconds / timed['decisions'] * 1e6:6.0f} µs a decision")


if __name__ == "__main__":
    main()
