"""Well-known long stories, each known by its titles: is there one storyline for each?"""

from __future__ import annotations

import json
import re
import statistics
from collections import Counter
from collections.abc import Sequence
from datetime import UTC, datetime
from functools import lru_cache
from importlib.resources import files
from itertools import islice
from typing import TYPE_CHECKING, Any, NamedTuple

from pipelines.evaluate.metrics import Score
from transforms.errors import UsageError

if TYPE_CHECKING:
    from pipelines.lake import Lake

PIECE = 0.1
"""A storyline counts as a piece of a story from this share of its articles."""
FEWEST = 10
"""Articles below which a story is not looked for: too few to break."""
NAMED = 3
"""Times that a text names a story, from which on the article is about it whatever its title."""


class Told(NamedTuple):
    """An article as a probe sees it."""

    title: str
    time: int
    """Microseconds since the epoch."""
    storyline: str
    label: str = ""
    text: str = ""


class Probe(NamedTuple):
    """A long story: the titles it has and the days it ran, both included."""

    name: str
    pattern: re.Pattern[str]
    first: int
    """Microseconds since the epoch."""
    last: int

    def holds(self, article: Told) -> bool:
        """Whether the article is part of the story."""
        return (
            self.first <= article.time <= self.last
            and self.pattern.search(article.title) is not None
        )

    def is_told_in(self, article: Told) -> bool:
        """Whether the text names the story so often that the article is about it too."""
        names = self.pattern.finditer(article.text)
        return sum(1 for _ in islice(names, NAMED)) == NAMED


@lru_cache(maxsize=1)
def default_probes() -> tuple[Probe, ...]:
    """Return the stories in ``probes.json``."""
    text = files("pipelines.evaluate").joinpath("probes.json").read_text("utf-8")
    return tuple(
        Probe(
            one["name"],
            re.compile(one["titles"], re.IGNORECASE),
            _micros(one["from"]),
            _micros(one["until"]) + 86_400_000_000 - 1,
        )
        for one in json.loads(text)["stories"]
    )


def probe(articles: Sequence[Told], probes: Sequence[Probe]) -> dict[str, Any]:
    """Return for each story its best storyline, and the medians over stories.

    Precision counts all articles of the storyline within the story's period. So a storyline may
    have begun before and go on after, but an article whose title does not name the story counts
    against it: the figure is a lower bound ("Cameron resigns" is about the Brexit vote).
    ``f1_by_text`` is that of the same storyline, with such an article left out of the precision
    where its text names the story ``NAMED`` times.
    """
    stories = [row for one in probes if (row := _probe(articles, one)) is not None]
    if not stories:
        return {"stories": [], "found": 0}
    return {
        "found": len(stories),
        "median_precision": statistics.median(row["precision"] for row in stories),
        "median_recall": statistics.median(row["recall"] for row in stories),
        "median_f1": statistics.median(row["f1"] for row in stories),
        "median_f1_by_text": statistics.median(row["f1_by_text"] for row in stories),
        "most_pieces": max(row["pieces"] for row in stories),
        "stories": stories,
    }


def probe_lake(lake: Lake, probes: Sequence[Probe] | None = None) -> dict[str, Any]:
    """Return :func:`probe` of the dated articles in a lake, for ``probes`` or the packaged ones.

    Raises:
        UsageError: None of the stories has ten articles in the lake.
    """
    texts: dict[str, str] = {}
    paragraphs = lake.table("paragraphs", ["article_id", "text"])
    for batch in paragraphs.to_batches(max_chunksize=10_000):
        for row in batch.to_pylist():
            texts[row["article_id"]] = f"{texts.get(row['article_id'], '')}\n{row['text']}"
    columns = ["article_id", "title", "published_at", "storyline_id"]
    labels = lake.table("storylines", ["storyline_id", "label"]).to_pylist()
    names = {row["storyline_id"]: row["label"] for row in labels}
    articles = [
        Told(
            row["title"],
            _epoch(row["published_at"]),
            row["storyline_id"],
            names.get(row["storyline_id"], ""),
            texts.get(row["article_id"], ""),
        )
        for row in lake.table("articles", columns).to_pylist()
        if row["title"] and row["published_at"]
    ]
    found = probe(articles, default_probes() if probes is None else probes)
    if not found["found"]:
        raise UsageError(
            f"{lake.path} has {FEWEST} dated articles of none of the stories that are looked for."
        )
    return found


def _probe(articles: Sequence[Told], one: Probe) -> dict[str, Any] | None:
    wanted = [article for article in articles if one.holds(article)]
    if len(wanted) < FEWEST:
        return None
    inside = Counter(article.storyline for article in wanted)
    whole = Counter(a.storyline for a in articles if one.first <= a.time <= one.last)
    scores = {
        name: Score.of(hits / whole[name], hits / len(wanted)) for name, hits in inside.items()
    }
    best = min(scores, key=lambda name: (-scores[name].f1, name))
    return {
        "story": one.name,
        "articles": len(wanted),
        **scores[best]._asdict(),
        "f1_by_text": _by_text(articles, one, best, len(wanted)).f1,
        "pieces": sum(hits >= PIECE * len(wanted) for hits in inside.values()),
        "storyline": best,
        "label": next(a.label for a in wanted if a.storyline == best),
        "storyline_articles": whole[best],
    }


def _by_text(articles: Sequence[Told], one: Probe, storyline: str, wanted: int) -> Score:
    period = [a for a in articles if a.storyline == storyline and one.first <= a.time <= one.last]
    hits = sum(one.holds(article) for article in period)
    strays = sum(not one.holds(article) and not one.is_told_in(article) for article in period)
    return Score.of(hits / (hits + strays), hits / wanted)


def _micros(day: str) -> int:
    return _epoch(datetime.fromisoformat(day).replace(tzinfo=UTC))


def _epoch(time: datetime) -> int:
    return int(time.timestamp()) * 1_000_000
