"""Rows of the lake from what the engine decided."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Protocol

from schemas.settings import InputSettings
from schemas.tables import FEATURES
from transforms.clustering.clusterer import Decision
from transforms.clustering.events import Event
from transforms.clustering.step import Placed
from transforms.clustering.storylines import Storyline
from transforms.embedding.base import unpack
from transforms.passages import unit

Row = dict[str, Any]
MAX_TERMS = 10
MAX_TOP_SOURCES = 10


class StorylineOf(Protocol):
    """Tells the storyline of an event."""

    def __call__(self, event_id: str, /) -> str:
        """Return the storyline's id."""


def article_row(placed: Placed, storyline_of: StorylineOf, settings: InputSettings) -> Row:
    """Return the row of the table ``articles``."""
    article, record = placed.article, placed.record
    head = article.article
    shares = _shares(placed, storyline_of)
    language = (head.language or "").split("-")[0]
    return {
        "article_id": head.article_id,
        "digest": head.digest,
        "source_id": head.source_id,
        "url": head.url,
        "source": head.source,
        "title": head.title,
        "time": head.time,
        "published_at": head.published_at,
        "date_status": head.date_status,
        "updated_at": head.updated_at,
        "fetched_at": head.fetched_at,
        "first_fetched_at": record.first_fetched,
        "version": record.version,
        "language": head.language,
        "language_known": not language or language in settings.languages,
        "duplicate_of": record.duplicate_of or None,
        "late": placed.late,
        "paragraphs": len(article.paragraphs),
        "residue": len(article.residue),
        "characters": sum(len(paragraph.text) for paragraph in article.paragraphs),
        "event_id": shares[0]["event_id"],
        "storyline_id": shares[0]["storyline_id"],
        "share": shares[0]["share"],
        "shares": shares,
        "origin": head.origin,
        "place": head.place,
    }


def paragraph_rows(placed: Placed, storyline_of: StorylineOf) -> list[Row]:
    """Return the rows of the table ``paragraphs``."""
    head = placed.article.article
    return [
        {
            "paragraph_id": paragraph.paragraph_id,
            "article_id": head.article_id,
            "position": paragraph.position,
            "text": paragraph.text,
            "time": head.time,
            "source": head.source,
            "passage_id": place.passage_id,
            "event_id": place.event_id,
            "storyline_id": storyline_of(place.event_id),
            "margin": place.margin,
            "runner_up": place.runner_up or None,
        }
        for paragraph in placed.article.paragraphs
        for place in [placed.record.places[paragraph.paragraph_id]]
    ]


def passage_rows(placed: Placed, storyline_of: StorylineOf) -> list[Row]:
    """Return the rows of the table ``passages``; a kept one has its row already."""
    head = placed.article.article
    return [
        {
            "passage_id": decision.passage_id,
            "article_id": head.article_id,
            "time": head.time,
            "paragraphs": len(passage.paragraphs),
            "share": passage.share,
            "event_id": decision.event_id,
            "storyline_id": storyline_of(decision.event_id),
            "decision": decision.kind,
            "score": decision.score,
            "margin": decision.margin,
            "runner_up": decision.runner_up,
            "features": _features(decision),
            "embedding": unpack(passage.vector),
            "lead": unpack(passage.lead),
        }
        for passage, decision in placed.decisions
        if decision.kind != "kept"
    ]


def residue_rows(placed: Placed) -> list[Row]:
    """Return the rows of the table ``residue``."""
    head = placed.article.article
    return [
        {
            "article_id": head.article_id,
            "position": residue.position,
            "time": head.time,
            "rule": residue.rule,
            "text": residue.text,
        }
        for residue in placed.article.residue
    ]


def event_row(event: Event, storyline_id: str, status: str, successor: str | None = None) -> Row:
    """Return the row of the table ``events``."""
    terms = sorted(event.sparse.items(), key=lambda item: (-item[1], item[0]))
    headline = min(event.headlines, key=lambda t: (-event.headlines[t], t), default=None)
    return {
        "event_id": event.event_id,
        "storyline_id": storyline_id,
        "merged_into": successor,
        "status": status,
        "headline": headline,
        "terms": [term for term, _ in terms[:MAX_TERMS]],
        "opened_at": event.opened,
        "first_seen": event.first,
        "last_seen": event.last,
        "articles": event.articles,
        "passages": event.passages,
        "copies": event.copies,
        **_sources(event.sources),
        "embedding": unit(event.total),
    }


def storyline_row(storyline: Storyline, status: str, successor: str | None = None) -> Row:
    """Return the row of the table ``storylines``."""
    return {
        "storyline_id": storyline.storyline_id,
        "merged_into": successor,
        "label": storyline.label,
        "status": status,
        "headline": storyline.headline or None,
        "terms": list(storyline.top_terms),
        "opened_at": storyline.opened,
        "first_seen": storyline.first,
        "last_seen": storyline.last,
        "articles": storyline.articles,
        "passages": storyline.passages,
        "copies": storyline.copies,
        **_sources(storyline.sources),
        "events": storyline.events,
        "trend": _trend(storyline.days),
        "embedding": unit(storyline.total),
    }


def _shares(placed: Placed, storyline_of: StorylineOf) -> list[Row]:
    """Return the article's events by the share of its characters, the largest first."""
    sizes: dict[str, int] = {}
    for paragraph in placed.article.paragraphs:
        event_id = placed.record.places[paragraph.paragraph_id].event_id
        sizes[event_id] = sizes.get(event_id, 0) + max(len(paragraph.text), 1)
    whole = sum(sizes.values())
    return [
        {"event_id": name, "storyline_id": storyline_of(name), "share": sizes[name] / whole}
        for name in sorted(sizes, key=lambda name: (-sizes[name], name))
    ]


def _features(decision: Decision) -> list[Row]:
    return [
        {"name": name, "value": value}
        for name, value in zip(FEATURES, decision.features, strict=False)
    ]


def _sources(counts: Mapping[str, int]) -> Row:
    top = sorted(counts, key=lambda name: (-counts[name], name))
    return {"sources": len(counts), "top_sources": top[:MAX_TOP_SOURCES]}


def _trend(days: Mapping[int, int]) -> float:
    """Return (articles of the last 7 days + 1) / (articles of the 7 days before + 1)."""
    last = max(days, default=0)

    def count(start: int, end: int) -> int:
        return sum(articles for day, articles in days.items() if start < day <= end)

    return (count(last - 7, last) + 1) / (count(last - 14, last - 7) + 1)
