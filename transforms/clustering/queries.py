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
from transforms.clustering.terms import TITLE_WEIGHT, tokenise
from transforms.embedding.base import unpack
from transforms.passages import POSITION_DECAY, unit


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

    def groups(self, similarity: float) -> list[list[Query]]:
        """Return the whole with the parts that are like the others, then each other part alone.

        Those together are about one thing and share their candidates. ``similarity`` is the
        least cosine of a part to the others together.
        """
        if len(self.parts) == 1:
            return [[self.whole]]
        kinship = self.kinship()
        alike = [part for part in self.parts if kinship[part.passage_id] >= similarity]
        alone = [[part] for part in self.parts if kinship[part.passage_id] < similarity]
        return [[self.whole, *alike], *alone]

    def kinship(self) -> dict[str, float]:
        """Return the cosine of each part to the others together, by their shares of the text."""
        vectors = np.stack([query.vector for query in self.parts])
        weighted = vectors * np.array([[passage.share] for passage in self.passages])
        rests = weighted.sum(axis=0) - weighted
        lengths = np.maximum(np.sqrt(np.vecdot(rests, rests)), 1e-12)
        cosines = (np.vecdot(rests, vectors) / lengths).tolist()
        return {part.passage_id: cosine for part, cosine in zip(self.parts, cosines, strict=True)}

    def of(self, parts: Sequence[Query]) -> Query:
        """Return one query for some of the parts."""
        names = {query.passage_id for query in parts}
        rows = [row for row, passage in enumerate(self.passages) if passage.passage_id in names]
        sparse: Sparse = {}
        if self.background:
            counts = reduce(total, [self.counts[row] for row in rows])
            [sparse] = _weighted([_once(self.article, len(rows), counts)], self.background)
        return _joint(
            self.article,
            [self.passages[row] for row in rows],
            [self.parts[row] for row in rows],
            sparse,
        )


def inquire(article: EmbeddedArticle, background: Background | None) -> Inquiry:
    """Count the article's terms in ``background`` and return its queries.

    Without a background they have no sparse vectors, and nothing is counted.
    """
    head, passages = article.article, article.passages
    counts: list[Coded] = []
    sparse: Sequence[Sparse] = [{}] * (len(passages) + 1)
    if background:
        counts = _counts(passages, background.lexicon)
        joint = reduce(total, counts)
        background.count(joint.numbers)
        several = [_once(head, len(counts), joint)] if len(counts) > 1 else []
        sparse = _weighted([*counts, *several], background)
    dated = head.published_at is not None
    parts = [
        Query(
            passage.passage_id,
            head.time,
            unpack(passage.vector),
            unpack(passage.lead),
            terms,
            dated,
        )
        for passage, terms in zip(passages, sparse, strict=False)
    ]
    whole = parts[0] if len(parts) == 1 else _joint(head, passages, parts, sparse[-1])
    return Inquiry(head, passages, parts, whole, counts, background)


def _counts(passages: Sequence[Passage], lexicon: Lexicon) -> list[Coded]:
    return [
        Coded(lexicon, lexicon.encode(passage.terms), np.array(passage.counts, np.float64))
        for passage in passages
    ]


def _weighted(counts: Sequence[Coded], background: Background) -> list[Coded]:
    return tfidf(counts, background.idfs(np.concatenate([one.numbers for one in counts])))


def _joint(
    article: Article, passages: Sequence[Passage], parts: Sequence[Query], sparse: Sparse
) -> Query:
    """Passages as one: what came first in the article weighs most."""
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
        sparse,
        article.published_at is not None,
    )


def _once(article: Article, passages: int, counts: Coded) -> Coded:
    """Return the counts of several passages with the title once: each of them has counted it."""
    title = coded(Counter(tokenise(article.title or "")), counts.lexicon)
    surplus = weights_of(counts.numbers, title) * (TITLE_WEIGHT * (passages - 1))
    return Coded(counts.lexicon, counts.numbers, counts.weights - surplus)
