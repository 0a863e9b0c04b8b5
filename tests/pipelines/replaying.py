"""Invented news in a lake, and replays of it, as tests of replaying call them."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

from pipelines.lake import Lake
from pipelines.prepare import Job, prepare
from pipelines.replay import ReplayJob, prepare_replay
from pipelines.replay_command import run_replay
from pipelines.run import RUNNER, beam_options, execute
from schemas.settings import Settings
from tests.news import report, sentence

TOPICS = ("tea", "teb", "xua", "xub", "gaa", "koa")
NEWS = datetime(2025, 1, 20, tzinfo=UTC).timestamp()
Record = dict[str, object]


def time_of(number: float) -> str:
    return datetime.fromtimestamp(NEWS + number * 36_000, UTC).isoformat()


def record(number: int) -> Record:
    topic = TOPICS[number % len(TOPICS)]
    return {
        "id": f"n{number}",
        "url": f"https://outlet.example.com/{number}",
        "source": f"Outlet {number % 4}",
        "title": sentence(topic, number)[:45],
        "language": "de" if number == 7 else "en",
        "text": "\n\n".join(report(topic, number, 1 + number % 4)),
        "published": time_of(number),
        "fetched": time_of(number + 0.5),
    }


def records(count: int = 40) -> list[Record]:
    """News of some weeks with a copy, a digest, undated ones, a bare title and broken records."""
    found = [record(number) for number in range(count)]
    found.append({**record(10), "id": "copy", "url": None, "published": time_of(11)})
    digest = "\n\n".join((*report("tea", 50), *report("xua", 51), *report("koa", 52)))
    found.append({**record(14), "id": "digest", "url": None, "text": digest})
    found.append({**record(8), "id": "undated", "url": None, "published": None})
    found.append({**record(9), "id": "odd", "url": None, "published": "soon"})
    found.append({**record(12), "id": "bare", "url": None, "text": ""})
    return [*found, {"id": "empty", "title": "", "text": ""}, {"id": "short", "text": "Two words"}]


def update() -> Record:
    """A newer text of the article 5."""
    text = "\n\n".join((*report(TOPICS[5], 5, 2), sentence("xua", 9_000)))
    return {**record(5), "text": text, "updated": time_of(9), "fetched": time_of(9)}


def make(lake: Path, *news: Sequence[Record], settings: Settings | None = None) -> Lake:
    """Read each list of records in a run of its own."""
    settings = settings or Settings()
    folder = lake.parent / f"{lake.name}-news"
    folder.mkdir(exist_ok=True)
    for number, kept in enumerate(news):
        path = folder / f"{number}.jsonl"
        path.write_text("".join(f"{json.dumps(one)}\n" for one in kept), "utf-8")
        ready = prepare(Job((str(path),), str(lake), settings))
        execute(ready, settings, beam_options(RUNNER, ()))
    return Lake(str(lake))


def replay(old: Lake, into: Path, *changes: str, snapshot: int | None = None) -> Lake:
    """Replay with the settings of the old lake, but for ``changes``."""
    job = ReplayJob(old.path, str(into), snapshot, changes=changes)
    run_replay(prepare_replay(job), beam_options(RUNNER, ()))
    return Lake(str(into))


def hashes(lake: Lake, without: Sequence[str] = ("id_map",)) -> dict[str, str]:
    """The content hash of every table, those of the state included."""
    tables = lake.manifest.tables
    return {name: entry.content_hash for name, entry in tables.items() if name not in without}
