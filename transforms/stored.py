"""From rows of a lake back to what they were written from: articles in paragraphs, with vectors."""

from __future__ import annotations

import hashlib
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from schemas.records import Article, EmbeddedArticle, Paragraph, Passage, Residue, SegmentedArticle
from transforms.embedding.base import pack
from transforms.errors import LakeError
from transforms.passages import passage_of
from transforms.signature import signature

Row = Mapping[str, Any]

ARTICLE = (
    "article_id", "digest", "source_id", "url", "source", "title", "language", "published_at",
    "updated_at", "fetched_at", "first_fetched_at", "version", "date_status", "origin", "place",
    "residue",
)  # fmt: skip
PARAGRAPH = ("paragraph_id", "article_id", "position", "text", "passage_id")
RESIDUE = ("article_id", "position", "rule", "text")
PASSAGE = ("passage_id", "article_id", "embedding", "lead")
"""Columns of each table that are needed; times as integers."""


def segmented(
    articles: Iterable[Row], paragraphs: Iterable[Row], residue: Iterable[Row]
) -> Iterator[tuple[SegmentedArticle, Sequence[str]]]:
    """Yield the articles as they were segmented, and the passage of each of their paragraphs."""
    texts, dropped = _by_article(paragraphs), _by_article(residue)
    for row in articles:
        kept = sorted(texts[row["article_id"]], key=lambda each: each["position"])
        if not kept:
            raise LakeError(
                f"Article {row['article_id']} has no paragraph in the lake. "
                "`storybeam verify` lists what is damaged."
            )
        found = [Paragraph(each["paragraph_id"], each["position"], each["text"]) for each in kept]
        rest = _residue(row, dropped[row["article_id"]])
        article = SegmentedArticle(_article(row, found), found, rest)
        yield article, [each["passage_id"] for each in kept]


def embedded(
    article: SegmentedArticle, names: Sequence[str], passages: Mapping[str, Row]
) -> EmbeddedArticle | None:
    """Return the article with the vectors of its stored passages, as it went into clustering.

    None where the lake does not have them as they were: a passage that an update kept has the
    vector of the version before, and an older lake may have no leads.

    Args:
        article: from :func:`segmented`.
        names: the passage of each of its paragraphs.
        passages: rows of the table by their ids.
    """
    members: dict[str, list[int]] = {}
    for place, name in enumerate(names):
        members.setdefault(name, []).append(place)
    rows = [passages.get(name) for name in members]
    if article.article.version > 1 or any(row is None or row.get("lead") is None for row in rows):
        return None
    found = [_passage(article, places, passages[name]) for name, places in members.items()]
    sketch = signature([paragraph.text for paragraph in article.paragraphs])
    return EmbeddedArticle(article.article, article.paragraphs, article.residue, found, sketch)


def _passage(article: SegmentedArticle, places: Sequence[int], row: Row) -> Passage:
    return passage_of(article, places, pack(row["embedding"]), pack(row["lead"]))


def _article(row: Row, paragraphs: Sequence[Paragraph]) -> Article:
    values = {name: row[name] for name in ARTICLE if name in row and name in Article._fields}
    values.setdefault("digest", _digest(row, paragraphs))
    return Article(**values, text="", blocks=[])


def _digest(row: Row, paragraphs: Sequence[Paragraph]) -> str:
    """Return a stand-in for the digest, which older lakes do not have."""
    text = "\n\n".join([row["title"] or "", *(each.text for each in paragraphs)])
    return hashlib.blake2b(text.encode(), digest_size=16).hexdigest()


def _residue(row: Row, found: Sequence[Row]) -> list[Residue]:
    rest = [Residue(each["position"], each["rule"], each["text"]) for each in found]
    # Of two equal pieces one row is kept; an article counts them all.
    return rest + rest[-1:] * (int(row["residue"]) - len(rest))


def _by_article(rows: Iterable[Row]) -> defaultdict[str, list[Row]]:
    found: defaultdict[str, list[Row]] = defaultdict(list)
    for row in rows:
        found[row["article_id"]].append(row)
    return found
