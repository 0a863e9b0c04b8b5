"""Group the paragraphs of one article into passages: those about the same thing."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from schemas.records import Passage, SegmentedArticle, make_id
from schemas.settings import PassageSettings
from transforms.clustering.terms import count_terms
from transforms.embedding.base import Vectors, pack

TITLE_SHARE = 1.0
"""Weight of the title in a passage's vector, times its cosine to the passage."""
POSITION_DECAY = 4.0
"""The k-th paragraph of a passage weighs exp(-k / POSITION_DECAY): news says first what matters."""
LEAD_PARAGRAPH = 0.5
"""Weight of the first paragraph in the lead, beside the title's 1."""


def passages(
    article: SegmentedArticle,
    vectors: Vectors,
    title: NDArray[np.float32] | None,
    settings: PassageSettings,
) -> list[Passage]:
    """Return the passages of an article, in the order of their first paragraphs.

    Args:
        article: the article with at least one kept paragraph.
        vectors: float32 ``[paragraphs, d]``, unit vectors of the kept paragraphs.
        title: float32 ``[d]``, unit vector of the title; None where there is none.
        settings: similarity and length below which a paragraph follows its neighbour.
    """
    found = []
    for members in group(vectors, _sizes(article), settings):
        vector = _centroid(vectors[members], title)
        lead = _lead(vectors[members[0]], title, vector)
        found.append(passage_of(article, members, pack(vector), pack(lead)))
    return found


def passage_of(
    article: SegmentedArticle, members: Sequence[int], vector: bytes, lead: bytes
) -> Passage:
    """Return the passage of the paragraphs at ``members``, whose packed vectors these are."""
    sizes = _sizes(article)
    first = article.paragraphs[members[0]].paragraph_id
    texts = [article.paragraphs[row].text for row in members]
    terms, counts = count_terms(article.article.title, texts)
    return Passage(
        passage_id=make_id("g", article.article.article_id, first),
        paragraphs=members,
        share=float(sizes[list(members)].sum() / sizes.sum()),
        vector=vector,
        lead=lead,
        terms=terms,
        counts=counts,
    )


def _sizes(article: SegmentedArticle) -> NDArray[np.float64]:
    return np.array([max(len(paragraph.text), 1) for paragraph in article.paragraphs], np.float64)


def group(
    vectors: Vectors, sizes: NDArray[np.float64], settings: PassageSettings
) -> list[list[int]]:
    """Return lists of row numbers: average-link clusters of the rows, cut at the similarity.

    Rows shorter than ``short_characters`` take no part and follow the row before them (the
    first ones the row after).
    """
    long = np.flatnonzero(sizes >= settings.short_characters)
    if len(long) == 0:
        long = np.arange(len(sizes))
    labels = np.full(len(sizes), -1)
    labels[long] = _average_link(vectors[long], settings.similarity)
    last = labels[long[0]]
    for row, label in enumerate(labels):
        last = labels[row] = label if label >= 0 else last
    members: dict[int, list[int]] = {}
    for row, label in enumerate(labels.tolist()):
        members.setdefault(label, []).append(row)
    return list(members.values())


def _average_link(vectors: Vectors, similarity: float) -> NDArray[np.intp]:
    if len(vectors) == 1:
        return np.zeros(1, np.intp)
    from scipy.cluster.hierarchy import fcluster, linkage
    from scipy.spatial.distance import squareform

    distances = 1.0 - vectors.astype(np.float64) @ vectors.astype(np.float64).T
    np.fill_diagonal(distances, 0.0)
    condensed = squareform(np.maximum(distances, 0.0), checks=False)
    return np.asarray(fcluster(linkage(condensed, "average"), 1.0 - similarity, "distance"))


def _centroid(members: Vectors, title: NDArray[np.float32] | None) -> NDArray[np.float32]:
    weights = np.exp(-np.arange(len(members)) / POSITION_DECAY)
    mean = unit(weights @ members)
    if title is None:
        return mean
    return unit(mean + TITLE_SHARE * max(float(mean @ title), 0.0) * title)


def _lead(
    first: NDArray[np.float32], title: NDArray[np.float32] | None, vector: NDArray[np.float32]
) -> NDArray[np.float32]:
    """The title counts as far as it is about this passage: a digest's title is about none."""
    if title is None:
        return first
    about = max(float(title @ vector), 0.0)
    return unit(about * title + LEAD_PARAGRAPH * first)


def unit(vector: Sequence[float] | NDArray[np.floating]) -> NDArray[np.float32]:
    """Return the vector at length 1, as float32; a zero vector stays zero."""
    values = np.asarray(vector, np.float64)
    return (values / max(float(np.linalg.norm(values)), 1e-12)).astype(np.float32)
