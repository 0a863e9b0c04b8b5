"""The whole ordered core: articles of a time window in, placed articles and lineage out."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from schemas.records import EmbeddedArticle, Passage, make_id
from schemas.settings import Settings
from transforms.clustering.clusterer import Decision, EventClusterer
from transforms.clustering.events import Event
from transforms.clustering.evidence import credit, inherit, relabel
from transforms.clustering.lateness import is_late, too_late
from transforms.clustering.lineage import Change
from transforms.clustering.parting import leave, regroup
from transforms.clustering.places import Place
from transforms.clustering.registry import Record, Registry, horizon
from transforms.clustering.score import Weights
from transforms.clustering.step import Heir, Placed, Step, anchor, kept, order, revived, silence
from transforms.clustering.storylines import Storyline, StorylineGrouper

MERGE_EVERY = 200
"""Articles decided in a large window before events are compared with each other again."""


class Engine:
    """Deterministic: the same windows in the same order give the same steps.

    Args:
        dimension: length of a vector.
        settings: of the run.
        weights: of the join score; None for the packaged ones.
    """

    def __init__(self, dimension: int, settings: Settings, weights: Weights | None = None) -> None:
        self.dimension = dimension
        self.settings = settings
        self.clock: int | None = None
        """Latest publication time seen, microseconds; None before the first."""
        self.done = 0
        """End of the last window decided, microseconds."""
        self.settled = 0
        """End of the last one that had a date in it: what the next run goes on from. Without a
        date there is only the time of fetching, which may be years after what is still to come."""
        self.registry = Registry(settings.duplicates)
        self.events = EventClusterer(dimension, settings.events, weights)
        self.storylines = StorylineGrouper(dimension, settings.storylines)
        self.heirs: dict[str, Heir] = {}
        """Events that were merged away, and what they were merged into."""
        self.changed_events: dict[str, None] = {}
        self.changed_storylines: dict[str, None] = {}

    def step(self, end: int, articles: Iterable[EmbeddedArticle]) -> Step:
        """Decide on the articles of the window that ends at ``end`` (microseconds).

        They may come in any order; they are sorted by event time, then id, then version.
        """
        step = Step(end)
        batch = [article for article in sorted(articles, key=order) if self._in_time(article, step)]
        # What is known must not move the clock: where it comes in a run of its own, none sees it.
        heads = [a.article for a in batch if not self.registry.knows(a.article)]
        dated = [head.published_at for head in heads if head.published_at is not None]
        self.clock = max([*dated, *([] if self.clock is None else [self.clock])], default=None)
        new, copies, versions = self._sift(batch, step)
        for start in range(0, len(new), MERGE_EVERY):
            some = new[start : start + MERGE_EVERY]
            for placed, decisions in zip(
                some, self._decide([p.article for p in some]), strict=True
            ):
                self._settle(step, placed, zip(placed.article.passages, decisions, strict=True))
            self._merge(step, some)
        for placed in copies:
            self._copy(step, placed)
        for article in versions:
            self._update(step, article)
        self._merge(step, step.placed[len(new) :])
        for placed in step.placed:
            placed.follow(self.trace)
        self._split(step)
        self._group(step)
        self._sleep(step)
        self._name(step)
        self.done = max(self.done, end)
        self.settled = max(self.settled, end if dated else 0)
        return step

    def _decide(self, articles: Sequence[EmbeddedArticle]) -> list[list[Decision]]:
        return self.events.step([self._as_of(article) for article in articles])

    def _as_of(self, article: EmbeddedArticle) -> EmbeddedArticle:
        """Let an undated article count as of the latest publication time seen.

        It may have been fetched years after what it tells of: its fetch time says where it
        stands in the order, not how long a story has been silent.
        """
        head = article.article
        if head.published_at is not None or self.clock is None:
            return article
        return article._replace(article=head._replace(fetched_at=min(head.fetched_at, self.clock)))

    def _now(self, step: Step) -> int:
        return step.time if self.clock is None else self.clock

    def take_changed(self) -> tuple[list[tuple[Event, str, str]], list[tuple[Storyline, str]]]:
        """Return what changed since the last call and lives on, by id.

        Events with their storylines and status, and storylines with their status.
        """
        names, self.changed_events = self.changed_events, {}
        events = [event for name in sorted(names) if (event := self.events.find(name)) is not None]
        lines, self.changed_storylines = self.changed_storylines, {}
        known = self.storylines.storylines
        return (
            [(e, self.storyline_of(e.event_id), self._status([e.event_id])) for e in events],
            [(known[n], self._status(known[n].members)) for n in sorted(lines) if n in known],
        )

    def touch_all(self) -> None:
        """Take everything for changed: after a restart it is not known what was handed over."""
        self.changed_events = dict.fromkeys(self.storylines.of_event)
        self.changed_storylines = dict.fromkeys(self.storylines.storylines)

    def _status(self, event_ids: Iterable[str]) -> str:
        return "active" if any(map(self.is_awake, event_ids)) else "dormant"

    def storyline_of(self, event_id: str) -> str:
        """Return the storyline of a live event."""
        return self.storylines.of_event[event_id]

    def is_awake(self, event_id: str) -> bool:
        """Say whether the event is in the index, not dormant."""
        return self.events.active.get(event_id) is not None

    def _sift(
        self, batch: Sequence[EmbeddedArticle], step: Step
    ) -> tuple[list[Placed], list[Placed], list[EmbeddedArticle]]:
        """Tell new articles, copies and versions of known articles apart."""
        new: list[Placed] = []
        copies: list[Placed] = []
        versions: list[EmbeddedArticle] = []
        for article in batch:
            if article.article.article_id in self.registry.records:
                versions.append(article)
                continue
            original = self.registry.original(article)
            record = Record.of(article, self._now(step))
            record.duplicate_of = original.article_id if original else ""
            self.registry.add(record)
            (copies if original else new).append(Placed(article, record, self._late(article, step)))
        return new, copies, versions

    def _in_time(self, article: EmbeddedArticle, step: Step) -> bool:
        """Turn away a new article from before the allowed lateness."""
        known = article.article.article_id in self.registry.records
        if known or not too_late(article.article, step.time, self.settings.events):
            return True
        step.rejected.append(article)
        return False

    def _late(self, article: EmbeddedArticle, step: Step) -> bool:
        return is_late(article.article, step.time, self.settings.events)

    def _settle(
        self, step: Step, placed: Placed, pairs: Iterable[tuple[Passage, Decision]]
    ) -> None:
        """Note where the passages of an article went."""
        for passage, decision in pairs:
            placed.decisions.append((passage, decision))
            for index in passage.paragraphs:
                name = placed.article.paragraphs[index].paragraph_id
                place = Place(
                    decision.passage_id,
                    decision.event_id,
                    decision.margin,
                    decision.runner_up or "",
                    placed.kept.get(decision.passage_id, placed.article.article.time),
                    decision.part,
                )
                placed.record.places.setdefault(name, place)
            if decision.kind == "revived":
                step.changes.append(revived(step.time, decision))
        step.placed.append(placed)

    def _copy(self, step: Step, placed: Placed) -> None:
        original = self.registry.records[placed.record.duplicate_of]
        names = dict.fromkeys(map(self.heir, original.events))
        known = [name for name in names if self.events.find(name) is not None]
        if known:
            decisions = self.events.follow(self._as_of(placed.article), known)
        else:  # the original's events are forgotten: this one starts anew
            placed.record.duplicate_of = ""
            self.registry.add(placed.record)
            [decisions] = self._decide([placed.article])
        self._settle(step, placed, zip(placed.article.passages, decisions, strict=True))

    def _update(self, step: Step, article: EmbeddedArticle) -> None:
        """A newer text: what is unchanged stays where it is, what is new is decided.

        New paragraphs of a passage that has old ones follow these. What lies in an event that
        was forgotten is decided anew.
        """
        old = self.registry.records[article.article.article_id]
        if self.registry.knows(article.article):
            step.unchanged += 1
            return
        written = {place.passage_id: place.time for place in old.places.values()}
        for known in old.places.values():
            known.event_id, known.part = self.trace(known.event_id, known.part)
        old.places = {n: p for n, p in old.places.items() if self.events.find(p.event_id)}
        record = old.next_version(article, self._now(step))
        placed = Placed(article, record, self._late(article, step), before=old.time)
        anchors = [anchor(article, passage, old) for passage in article.passages]
        fresh = [
            # An earlier version may have had this passage, and its event may still go by its id.
            p._replace(passage_id=make_id("g", p.passage_id, str(record.version)))
            for p, place in zip(article.passages, anchors, strict=True)
            if place is None
        ]
        decided = iter(self._decide([article._replace(passages=fresh)])[0] if fresh else ())
        pairs = []
        for passage, place in zip(article.passages, anchors, strict=True):
            pairs.append((passage, kept(place) if place else next(decided)))
        stay = {place.passage_id for place in record.places.values()}
        placed.kept = {name: time for name, time in written.items() if name in stay}
        placed.gone = {name: time for name, time in written.items() if name not in stay}
        self._settle(step, placed, pairs)
        self.registry.add(record)

    def _merge(self, step: Step, placed: Sequence[Placed]) -> None:
        """Merge events that turned out to be one, those of ``placed`` with any."""
        names = dict.fromkeys(d.event_id for p in placed for _, d in p.decisions)
        for merge in self.events.merge([self.heir(name) for name in names]):
            loser, winner = merge.loser.event_id, merge.winner.event_id
            self.heirs[loser] = Heir(winner, merge.part)
            step.merged[loser] = merge.loser
            if loser not in self.storylines.of_event:
                reason = "merged in the window in which it was opened"
                step.changes.append(Change(step.time, "event", loser, "born", "", reason))
            step.changes.append(
                Change(step.time, "event", loser, "merged_into", winner, merge.reason)
            )

    def heir(self, event_id: str) -> str:
        """Return the event that took over ``event_id``, or itself."""
        return self.trace(event_id, "").event_id

    def trace(self, event_id: str, part: str) -> Heir:
        """Return today's event, and part of it, of a passage that was put into these."""
        heir = Heir(event_id, part)
        while heir.event_id in self.heirs:
            heir = self.heirs[heir.event_id]
        return heir

    def _split(self, step: Step) -> None:
        """Split events that have become two, of those that the window added to."""
        names = dict.fromkeys(d.event_id for p in step.placed for _, d in p.decisions)
        since = horizon(self._now(step), self.settings.duplicates)
        step.splits = self.events.split(list(names), since, step.time)
        leave(step, self.registry, self.trace)

    def _group(self, step: Step) -> None:
        """Bring the storylines up to date with the events that changed."""
        for name, loser in step.merged.items():
            self._bury(step, loser, self.heir(name))
        # What stayed comes first: what left is to be compared with storylines that it is not in.
        names = [split.event_id for split in step.splits]
        names += [split.born.event_id for split in step.splits]
        names += [d.event_id for placed in step.placed for _, d in placed.decisions]
        names += [self.heir(name) for name in step.merged]
        self.changed_events.update(dict.fromkeys(names))
        changed = [event for name in dict.fromkeys(names) if (event := self.events.find(name))]
        changes, ended = self.storylines.update(changed, step.time)
        step.changes += changes
        regroup(step, changes, self.storylines)
        step.storylines += [(line, "merged", successor) for line, successor in ended]
        for name, loser in step.merged.items():
            heir = self.heir(name)
            step.events.append((loser, self.storyline_of(heir), "merged", heir))
        for placed in step.placed:
            credit(self.storylines, placed)
            step.storyline_of.update((e, self.storyline_of(e)) for e in placed.record.events)
        self._endow(step)
        touched = [self.storyline_of(event.event_id) for event in changed]
        touched += [name for change in step.changes for name in (change.id, change.other)]
        step.touched.update(dict.fromkeys(touched))

    def _endow(self, step: Step) -> None:
        """Give storylines that an event opened when it left another what the event tells."""
        for change in step.changes:
            if (change.level, change.change) == ("storyline", "split_from"):
                storyline = self.storylines.storylines.get(change.id)
                event = self.events.find(next(iter(storyline.members))) if storyline else None
                if storyline and event and len(storyline.members) == 1:
                    inherit(storyline, event, self.events.background)

    def _bury(self, step: Step, loser: Event, heir: str) -> None:
        """Let an event that was merged away leave its storyline to the one that took it over."""
        self.changed_events.pop(loser.event_id, None)
        winner = self.events.find(heir)
        if winner is None or loser.event_id not in self.storylines.of_event:
            return
        is_new = heir not in self.storylines.of_event
        step.touched[self.storyline_of(loser.event_id)] = None
        ended = self.storylines.replace(loser, winner)
        if is_new:
            name, reason = self.storyline_of(heir), "took over an event of this storyline at once"
            step.changes.append(Change(step.time, "event", heir, "born", name, reason))
        if ended is not None:
            name = self.storyline_of(heir)
            step.storylines.append((ended, "merged", name))
            reason = "its only event was merged into one of the other"
            step.changes.append(
                Change(step.time, "storyline", ended.storyline_id, "merged_into", name, reason)
            )

    def _sleep(self, step: Step) -> None:
        now = self._now(step)
        asleep, forgotten = self.events.sleep(now)
        for event in asleep:
            self._touch(step, event.event_id)
            step.changes.append(silence(step.time, now, event, "dormant"))
        for event in forgotten:
            name = self.storyline_of(event.event_id)
            self._touch(step, event.event_id)
            step.events.append((event, name, "retired", None))
            step.changes.append(silence(step.time, now, event, "retired"))
            ended = self.storylines.forget(event)
            if ended is not None:
                step.storylines.append((ended, "retired", None))
                reason = "its last event was retired"
                step.changes.append(Change(step.time, "storyline", name, "retired", "", reason))
        if forgotten:
            live = [n for n in self.heirs if self.events.find(self.heir(n)) is not None]
            self.heirs = {name: self.trace(name, "") for name in live}
        self.registry.forget(now)

    def _touch(self, step: Step, event_id: str) -> None:
        self.changed_events[event_id] = None
        step.touched[self.storyline_of(event_id)] = None

    def _name(self, step: Step) -> None:
        """Give the storylines that changed in this step their labels."""
        known = self.storylines.storylines
        self.changed_storylines.update(step.touched)
        for name in sorted(name for name in step.touched if name in known):
            before = known[name].label
            relabel(known[name], self.events.background)
            if before and before != known[name].label:
                reason = f"from “{before}” to “{known[name].label}”"
                step.changes.append(Change(step.time, "storyline", name, "renamed", "", reason))
