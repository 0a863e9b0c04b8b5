"""The example corpus and what is expected of it, for every test that runs on it."""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from pathlib import Path

EXAMPLES = Path(__file__).parents[2] / "examples"
RESIDUE = "residue"
"""Label of a paragraph that is page furniture."""


@dataclass(frozen=True)
class ExpectedArticle:
    """What a run should find about one article of the corpus, in its newest version."""

    file: str
    """Where its newest version is, relative to the corpus."""
    source_id: str | None
    """None for plain text, which has no id: the file names the article."""
    title: str
    date_status: str
    storyline: str | None
    """None where no storyline has the article."""
    copy_of: str | None
    """The source id of the original."""
    versions: int
    paragraphs: tuple[str, ...]
    """The label of each paragraph, by position: a storyline or ``residue``. Empty for an
    article that has a title only."""
    earlier_paragraphs: tuple[str, ...] = ()
    """The labels of the first version, where there are two."""
    stuck: tuple[int, ...] = ()
    """Positions of paragraphs with residue stuck to their ends: it is cut, the rest is kept."""
    fetched: str | None = None
    """When a file without a date should count as obtained: its time of modification."""

    @property
    def labelled(self) -> Iterator[tuple[int, str]]:
        """Yield position and storyline of each paragraph that is kept; -1 is the title."""
        if not self.paragraphs and self.storyline:
            yield -1, self.storyline
        yield from ((at, label) for at, label in enumerate(self.paragraphs) if label != RESIDUE)

    @property
    def residue(self) -> list[int]:
        """Positions of the paragraphs that are dropped."""
        return [at for at, label in enumerate(self.paragraphs) if label == RESIDUE]


@dataclass(frozen=True)
class ExpectedRejection:
    """A record that cannot be used."""

    file: str
    line: int
    reason: str


@dataclass(frozen=True)
class Expected:
    """All that is expected of the corpus."""

    storylines: dict[str, str]
    """What each storyline is about, by its name."""
    articles: tuple[ExpectedArticle, ...]
    rejections: tuple[ExpectedRejection, ...]


@cache
def expected() -> Expected:
    """Return what ``expected.json`` says."""
    raw = json.loads(Path(__file__).with_name("expected.json").read_text("utf-8"))
    articles = []
    for item in raw["articles"]:
        lists = {key: tuple(value) for key, value in item.items() if isinstance(value, list)}
        articles.append(ExpectedArticle(**{**item, **lists}))
    rejections = tuple(ExpectedRejection(**item) for item in raw["rejections"])
    return Expected(raw["storylines"], tuple(articles), rejections)


def copy_examples(target: Path) -> Path:
    """Copy the corpus to ``target`` with times of modification that do not depend on a checkout.

    The undated articles then stand where their story has them, the phone call last. Returns
    ``target``.
    """
    shutil.copytree(EXAMPLES, target, ignore=shutil.ignore_patterns("__pycache__"))
    times = {item.file: _seconds(item.fetched) for item in expected().articles if item.fetched}
    latest = max(times.values())
    for path in filter(Path.is_file, target.rglob("*")):
        when = times.get(path.relative_to(target).as_posix(), latest)
        os.utime(path, (when, when))
    return target


def _seconds(time: str) -> float:
    return datetime.fromisoformat(time).timestamp()
