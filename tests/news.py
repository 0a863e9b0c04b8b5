"""Invented news for tests of the core: topics made of words, and an embedder without a model."""

from __future__ import annotations

import hashlib
import random
from collections.abc import Iterable, Sequence
from functools import cache

import numpy as np

from schemas.records import Article, EmbeddedArticle, Rejection, make_id
from schemas.settings import EventSettings, Settings
from transforms.clustering.engine import Engine
from transforms.clustering.step import Step
from transforms.embed import ArticleEmbedder
from transforms.embedding.base import Vectors, to_half
from transforms.segment import segment

DAY = 86_400_000_000
START = 1_735_689_600_000_000
"""2025-01-01 in microseconds."""
DIMENSION = 48
SETTINGS = Settings(events=EventSettings(lateness_days=10_000))
"""Windows of tests may hold articles of many months; those about lateness say so."""


class HashedEmbedder:
    """Unit vectors from words alone: each word has its own direction, a text is their sum."""

    name = "hashed"
    digest = "11" * 32
    dimension = DIMENSION

    def embed(self, texts: Sequence[str]) -> Vectors:
        if not texts:
            return np.zeros((0, self.dimension), np.float32)
        sums = np.stack([_sum(text) for text in texts])
        norms = np.linalg.norm(sums, axis=1, keepdims=True)
        return to_half(sums / np.maximum(norms, 1e-12))


@cache
def _direction(word: str) -> Vectors:
    seed = int.from_bytes(hashlib.blake2b(word.encode(), digest_size=8).digest(), "little")
    return np.random.default_rng(seed).standard_normal(DIMENSION).astype(np.float32)


def _sum(text: str) -> Vectors:
    words = sorted(set(text.lower().split()))
    return np.sum([_direction(word) for word in words] or [np.ones(DIMENSION)], axis=0)


def sentence(topic: str, number: int = 0) -> str:
    """Fourteen words of the topic. ``tea`` and ``teb`` share half of their words: same subject."""
    shared = [f"{topic[:-1]}{end}" for end in ("mark", "port", "land", "ward", "vale", "wick")]
    own = [f"{topic}{end}" for end in ("nor", "lin", "tas", "gret", "bolt", "rum", "kess", "dov")]
    chosen = random.Random(f"{topic} {number}")
    return " ".join(chosen.choices(shared, k=6) + chosen.choices(own, k=8)).capitalize() + "."


def report(topic: str, number: int = 0, length: int = 3) -> tuple[str, ...]:
    """The paragraphs of one report on a topic."""
    return tuple(sentence(topic, 100 * number + at) for at in range(length))


@cache
def article(
    name: str,
    paragraphs: tuple[str, ...],
    day: float | None = 0.0,
    *,
    fetched: float | None = None,
    updated: float | None = None,
    title: str | None = None,
    source: str | None = "Herald",
    settings: Settings = SETTINGS,
) -> EmbeddedArticle:
    """An article as it reaches the core. Days count from :data:`START`; None is undated."""
    text = "\n\n".join(paragraphs)
    obtained = fetched if fetched is not None else (day or 0.0)
    head = Article(
        article_id=make_id("a", name),
        digest=make_id("", title or "", text),
        source_id=name,
        url=None,
        source=source,
        title=title,
        language="en",
        published_at=None if day is None else at(day),
        updated_at=None if updated is None else at(updated),
        fetched_at=at(obtained),
        date_status="missing" if day is None else "given",
        origin="news.jsonl",
        place=name,
        text="",
        blocks=list(paragraphs),
    )
    segmented = segment(head, settings)
    assert not isinstance(segmented, Rejection), segmented
    return next(iter(ArticleEmbedder(settings).run_inference([segmented], HashedEmbedder())))


def at(day: float) -> int:
    """The time of a day, in microseconds."""
    return START + round(day * DAY)


def engine(settings: Settings = SETTINGS) -> Engine:
    return Engine(DIMENSION, settings)


def read(core: Engine, *articles: EmbeddedArticle, end: float | None = None) -> Step:
    """One window with these articles; it ends just after the latest of them, or at day ``end``."""
    latest = max((item.article.time for item in articles), default=core.done)
    return core.step(max(latest + 1, core.done) if end is None else at(end), articles)


def read_one_by_one(core: Engine, articles: Iterable[EmbeddedArticle]) -> list[Step]:
    return [read(core, item) for item in articles]
