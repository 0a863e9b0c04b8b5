"""Digests, stitched by a fixed rule: the only articles whose paragraphs have true labels."""

from __future__ import annotations

import json
import random
from collections.abc import Mapping, Sequence
from datetime import timedelta

from pipelines.evaluate.corpus import MINUTE, NOW, Item
from schemas.records import RawDocument, Rejection
from schemas.settings import Settings
from transforms.dates import DAY, EPOCH
from transforms.parse import parse
from transforms.segment import BLOCK_CHARACTERS, segment

COUNT = 40
"""Digests of a corpus."""
STORIES = 3
"""Stories in a digest."""
LEAST, MOST = 2, 4
"""Paragraphs of a story in a digest."""
LONG = 80
"""Characters below which a paragraph says too little to have a story of its own."""
NEAR = 10
"""A digest is made of stories that are this close to each other in the order of appearance."""


def stitch(
    items: Sequence[Item], settings: Settings, count: int = COUNT, seed: int = 0
) -> list[Item]:
    """Return ``count`` digests, or none where fewer than three stories have the paragraphs.

    Each is one article without a title: 2 to 4 neighbouring paragraphs of an article of each of
    3 stories that are close in time. It comes a day after the last article of its stories, or
    right after it where that one has no date.
    """
    chance = random.Random(seed)  # noqa: S311
    stories: dict[str, list[Item]] = {}
    for item in items:
        if item.scored and item.story is not None:
            stories.setdefault(item.story, []).append(item)
    usable = {s: [i for i in found if len(_long(i)) >= LEAST] for s, found in stories.items()}
    order = [story for story, found in usable.items() if found and len(stories[story]) > 1]
    digests = []
    for number in range(count if len(order) >= STORIES else 0):
        first = chance.randrange(max(len(order) - NEAR, 0) + 1)
        chosen = chance.sample(order[first : first + NEAR], STORIES)
        texts: dict[str, list[str]] = {}
        for story in chosen:
            long = _long(chance.choice(usable[story]))
            size = min(chance.randint(LEAST, MOST), len(long))
            start = chance.randrange(len(long) - size + 1)
            texts[story] = long[start : start + size]
        last = max((i for s in chosen for i in stories[s]), key=lambda i: i.article.article.time)
        digests += _digest(number, texts, last, settings)
    return digests


def _long(item: Item) -> list[str]:
    texts = [paragraph.text for paragraph in item.article.paragraphs]
    return [text for text in texts if LONG <= len(text) <= BLOCK_CHARACTERS]


def _digest(
    number: int, texts: Mapping[str, Sequence[str]], last: Item, settings: Settings
) -> list[Item]:
    record: dict[str, object] = {
        "id": f"digest-{number}",
        "paragraphs": [text for some in texts.values() for text in some],
    }
    head = last.article.article
    if head.published_at is not None:
        after = EPOCH + timedelta(microseconds=head.published_at + DAY)
        record["published"] = after.isoformat()
    body = json.dumps(record).encode()
    document = RawDocument("digests", f"line {number}", "json", head.time + MINUTE, body)
    article = parse(document, settings.input, NOW)
    segmented = article if isinstance(article, Rejection) else segment(article, settings)
    if isinstance(segmented, Rejection):
        return []
    gold = [story for story, some in texts.items() for _ in some]
    return [Item(segmented, tuple(gold[one.position] for one in segmented.paragraphs))]
