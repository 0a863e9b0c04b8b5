"""Level 1 as a stream: each article joins an event, wakes a dormant one or opens a new one.

An article is decided as a whole; a passage of it that clearly belongs elsewhere leaves it first.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from schemas.records import Article, EmbeddedArticle, make_id
from schemas.settings import EventSettings
from transforms.clustering.background import MAX_TERMS, Background
from transforms.clustering.events import DAY, Event, EventStore, Query
from transforms.clustering.merging import Merge, merge
from transforms.clustering.queries import Inquiry, inquire
from transforms.clustering.ranking import Judge, Neighbours, Ranked
from transforms.clustering.score import Weights, default_weights

CHUNK = 256
"""Articles looked up in the index at once."""
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
        self.judge = Judge.of(weights or default_weights())
        self.background = Background()
        self.active = EventStore(dimension)
        self.dormant = EventStore(dimension)
        self._most_terms = 2 * MAX_TERMS

    def step(self, articles: Sequence[EmbeddedArticle]) -> list[list[Decision]]:
        """Decide on the passages of ``articles``, in this order; one list for each article."""
        self._forget_terms()
        inquiries = [inquire(article, self.background) for article in articles]
        decisions: list[list[Decision]] = []
        for start in range(0, len(inquiries), CHUNK):
            decisions += self._chunk(inquiries[start : start + CHUNK])
        return decisions

    def follow(self, article: EmbeddedArticle, event_ids: Sequence[str]) -> list[Decision]:
        """Place a copy's passages in the nearest of its original's events, weighing on none."""
        events = [event for name in event_ids if (event := self.find(name)) is not None]
        decisions = []
        for query in inquire(article, None).parts:
            best = max(
                events, key=lambda event: (float(event.total @ query.vector), event.event_id)
            )
            decisions.append(Decision(query.passage_id, best.event_id, "copied"))
        for name in dict.fromkeys(decision.event_id for decision in decisions):
            self._reach(name, article.article)
        return decisions

    def find(self, event_id: str) -> Event | None:
        """Return the event, awake or dormant."""
        return self.active.get(event_id) or self.dormant.get(event_id)

    def merge(self, event_ids: Sequence[str]) -> list[Merge]:
        """Merge those of the named events whose passages would now join another."""
        return merge(self.active, event_ids, self.judge, self.settings)

    def sleep(self, now: int) -> tuple[list[Event], list[Event]]:
        """Send silent events to sleep and forget old ones; return (fell asleep, forgotten)."""
        limit = now - int(self.settings.dormant_after_days * DAY)
        surplus = max(len(self.active) - self.settings.max_active, 0)
        order = sorted(
            self.active.silent(limit, surplus), key=lambda event: (event.last, event.event_id)
        )
        asleep = [e for place, e in enumerate(order) if place < surplus or e.last < limit]
        for event in asleep:
            self.dormant.insert(self.active.pop(event.event_id))
        end = now - int(self.settings.retire_after_days * DAY)
        old = sorted(event.event_id for event in self.dormant.silent(end))
        return asleep, [self.dormant.pop(event_id) for event_id in old]

    def _forget_terms(self) -> None:
        """Forget terms that neither the background nor any event has, when they are many."""
        if len(self.background.lexicon) > self._most_terms:
            self.background.renumber()
            self.active.adopt(self.background.lexicon)
            self.dormant.adopt(self.background.lexicon)
            self._most_terms = 2 * len(self.background.lexicon) + MAX_TERMS

    def _chunk(self, inquiries: Sequence[Inquiry]) -> list[list[Decision]]:
        """Decide on some articles, each after what the one before it has changed."""
        vectors = np.stack([query.vector for inquiry in inquiries for query in inquiry.queries()])
        near = Neighbours(self.active, vectors, self.settings.candidates)
        rows = np.cumsum([0, *(len(inquiry.queries()) for inquiry in inquiries)]).tolist()
        early = [
            self.judge.rank(inquiry.whole, self.active, near.of(row))
            for inquiry, row in zip(inquiries, rows[:-1], strict=True)
        ]
        sleeping = self._sleeping(
            [inquiry.whole for inquiry, ranked in zip(inquiries, early, strict=True)
             if ranked.score <= self.settings.threshold]
        )  # fmt: skip
        decisions = []
        for inquiry, row, end, ranked in zip(inquiries, rows, rows[1:], early, strict=False):
            found = [near.of(place) for place in range(row, end)]
            if not near.changed.isdisjoint(found[0]):
                ranked = self.judge.rank(inquiry.whole, self.active, found[0])  # noqa: PLW2901
            placed = self._article(inquiry, found, ranked, sleeping)
            for name in dict.fromkeys(decision.event_id for decision in placed):
                near.change(self.active.slots[name])
            decisions.append(placed)
        self.judge.learn(found for found in early if len(found.events) == self.settings.candidates)
        return decisions

    def _sleeping(self, queries: Sequence[Query]) -> dict[str, list[str]]:
        """Return the dormant events nearest to each query, by its passage."""
        if not queries:
            return {}
        vectors = np.stack([query.vector for query in queries])
        names = self.dormant.nearest(vectors, self.settings.candidates)
        return dict(zip((query.passage_id for query in queries), names, strict=True))

    def _article(
        self,
        inquiry: Inquiry,
        found: Sequence[Sequence[int]],
        ranked: Ranked,
        sleeping: Mapping[str, list[str]],
    ) -> list[Decision]:
        """Decide on an article.

        ``found`` has candidates for the whole, then for each part; ``ranked`` those for the whole.
        """
        if len(inquiry.parts) == 1:
            return [self._place(inquiry.whole, inquiry, ranked, sleeping)]
        placed: dict[str, Decision] = {}
        home = ranked.best if ranked.score > self.settings.threshold else None
        leaving = {
            query.passage_id: better
            for query, slots, kin in zip(inquiry.parts, found[1:], inquiry.kinship(), strict=True)
            if (better := self._elsewhere(query, slots, home, kin))
        }
        for query in inquiry.parts:
            if query.passage_id in leaving:
                moved = self._join(query, leaving[query.passage_id], self.settings.leave_threshold)
                placed[query.passage_id] = self._credited(moved, inquiry, query)
        staying = [query for query in inquiry.parts if query.passage_id not in leaving]
        if not staying:
            return [placed[query.passage_id] for query in inquiry.parts]
        rest = inquiry.whole
        if leaving:
            rest = inquiry.of(staying)
            slots = [self.active.slots[decision.event_id] for decision in placed.values()]
            ranked = self.judge.rank(rest, self.active, [*found[0], *slots])
            sleeping = {}
        joint = self._place(rest, inquiry, ranked, sleeping)
        placed.update({q.passage_id: replace(joint, passage_id=q.passage_id) for q in staying})
        return [placed[query.passage_id] for query in inquiry.parts]

    def _elsewhere(
        self, query: Query, slots: Sequence[int], home: Event | None, kin: float
    ) -> Ranked | None:
        """Return the ranking of a part that clearly belongs to another event than its article.

        One that is unlike the rest of its article (``kin``, a cosine) leaves easily; one that is
        like it only for an event that it would clearly join if it came alone.
        """
        own = [self.active.slots[home.event_id]] if home else []
        ranked = self.judge.rank(query, self.active, [*slots, *own])
        if ranked.best is None or ranked.best is home:
            return None
        at_home = ranked.score_of(home)
        bar = max(self.settings.leave_threshold, at_home + self.settings.leave_margin)
        if kin >= self.settings.leave_similarity:
            bar = max(self.settings.threshold, at_home + self.settings.leave_lead)
        return ranked if ranked.score > bar else None

    def _place(
        self, query: Query, inquiry: Inquiry, ranked: Ranked, sleeping: Mapping[str, list[str]]
    ) -> Decision:
        if ranked.score > self.settings.threshold:
            decision = self._join(query, ranked, self.settings.threshold)
        else:
            decision = self._revive(query, sleeping) or self._open(query, ranked)
        return self._credited(decision, inquiry, query)

    def _credited(self, decision: Decision, inquiry: Inquiry, query: Query) -> Decision:
        self._credit(self.active.events[self.active.slots[decision.event_id]], inquiry, query)
        return decision

    def _join(self, query: Query, ranked: Ranked, bar: float) -> Decision:
        event = ranked.events[0]
        second = ranked.events[1].event_id if len(ranked.events) > 1 else None
        margin = ranked.score - max([bar, *ranked.scores[1:2]])
        self.active.join(event, query)
        return Decision(
            query.passage_id,
            event.event_id,
            "joined",
            ranked.score,
            margin,
            second,
            ranked.features(),
        )

    def _revive(self, query: Query, sleeping: Mapping[str, list[str]]) -> Decision | None:
        names = sleeping.get(query.passage_id) or self._sleeping([query])[query.passage_id]
        slots = [slot for name in names if (slot := self.dormant.slots.get(name)) is not None]
        ranked = self.judge.rank(query, self.dormant, slots)
        bar = self.settings.threshold + self.settings.revival_margin
        if ranked.best is None or ranked.score <= bar:
            return None
        name, score = ranked.best.event_id, ranked.score
        self.active.insert(self.dormant.pop(name))
        self.active.join(ranked.best, query)
        return Decision(
            query.passage_id, name, "revived", score, score - bar, None, ranked.features()
        )

    def _open(self, query: Query, ranked: Ranked) -> Decision:
        event = self.active.open(query, make_id("e", query.passage_id))
        if ranked.best is None:
            return Decision(query.passage_id, event.event_id, "opened")
        return Decision(
            query.passage_id,
            event.event_id,
            "opened",
            ranked.score,
            self.settings.threshold - ranked.score,
            ranked.best.event_id,
            ranked.features(),
        )

    def _credit(self, event: Event, inquiry: Inquiry, query: Query) -> None:
        """Note what an article tells of its event beside its vector: outlet and headline."""
        article = inquiry.article
        if event.last_article != article.article_id:
            event.articles += 1
            event.last_article = article.article_id
            _count_source(event, article.source)
        if article.title:
            centroid = self.active.centroid(self.active.slots[event.event_id])
            weight = float(centroid @ query.vector)
            event.headlines[article.title] = max(weight, event.headlines.get(article.title, 0.0))
            if len(event.headlines) > MAX_HEADLINES:
                del event.headlines[min(event.headlines, key=lambda t: (event.headlines[t], t))]

    def _reach(self, event_id: str, article: Article) -> None:
        store = self.active if event_id in self.active.slots else self.dormant
        event = store.get(event_id)
        if event is not None:
            event.copies += 1
            store.reach(event, article.time)
            _count_source(event, article.source)


def _count_source(event: Event, source: str | None) -> None:
    if source and (source in event.sources or len(event.sources) < MAX_SOURCES):
        event.sources[source] = event.sources.get(source, 0) + 1
