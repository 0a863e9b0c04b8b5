"""An article as it is compared with events: as a whole, and each of its passages."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from schemas.records import Article, EmbeddedArticle, Passage
from transforms.clustering.background import Background
from transforms.clustering.events import Query
from transforms.clustering.sparse import Sparse, tfidf
from transforms.clustering.terms import tokenise
from transforms.embedding.base import unpack
from transforms.passages import POSITION_DECAY, unit

TITLE_WEIGHT = 3.0
"""What a title's term adds to the counts of each passage."""


@dataclass(frozen=True, slots=True)
class Inquiry:
    """An article's queries. ``whole`` is the only part itself where there is one part."""

    article: Article
    passages: Sequence[Passage]
    parts: Sequence[Query]
    whole: Query
    background: Background | None

    def queries(self) -> list[Query]:
        """Return the whole, then the parts where there are several."""
        return [self.whole, *(self.parts if len(self.parts) > 1 else ())]

    def kinship(self) -> list[float]:
        """Return the cosine of each part to the others together, by their shares of the text."""
        vectors = np.stack([query.vector for query in self.parts])
        weighted = vectors * np.array([[passage.share] for passage in self.passages])
        rests = weighted.sum(axis=0) - weighted
        lengths = np.maximum(np.sqrt(np.einsum("ij,ij->i", rests, rests)), 1e-12)
        return list((np.einsum("ij,ij->i", rests, vectors) / lengths).tolist())

    def of(self, parts: Sequence[Query]) -> Query:
        """Return one query for some of the parts."""
        names = {query.passage_id for query in parts}
        return _joint(
            self.article, [p for p in self.passages if p.passage_id in names], self.background
        )


def inquire(article: EmbeddedArticle, background: Background | None) -> Inquiry:
    """Count the article's terms in ``background`` and return its queries.

    Without a background they have no sparse vectors, and nothing is counted.
    """
    if background is not None:
        background.add({term for passage in article.passages for term in passage.terms})
    head, passages = article.article, article.passages
    parts = [_query(head, passage, background) for passage in passages]
    whole = parts[0] if len(parts) == 1 else _joint(head, passages, background)
    return Inquiry(head, passages, parts, whole, background)


def _query(article: Article, passage: Passage, background: Background | None) -> Query:
    return Query(
        passage.passage_id,
        article.time,
        unpack(passage.vector),
        unpack(passage.lead),
        {} if background is None else tfidf(passage.terms, passage.counts, background),
        article.published_at is not None,
    )


def _joint(article: Article, passages: Sequence[Passage], background: Background | None) -> Query:
    """Passages as one: what came first in the article weighs most, the title counts once."""
    first = min(passages, key=lambda passage: passage.paragraphs[0])
    weights = [sum(np.exp(-np.array(p.paragraphs) / POSITION_DECAY)) for p in passages]
    vector = unit(np.array(weights) @ np.stack([unpack(p.vector) for p in passages]))
    return Query(
        first.passage_id,
        article.time,
        vector,
        unpack(first.lead),
        {} if background is None else _sparse(article, passages, background),
        article.published_at is not None,
    )


def _sparse(article: Article, passages: Sequence[Passage], background: Background) -> Sparse:
    counts: dict[str, float] = {}
    for passage in passages:
        for term, count in zip(passage.terms, passage.counts, strict=True):
            counts[term] = counts.get(term, 0.0) + count
    surplus = TITLE_WEIGHT * (len(passages) - 1)
    for term in tokenise(article.title or ""):
        counts[term] = counts.get(term, surplus + 1.0) - surplus
    terms = sorted(counts)
    return tfidf(terms, [counts[term] for term in terms], background)
