"""Hypothesis strategies: what may arrive in the windows of a stream, and what came of it."""

from __future__ import annotations

import os
from collections.abc import Sequence
from typing import Any, NamedTuple

from hypothesis import strategies as st

from schemas.batches import TableBatch
from schemas.records import EmbeddedArticle
from schemas.settings import DuplicateSettings, EventSettings, Settings, StorylineSettings
from schemas.tables import TABLES
from tests.news import article, at, report, sentence
from transforms.clustering.engine import Engine
from transforms.clustering.step import Step
from transforms.lake.upsert import fold
from transforms.tables import snapshot_batches, step_batches

BRISK = Settings(
    events=EventSettings(
        threshold=3.0,
        candidates=3,
        dormant_after_days=6,
        retire_after_days=20,
        max_active=6,
        revival_margin=0.5,
        split_passages=1,
        lateness_days=10_000,
    ),
    storylines=StorylineSettings(similarity=0.55, hysteresis=0.02),
    duplicates=DuplicateSettings(memory_days=12),
)
"""Settings under which everything that can happen does within some weeks."""
TOPICS = ("tea", "teb", "tec", "xua", "xub")


def cases(few: int, thorough: int) -> int:
    """How many cases of a property to try: ``few`` unless HYPOTHESIS_PROFILE is ``thorough``."""
    return thorough if os.environ.get("HYPOTHESIS_PROFILE") == "thorough" else few


class News(NamedTuple):
    """What arrives: short enough to be read in a failure."""

    number: int
    topic: str
    text: str
    published: float | None
    fetched: float
    updated: float | None
    titled: bool

    def article(self) -> EmbeddedArticle:
        own = TOPICS[self.number % len(TOPICS)]
        texts = {
            "own": report(own, self.number),
            "other": report(self.topic, self.number),
            "shared": report(self.topic, 0, 2),
            "longer": (*report(own, self.number), sentence(self.topic, 7)),
            "mixed": (sentence(self.topic, self.number), sentence("zza", self.number)),
        }
        return article(
            f"n{self.number}",
            texts[self.text],
            self.published,
            fetched=self.fetched,
            updated=self.updated,
            title=sentence(self.topic, self.number)[:40] if self.titled else None,
            source=f"Outlet {self.number % 3}",
        )


Row = dict[str, Any]
Window = tuple[float, list[News]]
"""Day on which it ends, and what is in it."""


@st.composite
def news(draw: st.DrawFn, day: float) -> News:
    """New, updated, copied, mixed, undated, late or repeated: whatever comes by."""
    return News(
        draw(st.integers(0, 9)),
        draw(st.sampled_from(TOPICS)),
        draw(st.sampled_from(("own", "other", "shared", "longer", "mixed"))),
        draw(st.sampled_from((day - 0.1, day - 0.1, day - 0.1, day - 9, None, 1.0))),
        draw(st.sampled_from((day, day + 40))),
        draw(st.sampled_from((None, day - 0.05))),
        draw(st.booleans()),
    )


@st.composite
def histories(draw: st.DrawFn, windows: int = 14) -> list[Window]:
    """Windows in time, with silences between some of them."""
    day, found = 1.0, []
    for _ in range(draw(st.integers(1, windows))):
        day += draw(st.sampled_from((0.25, 1.0, 3.0, 8.0, 25.0)))
        found.append((day, draw(st.lists(news(day), max_size=3))))
    return found


def step(core: Engine, window: Window) -> Step:
    day, batch = window
    return core.step(at(day), [item.article() for item in batch])


def play(core: Engine, windows: Sequence[Window]) -> list[Step]:
    return [step(core, window) for window in windows]


def tables(found: Sequence[TableBatch]) -> dict[str, list[Row]]:
    """What the lake holds once all batches are in it, one list of rows a table."""
    parts: dict[tuple[str, str], list[TableBatch]] = {}
    for batch in found:
        if batch.table in TABLES:
            parts.setdefault((batch.table, batch.partition), []).append(batch)
    held: dict[str, list[Row]] = {name: [] for name in TABLES}
    for (name, _), batches in sorted(parts.items()):
        held[name] += fold(TABLES[name], batches).rows.to_pylist()
    return held


def written(core: Engine, windows: Sequence[Window]) -> list[TableBatch]:
    """All batches for the lake that the windows give, with the snapshot at their end."""
    found: list[TableBatch] = []
    for window in windows:
        found += step_batches(step(core, window), core, "month")
    return [*found, *snapshot_batches(core, "month")]
