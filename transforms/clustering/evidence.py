"""What a storyline keeps for its name and its counts: bounded, added up article by article."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING

import numpy as np

from transforms.clustering.background import Background
from transforms.clustering.clusterer import MAX_SOURCES
from transforms.clustering.events import DAY, Event
from transforms.clustering.labels import Evidence, Headline, keep
from transforms.clustering.storylines import Storyline, StorylineGrouper, add_counts
from transforms.clustering.terms import TITLE_WEIGHT, tokenise
from transforms.embedding.base import unpack

if TYPE_CHECKING:
    from schemas.records import Passage
    from transforms.clustering.step import Placed

MAX_HEADLINES = 32
MAX_TERMS = 300
MAX_DAYS = 14
TOP_TERMS = 10
GROWTH = 1.25
"""A storyline is named anew when it has this many times the articles it had at its last naming:
often while it is young, seldom when it is settled."""


def credit(storylines: StorylineGrouper, placed: Placed) -> None:
    """Count an article in each storyline that it has newly come to; a copy counts as reach."""
    head = placed.article.article
    before = {d.event_id for _, d in placed.decisions if d.kind == "kept"}
    old = {storylines.of_event[name] for name in before if name in storylines.of_event}
    names: dict[str, None] = {}
    fresh: dict[str, list[Passage]] = {}
    for passage, decision in placed.decisions:
        name = storylines.of_event[decision.event_id]
        storyline = storylines.storylines[name]
        if decision.kind in ("opened", "joined", "revived"):
            fresh.setdefault(name, []).append(passage)
            if head.title:
                weight = passage.share * _closeness(storyline, passage.vector)
                _add_headline(storyline, head.title, weight, head.source or "")
        names[name] = None
    for name, passages in fresh.items():
        add_counts(storylines.storylines[name].terms, article_terms(head.title, passages))
    for name in names:
        if name not in old:
            _count(storylines.storylines[name], placed)


def article_terms(title: str | None, passages: Iterable[Passage]) -> dict[str, float]:
    """Return how often an article has each term, its title counted once.

    Each passage brings the title's terms along, so that an article of many passages would
    otherwise be little but its title.
    """
    titled: dict[str, float] = {}
    for term in tokenise(title or ""):
        titled[term] = titled.get(term, 0.0) + TITLE_WEIGHT
    total: dict[str, float] = {}
    for number, passage in enumerate(passages):
        for term, count in zip(passage.terms, passage.counts, strict=True):
            own = count - titled.get(term, 0.0) if number else count
            if own > 0:
                total[term] = total.get(term, 0.0) + own
    return total


def inherit(storyline: Storyline, event: Event, background: Background) -> None:
    """Let a storyline that an event opened when it left another have what the event tells.

    What articles counted there is not known by event: terms are as frequent as their weights say,
    the strongest once in each passage.
    """
    storyline.articles, storyline.copies = event.articles, event.copies
    storyline.sources = dict(event.sources)
    for title, weight in event.headlines.items():
        storyline.headlines.setdefault(title, (weight, ""))
    counts = {t: weight / max(background.idf(t), 1e-9) for t, weight in event.sparse.items()}
    scale = event.passages / (max(counts.values(), default=0.0) or 1.0)
    for term, count in counts.items():
        storyline.terms.setdefault(term, count * scale)


def relabel(storyline: Storyline, background: Background) -> None:
    """Give the storyline the label that its evidence supports; a good one is kept."""
    if storyline.label and storyline.articles < GROWTH * storyline.labelled_at:
        return
    storyline.labelled_at = max(storyline.articles, 1)
    terms = _telling(storyline, background)
    weighed = sorted(storyline.headlines.items(), key=lambda item: (-item[1][0], item[0]))
    headlines = [
        Headline(text, max(weight * _coverage(text, terms), 1e-6), outlet)
        for text, (weight, outlet) in weighed
    ]
    evidence = Evidence(headlines, storyline.terms, max(storyline.articles, 1))
    label = keep(storyline.label or None, evidence, background)
    storyline.label, storyline.headline = label.text, label.headline
    storyline.top_terms = tuple(terms)


def _telling(storyline: Storyline, background: Background) -> dict[str, float]:
    """Return the terms that set it apart, best first, with their shares of the whole.

    Class-based TF-IDF (Grootendorst, 2022, BERTopic, section 3.3), with the stream's own idf.
    """
    values = {term: n * background.idf(term) for term, n in storyline.terms.items()}
    best = sorted(values, key=lambda term: (-values[term], term))[:TOP_TERMS]
    whole = sum(values[term] for term in best) or 1.0
    return {term: values[term] / whole for term in best}


def _coverage(headline: str, terms: Mapping[str, float]) -> float:
    """Return how much of what sets a storyline apart its headline says: a tenth to 1.1."""
    words = dict.fromkeys(tokenise(headline))
    return 0.1 + sum(terms.get(word, 0.0) for word in words)


def _count(storyline: Storyline, placed: Placed) -> None:
    head = placed.article.article
    if head.source and (head.source in storyline.sources or len(storyline.sources) < MAX_SOURCES):
        storyline.sources[head.source] = storyline.sources.get(head.source, 0) + 1
    if placed.record.duplicate_of:
        storyline.copies += 1
        return
    storyline.articles += 1
    day = head.time // DAY
    storyline.days[day] = storyline.days.get(day, 0) + 1
    for old in sorted(storyline.days)[:-MAX_DAYS]:
        del storyline.days[old]
    if len(storyline.terms) > 2 * MAX_TERMS:
        heaviest = sorted(storyline.terms.items(), key=lambda item: (-item[1], item[0]))
        storyline.terms = dict(heaviest[:MAX_TERMS])


def _closeness(storyline: Storyline, vector: bytes) -> float:
    total = storyline.total
    return float(total @ unpack(vector)) / max(float(np.linalg.norm(total)), 1e-9)


def _add_headline(storyline: Storyline, title: str, weight: float, outlet: str) -> None:
    headlines = storyline.headlines
    headlines[title] = max((weight, outlet), headlines.get(title, (0.0, "")))
    while len(headlines) > MAX_HEADLINES:
        del headlines[min(headlines, key=lambda text: (headlines[text], text))]
