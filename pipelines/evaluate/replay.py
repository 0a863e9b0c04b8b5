"""Stream embedded articles through the ordered core and note where each paragraph ends up."""

from __future__ import annotations

import time
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from pipelines.evaluate.stability import Stability, follow
from schemas.records import EmbeddedArticle, SegmentedArticle
from schemas.settings import Settings
from transforms.clustering.background import Background, Prior
from transforms.clustering.engine import Engine
from transforms.clustering.registry import Record
from transforms.clustering.score import Weights
from transforms.clustering.step import Step


@dataclass(frozen=True)
class Fitted:
    """What was fitted; None for what is packaged."""

    weights: Weights | None = None
    prior: Prior | None = None


@dataclass
class Replay:
    """Where everything is when the stream has ended.

    Attributes:
        engine: the core at the end.
        stability: how ids held from snapshot to snapshot.
        decisions: passages decided on.
        seconds: CPU time inside the core: a busy machine must not make it look slow.
    """

    engine: Engine
    stability: Stability
    decisions: int = 0
    seconds: float = 0.0
    windows: int = 0
    _records: dict[str, Record] = field(default_factory=dict)
    _heirs: dict[str, str] = field(default_factory=dict)
    _moved: dict[str, str] = field(default_factory=dict)
    _lines: dict[str, str] = field(default_factory=dict)
    _successors: dict[str, str] = field(default_factory=dict)
    _labels: dict[str, str] = field(default_factory=dict)

    def step(self, end: int, articles: Sequence[EmbeddedArticle]) -> None:
        """Decide on one window."""
        started = time.process_time()
        step = self.engine.step(end, articles)
        self.seconds += time.process_time() - started
        self.windows += 1
        self.decisions += sum(len(placed.decisions) for placed in step.placed)
        self._note(step)
        self.stability.note(step, self.engine)

    def paragraph_events(self, article: SegmentedArticle) -> list[str]:
        """Return today's event of each paragraph; of one that an update dropped, the main one."""
        record = self._records[article.article.article_id]
        main = self.main_event(article)
        return [
            self._event(place.passage_id, place.event_id)
            if (place := record.places.get(paragraph.paragraph_id))
            else main
            for paragraph in article.paragraphs
        ]

    def main_event(self, article: SegmentedArticle) -> str:
        """Return the event with most characters of the article, as the lake's table has it."""
        record = self._records[article.article.article_id]
        sizes: dict[str, int] = {}
        for paragraph in article.paragraphs:
            place = record.places.get(paragraph.paragraph_id)
            if place is not None:
                name = self._event(place.passage_id, place.event_id)
                sizes[name] = sizes.get(name, 0) + max(len(paragraph.text), 1)
        if not sizes:  # a version whose paragraphs were all replaced
            place = next(iter(record.places.values()))
            return self._event(place.passage_id, place.event_id)
        return min(sizes, key=lambda name: (-sizes[name], name))

    def storyline(self, event_id: str) -> str:
        """Return today's storyline of an event, forgotten ones included."""
        grouper = self.engine.storylines
        name = grouper.of_event.get(event_id) or self._lines[event_id]
        return name if name in grouper.storylines else follow(name, self._successors)

    def label(self, storyline_id: str) -> str:
        """Return the label of a storyline, or the last one it had."""
        known = self.engine.storylines.storylines.get(storyline_id)
        return self._labels.get(storyline_id, "") if known is None else known.label

    def _event(self, passage_id: str, event_id: str) -> str:
        return follow(self._moved.get(passage_id, event_id), self._heirs)

    def _note(self, step: Step) -> None:
        for placed in step.placed:
            self._records[placed.record.article_id] = placed.record
        self._lines.update(step.storyline_of)
        for event, name, _, heir in step.events:
            self._lines[event.event_id] = name
            if heir:
                self._heirs[event.event_id] = heir
        for line, _, successor in step.storylines:
            self._labels[line.storyline_id] = line.label
            if successor:
                self._successors[line.storyline_id] = successor
        for change in step.changes:
            if change.level == "passage" and change.change == "moved_to":
                self._moved[change.id] = change.other


def replay(
    articles: Iterable[EmbeddedArticle],
    dimension: int,
    settings: Settings,
    fitted: Fitted | None = None,
) -> Replay:
    """Stream ``articles``, in any order, in event-time windows, as the pipeline does."""
    fitted = fitted or Fitted()
    engine = Engine(dimension, settings, fitted.weights)
    if fitted.prior is not None:
        engine.events.background = Background(prior=fitted.prior)
    result = Replay(engine, Stability())
    size, lateness = settings.events.window, settings.events.lateness
    windows: dict[int, list[EmbeddedArticle]] = {}
    for article in articles:
        end = (article.article.released(lateness) // size + 1) * size
        windows.setdefault(end, []).append(article)
    for end in sorted(windows):
        result.step(end, windows[end])
    return result
