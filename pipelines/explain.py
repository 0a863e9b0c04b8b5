"""Gathers why a paragraph or an article is where it is."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from pipelines.lake import Lake
from transforms.errors import UsageError
from transforms.identity import article_id, canonical_url

Row = dict[str, Any]

AMBIGUOUS = 5
"""Articles named when several answer to one id."""

_ARTICLE = (
    "article_id", "source_id", "url", "source", "title", "time", "date_status", "version", "late",
    "duplicate_of", "origin", "place", "event_id", "storyline_id", "share", "shares",
)  # fmt: skip
_PARAGRAPH = ("paragraph_id", "position", "text", "passage_id", "margin", "runner_up")
_PASSAGE = (
    "passage_id", "event_id", "storyline_id", "decision", "score", "margin", "runner_up",
    "features",
)  # fmt: skip


@dataclass
class Group:
    """An event or storyline by name, as of today."""

    id: str
    name: str
    """An event's headline, a storyline's label."""


@dataclass
class Placement:
    """A passage: its paragraphs, where they are, and what decided it."""

    passage_id: str
    paragraphs: list[Row]
    event: Group
    storyline: Group
    decision: str
    score: float | None
    """Log-odds of the best event considered, as of the write."""
    margin: float
    """Log-odds by which the decision beat its best alternative, as of the write."""
    features: dict[str, float]
    """What was looked at, for the best event considered."""
    runner_up: Group | None = None
    runner_up_storyline: Group | None = None


@dataclass
class Explanation:
    """An article, or one paragraph or passage of it, and why it is where it is."""

    article: Row
    placements: list[Placement]
    residue: list[Row] = field(default_factory=list)
    """What was dropped, with the rule that dropped it."""
    original: Row | None = None
    """The article that this one is a copy of."""
    copies: list[Row] = field(default_factory=list)
    """Articles that are copies of this one."""


def explain(lake: Lake, target: str) -> Explanation:
    """Explain ``target``: an article_id, paragraph_id, passage_id, URL, or the input's own id.

    Raises:
        UsageError: The lake has nothing of that name, or several articles have it.
    """
    article, chosen = _find(lake, target)
    of_article = [("article_id", "=", article["article_id"])]
    paragraphs = lake.table("paragraphs", _PARAGRAPH, of_article).to_pylist()
    wanted = {row["passage_id"] for row in paragraphs if chosen in (None, *_ids(row))}
    passages = lake.table("passages", _PASSAGE, of_article).to_pylist()
    names = _Names(lake)
    placements = [
        _placement(names, passage, [p for p in paragraphs if p["passage_id"] == name])
        for passage in passages
        if (name := passage["passage_id"]) in wanted
    ]
    residue = lake.table("residue", ("position", "rule", "text"), of_article).to_pylist()
    original = article["duplicate_of"]
    copies = lake.table("articles", _ARTICLE[:5], [("duplicate_of", "=", article["article_id"])])
    return Explanation(
        article,
        sorted(placements, key=lambda each: each.paragraphs[0]["position"]),
        [] if chosen else sorted(residue, key=lambda row: row["position"]),
        _articles(lake, "article_id", original)[0] if original else None,
        copies.to_pylist(),
    )


def _ids(paragraph: Row) -> tuple[str, str]:
    return paragraph["paragraph_id"], paragraph["passage_id"]


def _find(lake: Lake, target: str) -> tuple[Row, str | None]:
    """Return the article, and the id of the paragraph or passage where it is one."""
    for column in ("paragraph_id", "passage_id"):
        found = lake.table("paragraphs", ["article_id"], [(column, "=", target)])
        if found.num_rows:
            return _articles(lake, "article_id", found["article_id"][0].as_py())[0], target
    found = (
        _articles(lake, "article_id", target)
        or _articles(lake, "source_id", target)
        or _articles(lake, "url", target)
        or _by_address(lake, target)
    )
    if not found:
        raise UsageError(
            f"{lake.path} has no article or paragraph {target!r} in snapshot {lake.snapshot}. "
            "An article_id, paragraph_id, passage_id, URL, or the id that the input gave was "
            "expected; `storybeam show LAKE STORYLINE` lists articles with their ids."
        )
    if len(found) > 1:
        some = ", ".join(f"{row['article_id']} ({row['source']})" for row in found[:AMBIGUOUS])
        raise UsageError(f"{target!r} names {len(found)} articles: {some}. Give one article_id.")
    return found[0], None


def _by_address(lake: Lake, target: str) -> list[Row]:
    canonical = canonical_url(target)
    if canonical is None:
        return []
    return _articles(lake, "article_id", article_id(canonical, None, None, ""))


def _articles(lake: Lake, column: str, value: str) -> list[Row]:
    return lake.table("articles", _ARTICLE, [(column, "=", value)]).to_pylist()  # type: ignore[no-any-return]


def _placement(names: _Names, passage: Row, paragraphs: list[Row]) -> Placement:
    runner_up = passage["runner_up"]
    return Placement(
        passage["passage_id"],
        sorted(paragraphs, key=lambda row: row["position"]),
        names.event(passage["event_id"]),
        names.storyline(passage["storyline_id"]),
        passage["decision"],
        passage["score"],
        passage["margin"],
        {pair["name"]: pair["value"] for pair in passage["features"]},
        names.event(runner_up) if runner_up else None,
        names.storyline_of(runner_up) if runner_up else None,
    )


class _Names:
    """Looks events and storylines up under today's ids."""

    def __init__(self, lake: Lake) -> None:
        self._lake = lake

    def event(self, event_id: str) -> Group:
        today = self._today(event_id)
        return Group(today, self._one("events", "event_id", today, "headline"))

    def storyline(self, storyline_id: str) -> Group:
        return Group(storyline_id, self._one("storylines", "storyline_id", storyline_id, "label"))

    def storyline_of(self, event_id: str) -> Group:
        today = self._today(event_id)
        return self.storyline(self._one("events", "event_id", today, "storyline_id"))

    def _today(self, event_id: str) -> str:
        try:
            return self._lake.resolve(event_id)
        except UsageError:  # A runner-up may have been forgotten.
            return event_id

    def _one(self, table: str, key: str, value: str, column: str) -> str:
        found = self._lake.table(table, [column], [(key, "=", value)])[column].to_pylist()
        return str(found[0] or "") if found else ""
