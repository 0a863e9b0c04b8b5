"""What one window did: where its articles went, and what changed for it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import NamedTuple

from schemas.records import EmbeddedArticle, Passage
from transforms.clustering.clusterer import Decision
from transforms.clustering.events import DAY, Event
from transforms.clustering.lineage import Change
from transforms.clustering.places import Place
from transforms.clustering.registry import Record
from transforms.clustering.splitting import Split
from transforms.clustering.storylines import Storyline


class Heir(NamedTuple):
    """Today's event, and the part of it, of a passage."""

    event_id: str
    part: str


@dataclass(slots=True)
class Placed:
    """An article with where its passages and paragraphs went."""

    article: EmbeddedArticle
    record: Record
    late: bool
    decisions: list[tuple[Passage, Decision]] = field(default_factory=list)
    gone: dict[str, int] = field(default_factory=dict)
    """Passages of the version before that are no more, with the times of their rows."""
    kept: dict[str, int] = field(default_factory=dict)
    """Passages of the version before that stay, likewise."""
    before: int | None = None
    """Event time of the version before."""

    def follow(self, trace: Callable[[str, str], Heir]) -> None:
        """Take the events that were merged meanwhile for those that took them over."""
        self.decisions = [
            (passage, replace(decision, event_id=heir.event_id, part=heir.part))
            for passage, decision in self.decisions
            for heir in [trace(decision.event_id, decision.part)]
        ]
        for place in self.record.places.values():
            place.event_id, place.part = trace(place.event_id, place.part)


@dataclass
class Step:
    """What one window did.

    Attributes:
        time: the end of the window, microseconds.
        placed: new articles, new versions and copies, in the order of decision.
        unchanged: articles that were known in this version or a newer one.
        rejected: new articles that came too late.
        changes: lineage.
        touched: storylines that changed.
        merged: events that were merged away.
        splits: events that became two.
        events: events merged away or forgotten, with status and successor.
        storylines: likewise.
    """

    time: int
    placed: list[Placed] = field(default_factory=list)
    unchanged: int = 0
    rejected: list[EmbeddedArticle] = field(default_factory=list)
    changes: list[Change] = field(default_factory=list)
    touched: dict[str, None] = field(default_factory=dict)
    storyline_of: dict[str, str] = field(default_factory=dict)
    """Storyline of each event that the articles placed lie in, as it was when they were placed:
    a late one may open an event that is forgotten at once."""
    merged: dict[str, Event] = field(default_factory=dict)
    splits: list[Split] = field(default_factory=list)
    events: list[tuple[Event, str, str, str | None]] = field(default_factory=list)
    """Event, its storyline, status, successor."""
    storylines: list[tuple[Storyline, str, str | None]] = field(default_factory=list)
    """Storyline, status, successor."""


def order(article: EmbeddedArticle) -> tuple[int, str, tuple[int, int, str]]:
    """Return what the articles of a window are sorted by: event time, id, version."""
    head = article.article
    return head.time, head.article_id, Record.version_of(head)


def anchor(article: EmbeddedArticle, passage: Passage, old: Record) -> Place | None:
    """Return the place that most characters of the passage had in the version before."""
    weight: dict[tuple[str, str], int] = {}
    for index in passage.paragraphs:
        paragraph = article.paragraphs[index]
        place = old.places.get(paragraph.paragraph_id)
        if place is not None:
            key = (place.passage_id, place.event_id)
            weight[key] = weight.get(key, 0) + len(paragraph.text)
    if not weight:
        return None
    return min(
        (place for place in old.places.values()),
        key=lambda place: (
            -weight.get((place.passage_id, place.event_id), 0),
            place.passage_id,
            place.event_id,
        ),
    )


def kept(place: Place) -> Decision:
    """Return the decision that leaves a passage where it was put before."""
    return Decision(
        place.passage_id,
        place.event_id,
        "kept",
        margin=place.margin,
        runner_up=place.runner_up or None,
        part=place.part,
    )


def revived(time: int, decision: Decision) -> Change:
    """Return the lineage of an event that woke."""
    reason = f"log-odds {decision.score:.2f}, {decision.margin:.2f} above the bar"
    return Change(time, "event", decision.event_id, "revived", "", reason)


def silence(time: int, now: int, event: Event, change: str) -> Change:
    """Return the lineage of an event that fell asleep or was forgotten."""
    reason = f"silent for {(now - event.last) / DAY:.1f} days"
    return Change(time, "event", event.event_id, change, "", reason)
