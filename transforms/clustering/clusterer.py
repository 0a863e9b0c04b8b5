"""Level 1 as a stream: each article joins an event, wakes a dormant one or opens a new one.

An article is decided as a whole; a passage of it that clearly belongs elsewhere leaves it first.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

import numpy as np

from schemas.records import Article, EmbeddedArticle, make_id
from schemas.settings import EventSettings
from schemas.tables import FEATURES
from transforms.clustering.background import Background
from transforms.clustering.events import DAY, Event, EventStore, Query, as_query, features
from transforms.clustering.queries import Inquiry, inquire
from transforms.clustering.score import Weights, default_weights

CHUNK = 32
"""Articles looked up in the index at once; events touched meanwhile are compared as well."""
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


@dataclass(frozen=True, slots=True)
class Merge:
    """One event was taken into another: the larger, else the older, else the smaller id, stays."""

    loser: Event
    winner: Event
    score: float
    reason: str


Ranked = list[tuple[float, Event, tuple[float, ...]]]


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
        """Merge those of the named events whose passages would now join another.

        The smaller event of a pair is judged as its passages would be on average; the bar lies
        ``merge_margin`` above the threshold, for a merge moves more than one passage.
        """
        merges = []
        for name in event_ids:
            while (event := self.active.get(name)) is not None:
                found = self._partner(event)
                if found is None:
                    break
                merges.append(found)
                self.active.absorb(found.winner, self.active.pop(found.loser.event_id))
        return merges

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

    def _chunk(self, inquiries: Sequence[Inquiry]) -> list[list[Decision]]:
        vectors = np.stack([query.vector for inquiry in inquiries for query in inquiry.queries()])
        nearest = iter(self.active.nearest(vectors, self.settings.candidates))
        touched: dict[str, None] = {}
        decisions = []
        for inquiry in inquiries:
            found = [self._closest(q, next(nearest), touched) for q in inquiry.queries()]
            placed = self._article(inquiry, found)
            touched.update((decision.event_id, None) for decision in placed)
            decisions.append(placed)
        return decisions

    def _closest(
        self, query: Query, nearest: Sequence[str], touched: Iterable[str]
    ) -> Sequence[str]:
        """Return the candidates for a query: what was touched meanwhile may be nearer now."""
        names = list(dict.fromkeys([*nearest, *touched]))
        if len(names) <= self.settings.candidates:
            return names
        totals = np.stack([self.active.events[self.active.slots[name]].total for name in names])
        lengths = np.maximum(np.sqrt(np.einsum("ij,ij->i", totals, totals)), 1e-12)
        order = np.argsort(-(totals @ query.vector) / lengths, kind="stable")
        return [names[place] for place in order[: self.settings.candidates]]

    def _article(self, inquiry: Inquiry, found: Sequence[Sequence[str]]) -> list[Decision]:
        """Decide on an article: ``found`` has candidates for the whole, then for each part."""
        ranked = self._rank(inquiry.whole, self.active, found[0])
        if len(inquiry.parts) == 1:
            return [self._place(inquiry.whole, inquiry, ranked)]
        placed: dict[str, Decision] = {}
        home = ranked[0][1] if ranked and ranked[0][0] > self.settings.threshold else None
        leaving = {
            query.passage_id: better
            for query, names, kin in zip(inquiry.parts, found[1:], inquiry.kinship(), strict=True)
            if (better := self._elsewhere(query, names, home, kin))
        }
        for query in inquiry.parts:
            if query.passage_id in leaving:
                moved = self._join(query, leaving[query.passage_id], self.settings.leave_threshold)
                placed[query.passage_id] = self._credited(moved, inquiry, query)
        staying = [query for query in inquiry.parts if query.passage_id not in leaving]
        if staying:
            if leaving:
                rest = inquiry.of(staying)
                ranked = self._rank(rest, self.active, [*found[0], *_names(placed.values())])
            else:
                rest = inquiry.whole
            joint = self._place(rest, inquiry, ranked)
            placed.update({q.passage_id: replace(joint, passage_id=q.passage_id) for q in staying})
        return [placed[query.passage_id] for query in inquiry.parts]

    def _elsewhere(
        self, query: Query, names: Sequence[str], home: Event | None, kin: float
    ) -> Ranked | None:
        """Return the ranking of a part that clearly belongs to another event than its article.

        One that is unlike the rest of its article (``kin``, a cosine) leaves easily; one that is
        like it only for an event that it would clearly join if it came alone.
        """
        ranked = self._rank(query, self.active, [*names, *([home.event_id] if home else [])])
        if not ranked or ranked[0][1] is home:
            return None
        at_home = next((score for score, event, _ in ranked if event is home), -math.inf)
        bar = max(self.settings.leave_threshold, at_home + self.settings.leave_margin)
        if kin >= self.settings.leave_similarity:
            bar = max(self.settings.threshold, at_home + self.settings.leave_lead)
        return ranked if ranked[0][0] > bar else None

    def _place(self, query: Query, inquiry: Inquiry, ranked: Ranked) -> Decision:
        if ranked and ranked[0][0] > self.settings.threshold:
            decision = self._join(query, ranked, self.settings.threshold)
        else:
            decision = self._revive(query) or self._open(query, ranked)
        return self._credited(decision, inquiry, query)

    def _credited(self, decision: Decision, inquiry: Inquiry, query: Query) -> Decision:
        self._credit(self.active.events[self.active.slots[decision.event_id]], inquiry, query)
        return decision

    def _join(self, query: Query, ranked: Ranked, bar: float) -> Decision:
        score, event, row = ranked[0]
        second = ranked[1] if len(ranked) > 1 else None
        self.active.join(event, query)
        return Decision(
            query.passage_id,
            event.event_id,
            "joined",
            score,
            score - max(second[0] if second else bar, bar),
            second[1].event_id if second else None,
            row,
        )

    def _revive(self, query: Query) -> Decision | None:
        bar = self.settings.threshold + self.settings.revival_margin
        nearest = self.dormant.nearest(query.vector.reshape(1, -1), self.settings.candidates)[0]
        ranked = self._rank(query, self.dormant, nearest)
        if not ranked or ranked[0][0] <= bar:
            return None
        score, event, row = ranked[0]
        self.active.insert(self.dormant.pop(event.event_id))
        self.active.join(event, query)
        return Decision(query.passage_id, event.event_id, "revived", score, score - bar, None, row)

    def _open(self, query: Query, ranked: Ranked) -> Decision:
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

    def _partner(self, event: Event) -> Merge | None:
        """Return the merge of an event with the one that it fits best, if they fit."""
        vector = event.total / np.float32(event.passages)
        nearest = self.active.nearest(vector.reshape(1, -1), self.settings.candidates + 1)[0]
        names = [name for name in nearest if name != event.event_id]
        bar = self.settings.threshold + self.settings.merge_margin
        ranked = self._rank(as_query(event), self.active, names)
        if not ranked:
            return None
        winner, loser = sorted((event, ranked[0][1]), key=_seniority)
        score, row = (ranked[0][0], ranked[0][2]) if loser is event else self._fit(loser, winner)
        return Merge(loser, winner, score, _reason(score, row)) if score > bar else None

    def _fit(self, loser: Event, winner: Event) -> tuple[float, tuple[float, ...]]:
        vector = loser.total / np.float32(loser.passages)
        nearest = self.active.nearest(vector.reshape(1, -1), self.settings.candidates + 1)[0]
        names = [*(name for name in nearest if name != loser.event_id), winner.event_id]
        ranked = self._rank(as_query(loser), self.active, names)
        return next((score, row) for score, event, row in ranked if event is winner)

    def _rank(self, query: Query, store: EventStore, names: Sequence[str]) -> Ranked:
        """Return (score, event, features), best first; ties go to the older, then smaller id."""
        events = [e for name in dict.fromkeys(names) if (e := store.get(name)) is not None]
        rows = features(query, events)
        scores = self.weights.score(rows)
        order = sorted(
            range(len(events)),
            key=lambda i: (-scores[i], events[i].first, events[i].event_id),
        )
        return [(float(scores[i]), events[i], tuple(rows[i].tolist())) for i in order]

    def _credit(self, event: Event, inquiry: Inquiry, query: Query) -> None:
        """Note what an article tells of its event beside its vector: outlet and headline."""
        article = inquiry.article
        if event.last_article != article.article_id:
            event.articles += 1
            event.last_article = article.article_id
            _count_source(event, article.source)
        if article.title:
            length = max(float(np.linalg.norm(event.total)), 1e-9)
            weight = float(event.total @ query.vector) / length
            event.headlines[article.title] = max(weight, event.headlines.get(article.title, 0.0))
            if len(event.headlines) > MAX_HEADLINES:
                del event.headlines[min(event.headlines, key=lambda t: (event.headlines[t], t))]

    def _reach(self, event_id: str, article: Article) -> None:
        event = self.find(event_id)
        if event is not None:
            event.copies += 1
            event.last = max(event.last, article.time)
            _count_source(event, article.source)


def _names(decisions: Iterable[Decision]) -> list[str]:
    return [decision.event_id for decision in decisions]


def _seniority(event: Event) -> tuple[int, int, str]:
    return -event.passages, event.first, event.event_id


def _reason(score: float, row: Sequence[float]) -> str:
    figures = ", ".join(f"{name} {value:.2f}" for name, value in zip(FEATURES, row, strict=True))
    return f"its passages fit the other: log-odds {score:.2f} ({figures})"


def _count_source(event: Event, source: str | None) -> None:
    if source and (source in event.sources or len(event.sources) < MAX_SOURCES):
        event.sources[source] = event.sources.get(source, 0) + 1
