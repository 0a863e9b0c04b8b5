"""Score where the articles of a corpus ended up against where they belong."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from pipelines.evaluate.corpus import Item
from pipelines.evaluate.labels import event_namer, label_scores
from pipelines.evaluate.metrics import b3, clustering, interval
from pipelines.evaluate.probes import Told
from pipelines.evaluate.replay import Replay
from schemas.records import EmbeddedArticle

Figures = dict[str, Any]


@dataclass
class Streamed:
    """A corpus that went through the core.

    Attributes:
        events: main event of each article.
        storylines: main storyline of each article.
    """

    items: Sequence[Item]
    result: Replay
    events: dict[str, str] = field(default_factory=dict)
    storylines: dict[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        for item in self.items:
            name = item.article.article.article_id
            self.events[name] = self.result.main_event(item.article)
            self.storylines[name] = self.result.storyline(self.events[name])

    @property
    def scored(self) -> list[Item]:
        """The articles that count."""
        return [item for item in self.items if item.scored and item.story is not None]


def cluster_scores(streamed: Streamed, lost: Sequence[str], seed: int) -> Figures:
    """Return the figures of articles and paragraphs, at both levels.

    What was rejected is in no cluster, so each such article counts as one of its own.

    Args:
        streamed: the corpus.
        lost: stories of articles that were rejected.
        seed: of the intervals.
    """
    scored = streamed.scored
    alone = [f"rejected {number}" for number in range(len(lost))]
    gold = [str(item.story) for item in scored] + list(lost)
    ids = [item.article.article.article_id for item in scored]
    where = [streamed.result.paragraph_events(item.article) for item in scored]
    flat = [story for item in scored for story in item.stories]
    events = [event for one in where for event in one]
    lines = [streamed.result.storyline(event) for event in events]
    return {
        "events": clustering(gold, [streamed.events[name] for name in ids] + alone, seed),
        "storylines": clustering(gold, [streamed.storylines[name] for name in ids] + alone, seed),
        "paragraphs_events": {**b3(flat, events)._asdict(), "items": len(flat)},
        "paragraphs_storylines": {**b3(flat, lines)._asdict(), "items": len(flat)},
    }


def name_scores(
    streamed: Streamed, articles: Sequence[EmbeddedArticle], seed: int
) -> Figures | None:
    """Return the figures of labels at both levels; None where no editor named a story."""
    scored = streamed.scored
    if not any(item.name for item in scored):
        return None
    background = streamed.result.engine.events.background
    namer = event_namer(articles, streamed.events, background)
    return {
        "storylines": label_scores(scored, streamed.storylines, streamed.result.label, seed),
        "events": label_scores(scored, streamed.events, namer, seed),
    }


def digest_scores(plain: Streamed, mixed: Streamed, stitched: Sequence[Item], seed: int) -> Figures:
    """Return the figures of digests, and what the ordinary articles lose by them.

    Args:
        plain: the corpus without digests.
        mixed: the corpus with them.
        stitched: the digests.
        seed: of the interval.
    """
    where = [event for item in stitched for event in mixed.result.paragraph_events(item.article)]
    gold = [story for item in stitched for story in item.stories]
    stories = [str(item.story) for item in plain.scored]
    ids = [item.article.article.article_id for item in plain.scored]
    without = b3(stories, [plain.events[name] for name in ids])
    within = b3(stories, [mixed.events[name] for name in ids])
    return {
        "digests": len(stitched),
        "paragraphs": {
            **b3(gold, where)._asdict(),
            "items": len(gold),
            "interval": interval(gold, where, seed=seed),
        },
        "ordinary_without": without._asdict(),
        "ordinary_with": within._asdict(),
        "ordinary_loss": without.f1 - within.f1,
    }


def speed(result: Replay, embedding: float) -> Figures:
    """Return how fast the core was; ``embedding`` seconds, apart."""
    return {
        "decisions": result.decisions,
        "windows": result.windows,
        "seconds": result.seconds,
        "decisions_per_second": result.decisions / max(result.seconds, 1e-9),
        "embedding_seconds": embedding,
    }


def told(streamed: Streamed) -> list[Told]:
    """Return the articles that a probe can see: those with a title and a date."""
    found = []
    for item in streamed.items:
        head = item.article.article
        if head.title and head.published_at is not None:
            line = streamed.storylines[head.article_id]
            label = streamed.result.label(line)
            text = "\n".join(paragraph.text for paragraph in item.article.paragraphs)
            found.append(Told(head.title, head.published_at, line, label, text))
    return found
