"""Level 1 as a stream: each passage joins an event, wakes a dormant one or opens a new one."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from schemas.records import Article, EmbeddedArticle, Passage, make_id
from schemas.settings import EventSettings
from transforms.clustering.background import Background
from transforms.clustering.events import DAY, Event, EventStore, Query, features
from transforms.clustering.score import Weights, default_weights
from transforms.clustering.sparse import tfidf
from transforms.embedding.base import unpack

CHUNK = 32
"""Passages looked up in the index at once; events touched meanwhile are compared as well."""
MAX_HEADLINES = 24
MAX_SOURCES = 200


@dataclass(frozen=True, slots=True)
class Decision:
    """Where a passage went, and why.

    Attributes:
        kind: opened, joined, revived, copied or kept (see the table of passages).
        score: log-odds of the best event considered, None where there was none.
        margin: log-odds by which the decision beat its best alternative.
        runner_up: the event that came second, or that was refused when a new one was opened.
        features: those of the best event considered, in the order of FEATURES; or empty.
    """

    passage_id: str
    event_id: str
    kind: str
    score: float | None = None
    margin: float = 0.0
    runner_up: str | None = None
    features: tuple[float, ...] = ()


class EventClusterer:
    """Assigns passages to events; deterministic, bounded by the events that are awake or dormant.

    Args:
        dimension: length of a vector.
        settings: candidates, threshold, and when events fall asleep and are forgotten.
        weights: of the join score.
    """

    def __init__(
        self, dimension: int, settings: EventSettings, weights: Weights | None = None
    ) -> None:
        self.settings = settings
        self.weights = weights or default_weights()
        self.background = Background()
        self.active = EventStore(dimension)
        self.dormant = EventStore(dimension)

    def step(self, articles: Sequence[EmbeddedArticle]) -> list[list[Decision]]:
        """Decide on the passages of ``articles``, in this order; one list for each article."""
        queries = [self._queries(article) for article in articles]
        flat = [(row, query) for row, group in enumerate(queries) for query in group]
        decisions: list[list[Decision]] = [[] for _ in articles]
        for start in range(0, len(flat), CHUNK):
            chunk = flat[start : start + CHUNK]
            vectors = np.stack([query.vector for _, query in chunk])
            nearest = self.active.nearest(vectors, self.settings.candidates)
            touched: dict[str, None] = {}
            for (row, query), found in zip(chunk, nearest, strict=True):
                candidates = list(dict.fromkeys([*found, *touched]))
                decision = self._decide(query, candidates)
                touched[decision.event_id] = None
                self.credit(decision.event_id, articles[row].article, query)
                decisions[row].append(decision)
        return decisions

    def follow(self, article: EmbeddedArticle, event_ids: Sequence[str]) -> list[Decision]:
        """Place a copy's passages in the nearest of its original's events, weighing on none."""
        events = [event for name in event_ids if (event := self.find(name)) is not None]
        decisions = []
        for passage in article.passages:
            query = self._query(article.article, passage)
            best = max(
                events, key=lambda event: (float(event.total @ query.vector), event.event_id)
            )
            decisions.append(Decision(query.passage_id, best.event_id, "copied"))
        for event in {decision.event_id: None for decision in decisions}:
            self._reach(event, article.article)
        return decisions

    def find(self, event_id: str) -> Event | None:
        """Return the event, awake or dormant."""
        return self.active.get(event_id) or self.dormant.get(event_id)

    def credit(self, event_id: str, article: Article, query: Query) -> None:
        """Note what a new passage tells of its event beside its vector: outlet and headline."""
        event = self.active.events[self.active.slots[event_id]]
        if event.last_article != article.article_id:
            event.articles += 1
            event.last_article = article.article_id
            _count_source(event, article.source)
        if article.title:
            weight = float(event.total @ query.vector) / max(
                float(np.linalg.norm(event.total)), 1e-9
            )
            event.headlines[article.title] = max(weight, event.headlines.get(article.title, 0.0))
            if len(event.headlines) > MAX_HEADLINES:
                del event.headlines[min(event.headlines, key=lambda t: (event.headlines[t], t))]

    def sleep(self, now: int) -> tuple[list[Event], list[Event]]:
        """Send silent events to sleep and forget old ones; return (fell asleep, forgotten)."""
        limit = now - int(self.settings.dormant_after_days * DAY)
        order = sorted(self.active.events, key=lambda event: (event.last, event.event_id))
        surplus = max(len(order) - self.settings.max_active, 0)
        asleep = [e for place, e in enumerate(order) if place < surplus or e.last < limit]
        for event in asleep:
            self.dormant.insert(self.active.pop(event.event_id))
        end = now - int(self.settings.retire_after_days * DAY)
        old = sorted(e.event_id for e in self.dormant.events if e.last < end)
        return asleep, [self.dormant.pop(event_id) for event_id in old]

    def _queries(self, article: EmbeddedArticle) -> list[Query]:
        self.background.add({term for passage in article.passages for term in passage.terms})
        return [self._query(article.article, passage) for passage in article.passages]

    def _query(self, article: Article, passage: Passage) -> Query:
        return Query(
            passage.passage_id,
            article.time,
            unpack(passage.vector),
            unpack(passage.lead),
            tfidf(passage.terms, passage.counts, self.background),
        )

    def _decide(self, query: Query, candidates: Sequence[str]) -> Decision:
        ranked = list(self._rank(query, self.active, candidates))
        threshold = self.settings.threshold
        if ranked and ranked[0][0] > threshold:
            score, event, row = ranked[0]
            second = ranked[1] if len(ranked) > 1 else None
            self.active.join(event, query)
            return Decision(
                query.passage_id,
                event.event_id,
                "joined",
                score,
                score - max(second[0] if second else threshold, threshold),
                second[1].event_id if second else None,
                row,
            )
        return self._revive(query) or self._open(query, ranked)

    def _revive(self, query: Query) -> Decision | None:
        bar = self.settings.threshold + self.settings.revival_margin
        nearest = self.dormant.nearest(query.vector.reshape(1, -1), self.settings.candidates)[0]
        for score, event, row in self._rank(query, self.dormant, nearest):
            if score <= bar:
                return None
            self.active.insert(self.dormant.pop(event.event_id))
            self.active.join(event, query)
            return Decision(
                query.passage_id, event.event_id, "revived", score, score - bar, None, row
            )
        return None

    def _open(
        self, query: Query, ranked: Sequence[tuple[float, Event, tuple[float, ...]]]
    ) -> Decision:
        event = self.active.open(query, make_id("e", query.passage_id))
        if not ranked:
            return Decision(query.passage_id, event.event_id, "opened")
        score, refused, row = ranked[0]
        return Decision(
            query.passage_id,
            event.event_id,
            "opened",
            score,
            self.settings.threshold - score,
            refused.event_id,
            row,
        )

    def _rank(
        self, query: Query, store: EventStore, names: Sequence[str]
    ) -> Iterator[tuple[float, Event, tuple[float, ...]]]:
        """Yield (score, event, features), best first; ties go to the older, then smaller id."""
        events = [event for name in names if (event := store.get(name)) is not None]
        rows = features(query, events)
        scores = self.weights.score(rows)
        order = sorted(
            range(len(events)),
            key=lambda i: (-scores[i], events[i].first, events[i].event_id),
        )
        for i in order:
            yield float(scores[i]), events[i], tuple(float(value) for value in rows[i])

    def _reach(self, event_id: str, article: Article) -> None:
        event = self.find(event_id)
        if event is not None:
            event.copies += 1
            event.last = max(event.last, article.time)
            _count_source(event, article.source)


def _count_source(event: Event, source: str | None) -> None:
    if source and (source in event.sources or len(event.sources) < MAX_SOURCES):
        event.sources[source] = event.sources.get(source, 0) + 1
