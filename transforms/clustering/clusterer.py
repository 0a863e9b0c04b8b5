"""Level 1 as a stream: each article joins an event, wakes a dormant one or opens a new one.

An article is decided as a whole; a passage of it that clearly belongs elsewhere leaves it first.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence, Set
from dataclasses import dataclass, replace

import numpy as np

from schemas.records import Article, EmbeddedArticle, make_id
from schemas.settings import EventSettings
from transforms.clustering.background import MAX_TERMS, Background
from transforms.clustering.events import DAY, Event, EventStore, Query
from transforms.clustering.merging import Merge, merge
from transforms.clustering.panel import Panel, panels
from transforms.clustering.parts import join, side
from transforms.clustering.queries import Inquiry, inquire
from transforms.clustering.ranking import Judge, Neighbours, Ranked
from transforms.clustering.score import Weights, default_weights
from transforms.clustering.splitting import Split, split

CHUNK = 256
"""Articles looked up in the index at once."""

Group = tuple[Sequence[Query], Sequence[int]]
"""Queries with the slots of their candidates."""

ALIKE = 0.5
"""Cosine to the rest of its article from which on a passage shares its article's candidates: two
thirds of passages in political news. Below it those of a digest would miss some of theirs."""
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
        part: of the event that it went to; empty for the others.
    """

    passage_id: str
    event_id: str
    kind: str
    score: float | None = None
    margin: float = 0.0
    runner_up: str | None = None
    features: tuple[float, ...] = ()
    part: str = ""


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
            decisions.append(
                Decision(query.passage_id, best.event_id, "copied", part=side(best, query))
            )
        for name in dict.fromkeys(decision.event_id for decision in decisions):
            parts = {decision.part for decision in decisions if decision.event_id == name}
            self._reach(name, article.article, parts)
        return decisions

    def find(self, event_id: str) -> Event | None:
        """Return the event, awake or dormant."""
        return self.active.get(event_id) or self.dormant.get(event_id)

    def merge(self, event_ids: Sequence[str]) -> list[Merge]:
        """Merge those of the named events whose passages would now join another."""
        return merge(self.active, event_ids, self.judge, self.settings)

    def split(self, event_ids: Sequence[str], since: int, now: int) -> list[Split]:
        """Split those of the named events that came apart after ``since``; times in µs."""
        return split(self.active, event_ids, self.judge, self.settings, since, now)

    def sleep(self, now: int) -> tuple[list[Event], list[Event]]:
        """Send silent events to sleep and forget old ones; return (fell asleep, forgotten)."""
        limit = now - int(self.settings.dormant_after_days * DAY)
        surplus = max(len(self.active) - self.settings.max_active, 0)
        order = sorted(
            self.active.silent(limit, surplus), key=lambda event: (event.last, event.event_id)
        )
        asleep = [e for place, e in enumerate(order) if place < surplus or e.last < limit]
        for event in asleep:
            event.part = None
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
        alike = max(self.settings.leave_similarity, ALIKE)
        groups = [inquiry.groups(alike) for inquiry in inquiries]
        vectors = np.stack([group[0].vector for some in groups for group in some])
        near = Neighbours(self.active, vectors, self.settings.candidates)
        places = np.cumsum([0, *map(len, groups)]).tolist()
        together = panels(
            [some[0] for some in groups],
            self.judge,
            self.active,
            [near.of(place) for place in places[:-1]],
        )
        early = [panel.rows[0] for panel in together]
        sleeping = self._sleeping(
            [panel.queries[0] for panel in together if panel.best() <= self.settings.threshold]
        )
        decisions = []
        for inquiry, some, panel, place in zip(inquiries, groups, together, places, strict=False):
            panel.update(self.judge, self.active, near.of(place), near.changed)
            apart = [(group, near.of(place + n)) for n, group in enumerate(some[1:], 1)]
            placed = self._article(inquiry, panel, apart, sleeping)
            for name in dict.fromkeys(decision.event_id for decision in placed):
                near.change(self.active.slots[name])
            decisions.append(placed)
        self.judge.learn([rows for rows in early if len(rows) == self.settings.candidates])
        return decisions

    def _sleeping(self, queries: Sequence[Query]) -> dict[str, Ranked]:
        """Return the dormant events nearest to each query, by its passage."""
        if not queries:
            return {}
        vectors = np.stack([query.vector for query in queries])
        _, found = self.dormant.search(vectors, self.settings.candidates)
        ranked = self.judge.ranks(queries, self.dormant, found.tolist())
        return dict(zip((query.passage_id for query in queries), ranked, strict=True))

    def _article(
        self,
        inquiry: Inquiry,
        panel: Panel,
        apart: Sequence[Group],
        sleeping: Mapping[str, Ranked],
    ) -> list[Decision]:
        """Decide on an article; ``apart`` has the parts unlike it, with their candidates."""
        ranked = panel.ranked(self.active)
        if len(inquiry.parts) == 1:
            return [self._place(inquiry.whole, inquiry, ranked, sleeping)]
        placed: dict[str, Decision] = {}
        home = ranked.best if ranked.score > self.settings.threshold else None
        leaving = self._leaving(inquiry, panel, apart, home)
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
            ranked = self.judge.rank(rest, self.active, [*panel.slots, *slots])
            known = sleeping.get(inquiry.whole.passage_id)
            sleeping = {rest.passage_id: self._still_asleep(rest, known)} if known else {}
        joint = self._place(rest, inquiry, ranked, sleeping)
        placed.update({q.passage_id: replace(joint, passage_id=q.passage_id) for q in staying})
        return [placed[query.passage_id] for query in inquiry.parts]

    def _leaving(
        self, inquiry: Inquiry, panel: Panel, apart: Sequence[Group], home: Event | None
    ) -> dict[str, Ranked]:
        """Return the rankings of parts that clearly belong elsewhere than their article.

        One that is unlike the rest of its article leaves easily; one that is like it only for
        an event that it would clearly join if it came alone.
        """
        own = None if home is None else self.active.slots[home.event_id]
        leaving = {}
        for number, query in enumerate(panel.queries[1:], 1):
            bar = panel.score(number, own) + self.settings.leave_lead
            if panel.best(number) > max(self.settings.threshold, bar):
                leaving[query.passage_id] = panel.ranked(self.active, number)
        kinship = inquiry.kinship() if apart else {}
        for [query], slots in apart:
            ranked = self.judge.rank(query, self.active, [*slots, *([] if own is None else [own])])
            least, lead = self.settings.leave_threshold, self.settings.leave_margin
            if kinship[query.passage_id] >= self.settings.leave_similarity:
                least, lead = self.settings.threshold, self.settings.leave_lead
            if ranked.score > max(least, ranked.score_of(home) + lead):
                leaving[query.passage_id] = ranked
        return leaving

    def _place(
        self, query: Query, inquiry: Inquiry, ranked: Ranked, sleeping: Mapping[str, Ranked]
    ) -> Decision:
        if ranked.score > self.settings.threshold:
            decision = self._join(query, ranked, self.settings.threshold)
        else:
            decision = self._revive(query, sleeping) or self._open(query, ranked)
        return self._credited(decision, inquiry, query)

    def _credited(self, decision: Decision, inquiry: Inquiry, query: Query) -> Decision:
        event = self.active.events[self.active.slots[decision.event_id]]
        self._credit(event, inquiry, query, decision.part)
        return decision

    def _join(self, query: Query, ranked: Ranked, bar: float) -> Decision:
        event = ranked.events[0]
        second = ranked.events[1].event_id if len(ranked.events) > 1 else None
        margin = ranked.score - max([bar, *ranked.scores[1:2]])
        part = join(self.active, event, query)
        return Decision(
            query.passage_id,
            event.event_id,
            "joined",
            ranked.score,
            margin,
            second,
            ranked.features(),
            part,
        )

    def _revive(self, query: Query, sleeping: Mapping[str, Ranked]) -> Decision | None:
        ranked = sleeping.get(query.passage_id) or self._sleeping([query])[query.passage_id]
        bar = self.settings.threshold + self.settings.revival_margin
        for place, (event, score) in enumerate(zip(ranked.events, ranked.scores, strict=True)):
            if score <= bar:
                break
            if event.event_id in self.dormant.slots:  # it may have been woken meanwhile
                self.active.insert(self.dormant.pop(event.event_id))
                part = join(self.active, event, query)
                seen = ranked.features(place)
                name = event.event_id
                return Decision(
                    query.passage_id, name, "revived", score, score - bar, None, seen, part
                )
        return None

    def _still_asleep(self, query: Query, ranked: Ranked) -> Ranked:
        """Return the events that were ranked for another query by how they fit this one."""
        slots = [self.dormant.slots.get(event.event_id) for event in ranked.events]
        return self.judge.rank(query, self.dormant, [slot for slot in slots if slot is not None])

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

    def _credit(self, event: Event, inquiry: Inquiry, query: Query, part: str) -> None:
        """Note what an article tells of its event beside its vector: outlet and headline."""
        centroid = self.active.centroid(self.active.slots[event.event_id])
        weight = float(centroid @ query.vector)
        for each in (event, event.part if part else None):
            if each is not None:
                _tell(each, inquiry.article, weight)

    def _reach(self, event_id: str, article: Article, parts: Set[str]) -> None:
        store = self.active if event_id in self.active.slots else self.dormant
        event = store.get(event_id)
        if event is not None:
            event.copies += 1
            store.reach(event, article.time)
            _count_source(event, article.source)
            if event.part is not None and event.part.event_id in parts:
                event.part.copies += 1
                event.part.last = max(event.part.last, article.time)
                _count_source(event.part, article.source)


def _tell(event: Event, article: Article, weight: float) -> None:
    if event.last_article != article.article_id:
        event.articles += 1
        event.last_article = article.article_id
        _count_source(event, article.source)
    if article.title:
        event.headlines[article.title] = max(weight, event.headlines.get(article.title, 0.0))
        if len(event.headlines) > MAX_HEADLINES:
            del event.headlines[min(event.headlines, key=lambda t: (event.headlines[t], t))]


def _count_source(event: Event, source: str | None) -> None:
    if source and (source in event.sources or len(event.sources) < MAX_SOURCES):
        event.sources[source] = event.sources.get(source, 0) + 1
