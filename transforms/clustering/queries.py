"""An article as it is compared with events: as a whole, and each of its passages."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from functools import reduce

import numpy as np

from schemas.records import Article, EmbeddedArticle, Passage
from transforms.clustering.background import Background
from transforms.clustering.events import Query
from transforms.clustering.sparse import Coded, Lexicon, Sparse, coded, tfidf, total, weights_of
from transforms.clustering.terms import tokenise
from transforms.embedding.base import unpack
from transforms.passages import POSITION_DECAY, unit

TITLE_WEIGHT = 3.0
"""What a title's term adds to the counts of each passage."""


@dataclass(frozen=True, slots=True)
class Inquiry:
    """An article's queries. ``whole`` is the only part itself where there is one part.

    Attributes:
        counts: how often each passage has its terms; empty without a background.
    """

    article: Article
    passages: Sequence[Passage]
    parts: Sequence[Query]
    whole: Query
    counts: Sequence[Coded]
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
        rows = [row for row, passage in enumerate(self.passages) if passage.passage_id in names]
        return _joint(
            self.article,
            [self.passages[row] for row in rows],
            [self.parts[row] for row in rows],
            reduce(total, [self.counts[row] for row in rows]) if self.counts else None,
            self.background,
        )


def inquire(article: EmbeddedArticle, background: Background | None) -> Inquiry:
    """Count the article's terms in ``background`` and return its queries.

    Without a background they have no sparse vectors, and nothing is counted.
    """
    head, passages = article.article, article.passages
    counts: list[Coded] = []
    joint = None
    if background:
        counts = _counts(passages, background.lexicon)
        joint = reduce(total, counts)
        background.count(joint.numbers)
    dated = head.published_at is not None
    parts = [
        Query(
            passage.passage_id,
            head.time,
            unpack(passage.vector),
            unpack(passage.lead),
            _weighted(counts[row], background) if background else {},
            dated,
        )
        for row, passage in enumerate(passages)
    ]
    whole = parts[0] if len(parts) == 1 else _joint(head, passages, parts, joint, background)
    return Inquiry(head, passages, parts, whole, counts, background)


def _counts(passages: Sequence[Passage], lexicon: Lexicon) -> list[Coded]:
    return [
        Coded(lexicon, lexicon.encode(passage.terms), np.array(passage.counts, np.float64))
        for passage in passages
    ]


def _weighted(counts: Coded, background: Background) -> Coded:
    return tfidf(counts.lexicon, counts.numbers, counts.weights, background.idfs(counts.numbers))


def _joint(
    article: Article,
    passages: Sequence[Passage],
    parts: Sequence[Query],
    counts: Coded | None,
    background: Background | None,
) -> Query:
    """Passages as one: what came first in the article weighs most, the title counts once."""
    first = min(range(len(passages)), key=lambda row: passages[row].paragraphs[0])
    weights = [
        sum(math.exp(-place / POSITION_DECAY) for place in passage.paragraphs)
        for passage in passages
    ]
    return Query(
        passages[first].passage_id,
        article.time,
        unit(np.array(weights) @ np.stack([part.vector for part in parts])),
        parts[first].lead,
        _sparse(article, len(parts), counts, background) if background and counts else {},
        article.published_at is not None,
    )


def _sparse(article: Article, passages: int, counts: Coded, background: Background) -> Sparse:
    """Terms of several passages: each of them has counted the title."""
    title = coded(Counter(tokenise(article.title or "")), counts.lexicon)
    surplus = weights_of(counts.numbers, title) * (TITLE_WEIGHT * (passages - 1))
    return _weighted(Coded(counts.lexicon, counts.numbers, counts.weights - surplus), background)
