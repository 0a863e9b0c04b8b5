"""How long a run takes to go on from a large lake, before it decides anything.

    python benchmarks/resume.py LAKE                        makes LAKE where there is none, measures
    python benchmarks/resume.py LAKE --paragraphs 100000

The lake is drawn as in ``benchmarks/decisions.py``, over about a year, each passage of fourteen
short paragraphs; it goes through the engine and the writer as a run's would. Measured, each in
seconds of wall clock: finding the snapshot and the inputs that were read, reading which articles
are known, building the engine, and packing its state again, which a run does at its end.
"""

from __future__ import annotations

import argparse
import json
import os
import resource
import subprocess
import sys
import time
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path
from typing import Any

os.environ.setdefault("OMP_NUM_THREADS", "1")
sys.path.insert(0, str(Path(__file__).parents[1]))

from benchmarks.decisions import MINUTE, WIDTH, Load
from pipelines.lake import Lake
from schemas.batches import TableBatch
from schemas.manifest import ModelInfo
from schemas.records import EmbeddedArticle, Paragraph, make_id
from schemas.settings import Settings
from transforms.checkpoint import from_lake
from transforms.clustering.engine import Engine
from transforms.clustering.state import to_tables
from transforms.known import Known
from transforms.lake.commit import commit
from transforms.lake.manifests import newest
from transforms.lake.plan import consumed, plan_snapshot
from transforms.lake.storage import storage_of
from transforms.lake.writer import write_partition
from transforms.signature import PERMUTATIONS
from transforms.tables import snapshot_batches, step_batches

EACH = 14
"""Paragraphs of a passage."""
APART = 13
"""Minutes between two articles."""


def main() -> None:
    """Make the lake if need be, then measure in a process that has not seen it."""
    parser = argparse.ArgumentParser()
    parser.add_argument("lake")
    parser.add_argument("--paragraphs", type=int, default=1_000_000)
    parser.add_argument("--measure", action="store_true")
    given = parser.parse_args()
    if given.measure:
        print(json.dumps(_measure(given.lake), indent=1))
        return
    if not Path(given.lake).exists():
        _make(given.lake, given.paragraphs)
    subprocess.run([sys.executable, __file__, given.lake, "--measure"], check=True)


def _measure(path: str) -> dict[str, Any]:
    spent: dict[str, float] = {}
    storage = storage_of(path)

    def timed(name: str, call: Any) -> Any:
        started = time.perf_counter()
        found = call()
        spent[name] = round(time.perf_counter() - started, 2)
        return found

    parent = timed("snapshot", lambda: newest(storage))
    timed("inputs", lambda: consumed(storage, parent))
    timed("known", lambda: Known(path, parent.snapshot))
    engine = timed("engine", lambda: from_lake(path, parent.snapshot, Settings(), WIDTH))
    timed("packing", lambda: to_tables(engine))
    entries = Lake(path).manifest.files
    return {
        "paragraphs": parent.counts.paragraphs,
        "articles": parent.counts.articles,
        "active": len(engine.events.active.events),
        "seconds": spent,
        "state_bytes": sum(entry.bytes for entry in entries if entry.table.startswith("state/")),
        "peak_rss": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024,
    }


def _make(path: str, paragraphs: int) -> None:
    settings = Settings()
    core, load = Engine(WIDTH, settings), Load(15_000)
    held: dict[tuple[str, str], list[TableBatch]] = defaultdict(list)
    made = 0
    while made < paragraphs:
        day = [_filled(one, load) for one in _day(load)]
        made += sum(len(one.paragraphs) for one in day)
        step = core.step((load.now // settings.events.window + 1) * settings.events.window, day)
        for batch in step_batches(step, core, "month"):
            held[batch.table, batch.partition].append(batch)
    for batch in snapshot_batches(core, "month"):
        held[batch.table, batch.partition].append(batch)
    model = ModelInfo(name="drawn", dimension=WIDTH, digest="00" * 32)
    plan, storage = plan_snapshot(path, settings, model), storage_of(path)
    changes = [write_partition(storage, None, *place, rows) for place, rows in held.items()]
    commit(storage, plan, changes)


def _day(load: Load) -> Iterator[EmbeddedArticle]:
    for _ in range(24 * 60 // APART):
        load.now += (APART - 1) * MINUTE
        yield from load.draw(1)


def _filled(article: EmbeddedArticle, load: Load) -> EmbeddedArticle:
    """Return the article with an identity, a signature and fourteen paragraphs a passage."""
    name = article.article.article_id
    passages = [
        one._replace(
            passage_id=make_id("g", one.passage_id),
            paragraphs=list(range(n * EACH, (n + 1) * EACH)),
        )
        for n, one in enumerate(article.passages)
    ]
    paragraphs = [
        Paragraph(make_id("p", name, str(n)), n, f"Paragraph {n} of {name}.")
        for n in range(EACH * len(passages))
    ]
    head = article.article._replace(article_id=make_id("a", name), digest=make_id("", name))
    signature = load.chance.integers(0, 2**32, PERMUTATIONS, "uint32").tobytes()
    return EmbeddedArticle(head, paragraphs, [], passages, signature)


if __name__ == "__main__":
    main()
