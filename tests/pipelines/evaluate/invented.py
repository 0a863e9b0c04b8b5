"""A corpus of invented news with gold stories, as a file."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from pipelines.evaluate.corpus import Corpus, Reading, find_corpora, read_corpus
from pipelines.evaluate.probes import Probe
from pipelines.evaluate.run import Evaluation, evaluate
from schemas.settings import Settings
from tests.news import HashedEmbedder, report

TOPICS = ("harbour", "senatea", "vaccine", "orbitqs")
SETTINGS = Settings()
MARCH = 1_488_326_400_000_000
ALWAYS = Probe("Harbour", re.compile("harbour"), MARCH, 2 * MARCH)


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


def result(folder: Path) -> dict[str, Any]:
    """What ``storybeam evaluate --json`` writes of the invented corpus."""
    path = write(folder, records(12), "invented.jsonl")
    evaluation = Evaluation(SETTINGS, digests=2, probes=[ALWAYS])
    return {
        "command": "storybeam evaluate invented.jsonl",
        "date": "2025-01-02",
        "commit": "0123456789ab",
        "settings_digest": "abc",
        "model": {"name": "hashed"},
        "cores": 2,
        "seed": 0,
        "corpora": evaluate([path], evaluation, HashedEmbedder()),
    }


def bare(result: dict[str, Any]) -> dict[str, Any]:
    """What there is of its corpus where it has no gold stories."""
    [figures] = result["corpora"]
    always = ("corpus", "fitted", "articles", "rejected", "ids", "speed")
    return {key: figures[key] for key in always}
