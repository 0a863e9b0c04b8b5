"""A corpus of invented news with gold stories, as a file."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from pipelines.evaluate.corpus import Corpus, Reading, find_corpora, read_corpus
from schemas.settings import Settings
from tests.news import report

TOPICS = ("harbour", "senatea", "vaccine", "orbitqs")
SETTINGS = Settings()


def record(topic: str, number: int, **values: Any) -> dict[str, Any]:
    """One article of the story that is named after its topic."""
    return {
        "id": f"{topic}-{number}",
        "story": topic,
        "title": f"{topic} {topic}nor {topic}lin",
        "text": "\n\n".join(report(topic, number)),
        "source": f"outlet{number}.example",
        **values,
    }


def records(each: int = 4, dated: bool = True) -> list[dict[str, Any]]:
    """Four stories side by side, an article a day of each."""
    found = []
    for number in range(each):
        for topic in TOPICS:
            date = {"date": f"2017-03-{number + 1:02}"} if dated else {}
            found.append(record(topic, number, story_title=f"{topic}nor {topic}lin", **date))
    return found


def write(folder: Path, rows: Iterable[Mapping[str, Any] | str], name: str = "news.jsonl") -> str:
    path = folder / name
    lines = [row if isinstance(row, str) else json.dumps(row) for row in rows]
    path.write_text("\n".join(lines) + "\n", "utf-8")
    return str(path)


def read(path: str, **reading: Any) -> Corpus:
    [file] = find_corpora([path])
    return read_corpus(file, Reading(**reading), SETTINGS)
