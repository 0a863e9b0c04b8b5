"""Embed articles and group their paragraphs into passages: one model a process."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import lru_cache
from typing import Any

import apache_beam as beam
import numpy as np
from apache_beam.ml.inference.base import KeyedModelHandler, ModelHandler, RunInference

from schemas.records import EmbeddedArticle, SegmentedArticle
from schemas.settings import EmbeddingSettings, Settings
from transforms.embedding.base import Embedder, Vectors
from transforms.embedding.cache import CachedEmbedder
from transforms.passages import passages
from transforms.progress import PROGRESS
from transforms.signature import signature

BATCH = 64
"""Articles embedded together: enough to fill the fixed batches of each length."""


@lru_cache(maxsize=1)
def embedder(settings: EmbeddingSettings) -> Embedder:
    """Return this process's embedder for ``settings``; ModelError where there is none."""
    from transforms.embedding.sentence_transformer import SentenceTransformerEmbedder

    model = SentenceTransformerEmbedder(settings.model, settings.threads)
    return CachedEmbedder(model, settings.cache) if settings.cache else model


class ArticleEmbedder(ModelHandler[SegmentedArticle, EmbeddedArticle, Embedder]):
    """The model handler: a batch of segmented articles in, articles with passages out.

    An article's paragraphs travel together, so nothing has to be joined again afterwards, and
    only the passages' vectors leave this step.
    """

    def __init__(self, settings: Settings) -> None:
        super().__init__(min_batch_size=BATCH, max_batch_size=BATCH)
        self._settings = settings

    def load_model(self) -> Embedder:
        """Return this process's embedder, loading it on the first call."""
        return embedder(self._settings.embedding)

    def run_inference(
        self,
        batch: Sequence[SegmentedArticle],
        model: Embedder,
        inference_args: dict[str, Any] | None = None,
    ) -> Iterable[EmbeddedArticle]:
        """Embed titles and paragraphs of the whole batch in one call, then form passages."""
        texts = [text for article in batch for text in texts_of(article)]
        PROGRESS.count("read", len(batch))
        cut = _truncated(model)
        with PROGRESS.timed("embed"):
            vectors = iter(model.embed(texts))
        PROGRESS.count("truncated", _truncated(model) - cut)
        PROGRESS.count("paragraphs", sum(len(article.paragraphs) for article in batch))
        for article in batch:
            rows = np.stack([next(vectors) for _ in texts_of(article)])
            with PROGRESS.timed("passages"):
                found = self._with_passages(article, rows)
            yield found

    def get_metrics_namespace(self) -> str:
        """Name the metrics after the step."""
        return "embed"

    def _with_passages(self, article: SegmentedArticle, rows: Vectors) -> EmbeddedArticle:
        count = len(article.paragraphs)
        title = rows[count] if len(rows) > count else None
        found = passages(article, rows[:count], title, self._settings.passages)
        sketch = signature([paragraph.text for paragraph in article.paragraphs])
        return EmbeddedArticle(article.article, article.paragraphs, article.residue, found, sketch)


def embed_articles(settings: Settings) -> beam.PTransform:
    """Return ``PCollection[SegmentedArticle]`` to ``PCollection[EmbeddedArticle]``."""
    return _EmbedArticles(settings)


class _EmbedArticles(beam.PTransform):
    def __init__(self, settings: Settings) -> None:
        super().__init__()
        self._settings = settings

    def expand(
        self, articles: beam.PCollection[SegmentedArticle]
    ) -> beam.PCollection[EmbeddedArticle]:
        return (
            articles
            | "By article" >> beam.Map(_keyed).with_output_types(tuple[str, SegmentedArticle])
            | "Run model" >> RunInference(KeyedModelHandler(ArticleEmbedder(self._settings)))
            | "Drop key" >> beam.Map(_value).with_output_types(EmbeddedArticle)
        )


def _keyed(article: SegmentedArticle) -> tuple[str, SegmentedArticle]:
    return article.article.article_id, article


def _value(pair: tuple[str, EmbeddedArticle]) -> EmbeddedArticle:
    return pair[1]


def texts_of(article: SegmentedArticle) -> list[str]:
    """Return what is embedded of an article: its paragraphs, then its title if it has one."""
    texts = [paragraph.text for paragraph in article.paragraphs]
    return [*texts, article.article.title] if article.article.title else texts


def _truncated(model: Embedder) -> int:
    """Return how many texts the model, or the one behind a cache, has cut at its limit."""
    return int(getattr(getattr(model, "inner", model), "truncated", 0))
