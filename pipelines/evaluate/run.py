"""Evaluate corpora: read, embed, stream, score."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from pipelines.evaluate.corpus import Corpus, Item, Reading, find_corpora, read_corpus
from pipelines.evaluate.digests import COUNT, stitch
from pipelines.evaluate.labels import event_namer, label_scores
from pipelines.evaluate.metrics import b3, clustering
from pipelines.evaluate.probes import Probe, Told, probe
from pipelines.evaluate.replay import Fitted, Replay, replay
from schemas.records import EmbeddedArticle, SegmentedArticle
from schemas.settings import Settings
from transforms.embed import BATCH, ArticleEmbedder
from transforms.embedding.base import Embedder

Figures = dict[str, Any]


@dataclass(frozen=True)
class Evaluation:
    """What is to be evaluated, and how.

    Attributes:
        settings: of the pipeline.
        reading: how corpora are read.
        fitted: weights and background; the packaged ones where they are None.
        digests: stitched articles of a corpus; 0 for none.
        seed: of the digests and the intervals.
        probes: long stories that are looked for where a corpus has dates.
    """

    settings: Settings = field(default_factory=Settings)
    reading: Reading = field(default_factory=Reading)
    fitted: Fitted = field(default_factory=Fitted)
    digests: int = COUNT
    seed: int = 0
    probes: Sequence[Probe] = ()


@dataclass
class _Streamed:
    """A corpus that went through the core."""

    items: Sequence[Item]
    result: Replay
    events: dict[str, str] = field(default_factory=dict)
    """Main event of each article."""
    storylines: dict[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        for item in self.items:
            name = item.article.article.article_id
            self.events[name] = self.result.main_event(item.article)
            self.storylines[name] = self.result.storyline(self.events[name])


def evaluate(
    paths: Sequence[str],
    evaluation: Evaluation,
    embedder: Embedder | None = None,
    tell: Callable[[str], None] = lambda _: None,
) -> list[Figures]:
    """Return the figures of each corpus in ``paths``.

    Args:
        paths: files, folders or globs of JSON Lines.
        evaluation: what to do with them.
        embedder: None for the one that the settings name.
        tell: called with what is about to be done.

    Raises:
        UsageError: A corpus cannot be used, or scikit-learn or snowballstemmer is missing.
        ModelError: The model cannot be loaded.
    """
    handler = ArticleEmbedder(evaluation.settings)
    model = embedder or handler.load_model()
    figures = []
    for file in find_corpora(paths):
        tell(f"{file.path}: reading")
        corpus = read_corpus(file, evaluation.reading, evaluation.settings)
        figures.append(evaluate_corpus(corpus, evaluation, model, tell))
    return figures


def evaluate_corpus(
    corpus: Corpus,
    evaluation: Evaluation,
    model: Embedder,
    tell: Callable[[str], None] = lambda _: None,
) -> Figures:
    """Return the figures of one corpus; ``model`` embeds it."""
    tell(f"{corpus.name}: embedding {len(corpus.items):,} articles")
    handler = ArticleEmbedder(evaluation.settings)
    started = time.perf_counter()
    articles = embed(corpus.items, handler, model)
    seconds = time.perf_counter() - started
    tell(f"{corpus.name}: streaming")
    plain = _stream(corpus.items, articles, model.dimension, evaluation)
    scored = [item for item in corpus.items if item.scored and item.story is not None]
    figures: Figures = {
        "corpus": corpus.name,
        "articles": len(corpus.items),
        "scored": len(scored) + len(corpus.lost),
        "rejected": len(corpus.lost),
        "paragraphs": sum(len(item.article.paragraphs) for item in corpus.items),
        "ids": plain.result.stability.figures(),
        "speed": _speed(plain.result, seconds),
    }
    if scored:
        tell(f"{corpus.name}: scoring")
        figures |= _scores(plain, scored, corpus.lost)
        figures["labels"] = _labels(plain, scored, articles)
        tell(f"{corpus.name}: streaming again with digests")
        figures["digests"] = _digests(plain, scored, articles, corpus, evaluation, handler, model)
    if evaluation.probes:
        figures["probes"] = probe(_told(plain), evaluation.probes)
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


def _stream(
    items: Sequence[Item],
    articles: Sequence[EmbeddedArticle],
    dimension: int,
    evaluation: Evaluation,
) -> _Streamed:
    return _Streamed(items, replay(articles, dimension, evaluation.settings, evaluation.fitted))


def _scores(streamed: _Streamed, scored: Sequence[Item], lost: Sequence[str]) -> Figures:
    """Return the figures of articles and paragraphs, at both levels.

    What was rejected is in no cluster, so each such article counts as one of its own.
    """
    alone = [f"rejected {number}" for number in range(len(lost))]
    gold = [str(item.story) for item in scored] + list(lost)
    ids = [item.article.article.article_id for item in scored]
    where = [streamed.result.paragraph_events(item.article) for item in scored]
    flat = [story for item in scored for story in item.stories]
    events = [event for one in where for event in one]
    lines = [streamed.result.storyline(event) for event in events]
    return {
        "events": clustering(gold, [streamed.events[name] for name in ids] + alone),
        "storylines": clustering(gold, [streamed.storylines[name] for name in ids] + alone),
        "paragraphs_events": {**b3(flat, events)._asdict(), "items": len(flat)},
        "paragraphs_storylines": {**b3(flat, lines)._asdict(), "items": len(flat)},
    }


def _labels(
    streamed: _Streamed, scored: Sequence[Item], articles: Sequence[EmbeddedArticle]
) -> Figures | None:
    if not any(item.name for item in scored):
        return None
    background = streamed.result.engine.events.background
    namer = event_namer(articles, streamed.events, background)
    return {
        "storylines": label_scores(scored, streamed.storylines, streamed.result.label),
        "events": label_scores(scored, streamed.events, namer),
    }


def _digests(
    plain: _Streamed,
    scored: Sequence[Item],
    articles: Sequence[EmbeddedArticle],
    corpus: Corpus,
    evaluation: Evaluation,
    handler: ArticleEmbedder,
    model: Embedder,
) -> Figures | None:
    """Stream the corpus again with digests among it; None where none can be made."""
    stitched = stitch(corpus.items, evaluation.settings, evaluation.digests, evaluation.seed)
    if not stitched:
        return None
    both = [*articles, *embed(stitched, handler, model)]
    mixed = _stream([*corpus.items, *stitched], both, model.dimension, evaluation)
    where = [event for item in stitched for event in mixed.result.paragraph_events(item.article)]
    gold = [story for item in stitched for story in item.stories]
    stories = [str(item.story) for item in scored]
    ids = [item.article.article.article_id for item in scored]
    without = b3(stories, [plain.events[name] for name in ids])
    within = b3(stories, [mixed.events[name] for name in ids])
    return {
        "digests": len(stitched),
        "paragraphs": {**b3(gold, where)._asdict(), "items": len(gold)},
        "ordinary_without": without._asdict(),
        "ordinary_with": within._asdict(),
        "ordinary_loss": without.f1 - within.f1,
    }


def _speed(result: Replay, embedding: float) -> Figures:
    return {
        "decisions": result.decisions,
        "windows": result.windows,
        "seconds": result.seconds,
        "decisions_per_second": result.decisions / max(result.seconds, 1e-9),
        "embedding_seconds": embedding,
    }


def _told(streamed: _Streamed) -> list[Told]:
    found = []
    for item in streamed.items:
        head = item.article.article
        if head.title and head.published_at is not None:
            line = streamed.storylines[head.article_id]
            found.append(Told(head.title, head.published_at, line, streamed.result.label(line)))
    return found


def to_mapping(pairs: Sequence[str]) -> Mapping[str, str]:
    """Return ``CORPUS=DATE`` pairs as a mapping; a date alone is for every corpus."""
    found = {}
    for pair in pairs:
        name, sign, date = pair.rpartition("=")
        found[name if sign else ""] = date
    return found
