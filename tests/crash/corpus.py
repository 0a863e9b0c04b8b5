"""Invented news over some weeks, in files that come one after the other, and how to read them."""

from __future__ import annotations

import json
import random
from datetime import UTC, datetime, timedelta
from pathlib import Path

from tests.news import report, sentence

FILES = 4
EACH = 14
TOPICS = ("tea", "teb", "tec", "xua", "xub", "gaa", "gab")
START = datetime(2025, 3, 1, tzinfo=UTC)
FEATURES = {
    "events": {
        "threshold": 4.5,
        "candidates": 3,
        "dormant_after_days": 6,
        "retire_after_days": 20,
        "max_active": 6,
        "revival_margin": 0.5,
        "split_passages": 1,
    },
    "storylines": {"similarity": 0.55, "hysteresis": 0.02},
    "duplicates": {"memory_days": 12},
}
"""Settings under which events and storylines merge, split, sleep and are forgotten in weeks."""

Record = dict[str, object]


def write_corpus(folder: Path) -> list[Path]:
    """Write the files, in the order in which they come, and return their paths."""
    folder.mkdir(parents=True)
    records = _records()
    paths = []
    for number in range(FILES):
        path = folder / f"news-{number}.jsonl"
        some = records[number * EACH : (number + 1) * EACH]
        path.write_text("".join(f"{json.dumps(record)}\n" for record in some) + "{broken\n")
        paths.append(path)
    return paths


def write_settings(path: Path) -> Path:
    """Write the settings file and return its path."""
    lines = []
    for section, values in FEATURES.items():
        lines += [f"[{section}]", *(f"{name} = {value}" for name, value in values.items())]
    path.write_text("\n".join(lines) + "\n")
    return path


def _records() -> list[Record]:
    chance = random.Random(2)
    records: list[Record] = []
    for number in range(FILES * EACH):
        record = _record(number, chance)
        if number % 9 == 8:  # a copy
            record = {**chance.choice(records[-6:]), **_when(number), "id": f"copy{number}"}
        elif number % 7 == 6:  # an update
            old = chance.choice(records[-10:])
            text = f"{old['text']}\n\n{sentence(chance.choice(TOPICS), 900 + number)}"
            record = {**old, "text": text, "updated": _time(number), "fetched": _time(number)}
        records.append(record)
    return records


def _record(number: int, chance: random.Random) -> Record:
    topic, other = chance.choice(TOPICS), chance.choice(TOPICS)
    texts = list(report(topic, number, 1 + number % 3))
    if number % 4 == 3:
        texts += report(other, 500 + number, 2)
    return {
        "id": f"n{number}",
        "source": f"Outlet {number % 3}",
        "title": sentence(topic, number)[:45],
        "text": "\n\n".join(texts),
        **_when(number),
    }


def _when(number: int) -> Record:
    return {"published": _time(number), "fetched": _time(number)}


def _time(number: int) -> str:
    return (START + timedelta(hours=17 * number)).isoformat()
