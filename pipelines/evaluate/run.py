"""Evaluate corpora: read, embed, stream, score."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from pipelines.evaluate.corpus import Corpus, Item, Reading, find_corpora, read_corpus
from pipelines.evaluate.digests import COUNT, stitch
from pipelines.evaluate.fitted import FittedFiles
from pipelines.evaluate.probes import Probe, probe
from pipelines.evaluate.replay import Fitted, replay
from pipelines.evaluate.scores import (
    Streamed,
    cluster_scores,
    digest_scores,
    name_scores,
    speed,
    told,
)
from schemas.records import EmbeddedArticle, SegmentedArticle
from schemas.settings import Settings
from transforms.embed import BATCH, ArticleEmbedder
from transforms.embedding.base import Embedder

Figures = dict[str, Any]
Tell = Callable[[str], None]


@dataclass(frozen=True)
class Evaluation:
    """What is to be evaluated, and how.

    Attributes:
        settings: of the pipeline.
        reading: how corpora are read.
        fitted: where weights and background of each corpus come from.
        digests: stitched articles of a corpus; 0 for none.
        seed: of the digests and the intervals.
        probes: long stories that are looked for where a corpus has dates.
    """

    settings: Settings = field(default_factory=Settings)
    reading: Reading = field(default_factory=Reading)
    fitted: FittedFiles = field(default_factory=FittedFiles)
    digests: int = COUNT
    seed: int = 0
    probes: Sequence[Probe] = ()


@dataclass(frozen=True)
class _Path:
    """The path of a run, without Beam."""

    settings: Settings
    fitted: Fitted
    model: Embedder

    def embed(self, items: Iterable[Item]) -> list[EmbeddedArticle]:
        return embed(items, ArticleEmbedder(self.settings), self.model)

    def stream(self, items: Sequence[Item], articles: Sequence[EmbeddedArticle]) -> Streamed:
        done = replay(articles, self.model.dimension, self.settings, self.fitted)
        return Streamed(items, done)


def evaluate(
    paths: Sequence[str],
    evaluation: Evaluation,
    embedder: Embedder | None = None,
    tell: Tell = lambda _: None,
) -> list[Figures]:
    """Return the figures of each corpus in ``paths``.

    Args:
        paths: files, folders or globs of JSON Lines.
        evaluation: what to do with them.
        embedder: None for the one that the settings name.
        tell: called with what is about to be done.

    Raises:
        UsageError: A corpus or what was fitted cannot be used, or scikit-learn or
            snowballstemmer is missing.
        ModelError: The model cannot be loaded.
    """
    model = embedder or ArticleEmbedder(evaluation.settings).load_model()
    figures = []
    for file in find_corpora(paths):
        tell(f"{file.path}: reading")
        corpus = read_corpus(file, evaluation.reading, evaluation.settings)
        figures.append(evaluate_corpus(corpus, evaluation, model, tell))
    return figures


def evaluate_corpus(
    corpus: Corpus, evaluation: Evaluation, model: Embedder, tell: Tell = lambda _: None
) -> Figures:
    """Return the figures of one corpus; ``model`` embeds it."""
    fitted, said = evaluation.fitted.of(corpus.name)
    path = _Path(evaluation.settings, fitted, model)
    tell(f"{corpus.name}: embedding {len(corpus.items):,} articles")
    started = time.perf_counter()
    articles = path.embed(corpus.items)
    seconds = time.perf_counter() - started
    tell(f"{corpus.name}: streaming")
    plain = path.stream(corpus.items, articles)
    figures: Figures = {
        "corpus": corpus.name,
        "fitted": said,
        "articles": len(corpus.items),
        "scored": len(plain.scored) + len(corpus.lost),
        "rejected": len(corpus.lost),
        "paragraphs": sum(len(item.article.paragraphs) for item in corpus.items),
        "ids": plain.result.stability.figures(),
        "speed": speed(plain.result, seconds),
    }
    if plain.scored:
        tell(f"{corpus.name}: scoring")
        figures |= cluster_scores(plain, corpus.lost, evaluation.seed)
        figures["labels"] = name_scores(plain, articles, evaluation.seed)
        tell(f"{corpus.name}: streaming again with digests")
        figures["digests"] = _digests(path, plain, articles, evaluation)
    if evaluation.probes:
        figures["probes"] = probe(told(plain), evaluation.probes)
    return figures


def embed(
    items: Iterable[Item], handler: ArticleEmbedder, model: Embedder
) -> list[EmbeddedArticle]:
    """Return the articles with their passages, embedded in the pipeline's batches."""
    segmented: list[SegmentedArticle] = [item.article for item in items]
    found: list[EmbeddedArticle] = []
    for start in range(0, len(segmented), BATCH):
        found += handler.run_inference(segmented[start : start + BATCH], model)
    return found


def _digests(
    path: _Path, plain: Streamed, articles: Sequence[EmbeddedArticle], evaluation: Evaluation
) -> Figures | None:
    """Stream the corpus again with digests among it; None where none can be made."""
    stitched = stitch(plain.items, path.settings, evaluation.digests, evaluation.seed)
    if not stitched:
        return None
    mixed = path.stream([*plain.items, *stitched], [*articles, *path.embed(stitched)])
    return digest_scores(plain, mixed, stitched, evaluation.seed)


def to_mapping(pairs: Sequence[str]) -> Mapping[str, str]:
    """Return ``CORPUS=DATE`` pairs as a mapping; a date alone is for every corpus."""
    found = {}
    for pair in pairs:
        name, sign, date = pair.rpartition("=")
        found[name if sign else ""] = date
    return found
