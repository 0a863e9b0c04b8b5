"""Read a corpus once, let each peer cluster it, and score them all alike."""

from __future__ import annotations

import gzip
import hashlib
import json
import random
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks.peers.base import SEED, Peer, Task
from pipelines.evaluate.corpus import Corpus, Reading, corpus_name, find_corpora, read_corpus
from pipelines.evaluate.metrics import clustering
from pipelines.evaluate.run import embed
from schemas.records import EmbeddedArticle, SegmentedArticle
from schemas.settings import Settings
from transforms.clustering.queries import inquire
from transforms.clustering.terms import count_terms
from transforms.embed import ArticleEmbedder
from transforms.embedding.base import Embedder

Figures = dict[str, Any]


def sample(path: str, limit: int, folder: Path) -> str:
    """Return the path of a corpus of at most ``limit`` lines, drawn at random, in their order.

    A corpus that is larger is written to ``folder``, under the same name.
    """
    opened = gzip.open if path.endswith(".gz") else open
    with opened(path, "rb") as file:
        lines = file.read().splitlines()
    if len(lines) <= limit:
        return path
    rows = sorted(random.Random(SEED).sample(range(len(lines)), limit))  # noqa: S311
    smaller = folder / f"{corpus_name(path)}.jsonl"
    smaller.write_bytes(b"".join(lines[row] + b"\n" for row in rows))
    return str(smaller)


def read(path: str, reading: Reading, settings: Settings, model: Embedder) -> Task:
    """Return the corpus at ``path`` as all peers get it."""
    [file] = find_corpora([path])
    corpus = read_corpus(file, reading, settings)
    return to_task(corpus, embed(corpus.items, ArticleEmbedder(settings), model))


def to_task(corpus: Corpus, articles: Sequence[EmbeddedArticle]) -> Task:
    """Return the task of a corpus that has been embedded."""
    segmented = [item.article for item in corpus.items]
    scored = [
        row for row, item in enumerate(corpus.items) if item.scored and item.story is not None
    ]
    return Task(
        corpus.name,
        segmented,
        articles,
        np.stack([inquire(article, None).whole.vector for article in articles]),
        [_text(article) for article in segmented],
        [_words(article) for article in segmented],
        scored,
        [str(corpus.items[row].story) for row in scored],
        corpus.lost,
    )


def describe(task: Task) -> Figures:
    """Return what tells one task from another: figures compare only where it is the same."""
    digest = hashlib.blake2b(task.vectors.tobytes(), digest_size=8)
    digest.update(json.dumps([task.texts, list(task.scored), task.gold, task.lost]).encode())
    return {"corpus": task.name, "articles": len(task.texts), "fingerprint": digest.hexdigest()}


def measure(task: Task, peer: Peer) -> Figures:
    """Return the figures of a peer on a task. What it raises becomes its ``error``."""
    row: Figures = {"peer": peer.name, "sees": peer.sees}
    started = time.process_time()
    try:
        readings = peer.run(task)
        best = max(readings, key=lambda name: task.f1(readings[name]))
        row |= {"reading": best, **clustering(*task.compared(readings[best]))}
    except Exception as error:
        row["error"] = f"{type(error).__name__}: {error}"
    return row | {"cpu_seconds": round(time.process_time() - started, 1)}


def _text(article: SegmentedArticle) -> str:
    title = [article.article.title] if article.article.title else []
    return "\n".join([*title, *(paragraph.text for paragraph in article.paragraphs)])


def _words(article: SegmentedArticle) -> dict[str, float]:
    paragraphs = [paragraph.text for paragraph in article.paragraphs]
    terms, counts = count_terms(article.article.title, paragraphs)
    return dict(zip(terms, counts, strict=True))
