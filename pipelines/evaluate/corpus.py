"""Read a labelled corpus the way a run reads it, and keep what it says of each article."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import PurePath
from typing import Any, NamedTuple

from schemas.records import Article, RawDocument, Rejection, SegmentedArticle
from schemas.settings import Settings
from transforms.dates import read_time
from transforms.errors import UsageError
from transforms.parse import parse
from transforms.segment import segment
from transforms.sources import jsonl
from transforms.sources.base import InputFile
from transforms.sources.files import find_files

MINUTE = 60_000_000
"""Microseconds."""
START = int(datetime(2020, 1, 1, tzinfo=UTC).timestamp()) * 1_000_000
"""When a corpus without any date begins."""
NOW = int(datetime(2100, 1, 1, tzinfo=UTC).timestamp()) * 1_000_000
"""A fixed time after all corpora: only what is later is refused as being in the future."""


@dataclass(frozen=True)
class Reading:
    """How a corpus is read.

    Attributes:
        gold: the key of an article's story.
        name: the key of what an editor called that story.
        step_minutes: time between two articles without a date.
        since: by corpus, or by ``""`` for all: the date from which on articles are scored.
        drop: stories that this pattern matches are left out.
        stories: only articles of that many stories, those that come first; None for all.
        limit: articles at most, the earliest; None for all.
    """

    gold: str = "story"
    name: str = "story_title"
    step_minutes: float = 15.0
    since: Mapping[str, str] = field(default_factory=dict)
    drop: str | None = None
    stories: int | None = None
    limit: int | None = None


class Item(NamedTuple):
    """An article with its gold labels."""

    article: SegmentedArticle
    stories: tuple[str, ...]
    """The story of each kept paragraph: one, save for a digest; empty without a label."""
    name: str | None = None
    scored: bool = True

    @property
    def story(self) -> str | None:
        """The story of the article; None without a label."""
        return self.stories[0] if self.stories else None


@dataclass(frozen=True)
class Corpus:
    """A corpus in the order in which it is streamed."""

    name: str
    items: tuple[Item, ...]
    lost: tuple[str, ...]
    """Stories of scored articles that were rejected: each counts as a cluster of its own."""


class _Labelled(NamedTuple):
    article: Article
    story: str | None
    name: str | None


def find_corpora(paths: Sequence[str]) -> list[InputFile]:
    """Return the files of corpora; UsageError where one does not exist or is no JSON Lines."""
    files = list(find_files(paths, None).files)
    for file in files:
        if file.format != "jsonl":
            raise UsageError(f"{file.path} is {file.format}; a corpus is a file of JSON Lines.")
    return files


def corpus_name(path: str) -> str:
    """Return what a corpus is called: its file's name without suffixes."""
    return PurePath(path).name.split(".")[0]


def read_corpus(file: InputFile, reading: Reading, settings: Settings) -> Corpus:
    """Return the corpus in ``file``.

    Articles without a date get none: they count as fetched one after the other, in the order of
    the file, after all that have one.

    Raises:
        UsageError: No record has the gold key, or the pattern or date cannot be read.
    """
    name = corpus_name(file.path)
    drop = _pattern(reading.drop)
    found: list[_Labelled] = []
    lost = []
    for document, record in _records(file, settings):
        story = _text(record.get(reading.gold))
        if drop is not None and story is not None and drop.search(story):
            continue
        article = parse(document, settings.input, NOW)
        if isinstance(article, Rejection):
            lost.append(story)
        else:
            found.append(_Labelled(article, story, _text(record.get(reading.name))))
    if reading.gold != Reading.gold and not any(one.story for one in found):
        raise UsageError(f"No record of {file.path} has the key {reading.gold!r} of --gold.")
    ordered = _first_stories(_in_time(found, reading), reading.stories)[: reading.limit]
    since = _since(name, reading)
    items: list[Item] = []
    for one in ordered:
        segmented = segment(one.article, settings)
        published = one.article.published_at
        scored = since is None or (published is not None and published >= since)
        if not isinstance(segmented, Rejection):
            stories = (one.story,) * len(segmented.paragraphs) if one.story else ()
            items.append(Item(segmented, stories, one.name, scored))
        elif scored:
            lost.append(one.story)
    return Corpus(name, tuple(items), tuple(story for story in lost if story))


def _records(
    file: InputFile, settings: Settings
) -> Iterator[tuple[RawDocument, Mapping[str, Any]]]:
    with open(file.path, "rb") as opened:
        for document in jsonl.read(opened, file, settings.input):
            if isinstance(document, RawDocument):
                yield document, _record(document.body)


def _record(body: bytes) -> Mapping[str, Any]:
    try:
        record = json.loads(body)
    except (ValueError, RecursionError):
        return {}
    return record if isinstance(record, dict) else {}


def _text(value: object) -> str | None:
    return None if value is None or value == "" else str(value)


def _in_time(found: Sequence[_Labelled], reading: Reading) -> list[_Labelled]:
    dated = [a.published_at for a, _, _ in found if a.published_at is not None]
    time = max(dated, default=START)
    placed = []
    for one in found:
        published = one.article.published_at
        if published is None:
            time += int(reading.step_minutes * MINUTE)
        fetched = time if published is None else published
        placed.append(one._replace(article=one.article._replace(fetched_at=fetched)))
    return sorted(placed, key=lambda one: one.article.time)


def _first_stories(found: list[_Labelled], count: int | None) -> list[_Labelled]:
    stories = list(dict.fromkeys(one.story for one in found))[:count]
    return found if count is None else [one for one in found if one.story in stories]


def _pattern(drop: str | None) -> re.Pattern[str] | None:
    try:
        return None if drop is None else re.compile(drop)
    except re.error as error:
        raise UsageError(f"--drop {drop!r} is no regular expression: {error}.") from error


def _since(name: str, reading: Reading) -> int | None:
    text = reading.since.get(name, reading.since.get(""))
    if text is None:
        return None
    time = read_time(text)
    if time is None:
        raise UsageError(f"--since {text!r} cannot be read; expected a date such as 2017-01-01.")
    return time
