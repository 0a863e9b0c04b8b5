"""The labelled corpora as the clusterer gets them, and digests stitched of their articles."""

from __future__ import annotations

import gzip
import json
import random
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

from schemas.records import Article, EmbeddedArticle, Paragraph, SegmentedArticle, make_id
from schemas.settings import Settings
from transforms.clustering.events import DAY
from transforms.embedding.cache import CachedEmbedder
from transforms.embedding.sentence_transformer import SentenceTransformerEmbedder
from transforms.passages import passages
from transforms.segment import paragraphs
from transforms.text import normalise

ROOT = Path(__file__).parents[1]
CORPORA = (
    "allsides_to_2018",
    "basil",
    "galaxy_wikinews_events",
    "ecbplus_subtopics",
    "fnc1_train",
    "googlenews_titles_snippets",
)
DATED = "allsides_to_2018"
CUT = int(datetime(2017, 1, 1, tzinfo=UTC).timestamp() * 1e6)
ROUND_UPS = "On the campaign trail, "
SEED = 1
DIGESTS = 40


@dataclass(frozen=True)
class Example:
    """An article with the stories of its paragraphs: one, save for a digest."""

    article: EmbeddedArticle
    stories: tuple[str, ...]

    @property
    def is_digest(self) -> bool:
        """Whether it was stitched from several stories."""
        return len(set(self.stories)) > 1


def read(path: Path, limit: int) -> list[dict[str, Any]]:
    """Return the records of a corpus, without round-ups; ``limit`` random ones where it is more."""
    with gzip.open(path, "rt", encoding="utf-8") as lines:
        records = [json.loads(line) for line in lines]
    kept = [r for r in records if not r["story"].startswith(ROUND_UPS)]
    chance = random.Random(SEED)  # noqa: S311
    return chance.sample(kept, limit) if len(kept) > limit else kept


def embed(
    name: str, records: Sequence[dict[str, Any]], embedder: Any, settings: Settings
) -> list[Example]:
    """Return the corpus as the clusterer gets it, in its order."""
    examples = []
    for number, record in enumerate(records):
        head = _head(make_id("a", name, str(number)), record)
        texts = paragraphs(normalise(record["text"])) or [head.title or ""]
        examples.append(example(head, texts, [record["story"]] * len(texts), embedder, settings))
    return sorted(examples, key=lambda e: (e.article.article.time, e.article.article.article_id))


def _head(article_id: str, record: dict[str, Any]) -> Article:
    title = " ".join(normalise(record.get("title") or "").split()) or None
    published = None
    try:
        day = date.fromisoformat((record.get("date") or "")[:10])
        published = int(datetime(day.year, day.month, day.day, tzinfo=UTC).timestamp() * 1e6)
    except ValueError:
        pass
    return Article(
        article_id, "", str(record["id"]), record.get("url"), record.get("source"), title, None,
        published, None, CUT * 2, "given" if published else "missing", "", "", "", [],
    )  # fmt: skip


def example(
    head: Article, texts: Sequence[str], stories: Sequence[str], embedder: Any, settings: Settings
) -> Example:
    """Return one article with its passages."""
    kept = [Paragraph(make_id("p", head.article_id, str(k)), k, t) for k, t in enumerate(texts)]
    vectors = embedder.embed([*texts, *([head.title] if head.title else [])])
    title = vectors[-1] if head.title else None
    segmented = SegmentedArticle(head, kept, [])
    found = passages(segmented, vectors[: len(texts)], title, settings.passages)
    return Example(EmbeddedArticle(head, kept, [], found, b""), tuple(stories))


def stitch(
    examples: Sequence[Example], embedder: Any, settings: Settings, count: int = DIGESTS
) -> list[Example]:
    """Return digests: 2 to 4 paragraphs of each of 3 stories that are close in time."""
    chance = random.Random(SEED)  # noqa: S311
    stories: dict[str, list[Example]] = defaultdict(list)
    for one in examples:
        if any(len(p.text) >= 80 for p in one.article.paragraphs):
            stories[one.stories[0]].append(one)
    order = [s for s, found in stories.items() if len(found) > 1]
    digests = []
    for number in range(count):
        place = chance.randrange(len(order) - 10)
        picked = chance.sample(order[place : place + 10], 3)
        texts: list[str] = []
        gold: list[str] = []
        for story in picked:
            source = chance.choice(stories[story]).article
            long = [p.text for p in source.paragraphs if len(p.text) >= 80]
            start = chance.randrange(max(len(long) - 4, 0) + 1)
            some = long[start : start + chance.randint(2, 4)]
            texts += some
            gold += [story] * len(some)
        time = max(e.article.article.time for story in picked for e in stories[story])
        head = _head(make_id("a", "digest", str(number)), {"id": number})
        dated = stories[picked[0]][0].article.article.published_at is not None
        head = head._replace(published_at=time + DAY if dated else None)
        digests.append(example(head, texts, gold, embedder, settings))
    return digests


def training(name: str, examples: Sequence[Example]) -> list[Example]:
    """Return the part that may be fitted on."""
    return [e for e in examples if name != DATED or e.article.article.time < CUT]


def cached(vectors: Path, settings: Settings) -> CachedEmbedder:
    """Return the default model with its vectors on disk."""
    return CachedEmbedder(SentenceTransformerEmbedder(settings.embedding.model), vectors)


def load(folder: Path, limit: int, embedder: Any, settings: Settings) -> dict[str, list[Example]]:
    """Return all corpora by name."""
    return {
        name: embed(name, read(folder / f"{name}.jsonl.gz", limit), embedder, settings)
        for name in CORPORA
    }
