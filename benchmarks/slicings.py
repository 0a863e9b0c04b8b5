"""One period in one run, in a run a month, and in many watch-like runs: are the tables the same?

    python benchmarks/slicings.py NEWS.jsonl.gz FROM TO FOLDER [--files 200] [--vectors FILE]

Takes the articles dated FROM (included) to TO (not) in order of time, puts them into files that
are cut anywhere but at the turn of a month, and reads them in each way, every way in a process of
its own. Prints one JSON object: by way the snapshots, seconds, seconds a thousand paragraphs of
each month (for runs a month), peak RSS, the resident size after the 20th and the last of many
runs, and whether the content hashes of all tables are those of the single run. What is in FOLDER
already is used again.
"""

from __future__ import annotations

import argparse
import gzip
import json
import resource
import subprocess
import sys
import time
from collections.abc import Sequence
from itertools import groupby
from pathlib import Path
from typing import Any

WAYS = ("whole", "months", "many")


def main() -> None:
    """Deal out the articles, read them in each way, compare."""
    parser = argparse.ArgumentParser()
    parser.add_argument("news")
    parser.add_argument("start", nargs="?")
    parser.add_argument("end", nargs="?")
    parser.add_argument("folder", type=Path, nargs="?")
    parser.add_argument("--files", type=int, default=200)
    parser.add_argument("--vectors")
    parser.add_argument("--way", choices=WAYS)
    given = parser.parse_args()
    if given.way:
        print(json.dumps(_read(given.way, Path(given.news), given.vectors)))
        return
    _deal(Path(given.news), given.start, given.end, given.folder, given.files)
    found = {way: _apart(way, given.folder, given.vectors) for way in WAYS}
    hashes = [found[way].pop("hashes") for way in WAYS]
    print(json.dumps({"same": [hashes[0] == other for other in hashes], **found}, indent=1))


def _deal(news: Path, start: str, end: str, folder: Path, files: int) -> None:
    if (folder / "in").exists():
        return
    with gzip.open(news, "rt", encoding="utf-8") as lines:
        dated = [(json.loads(line)["date"], line) for line in lines]
    chosen = sorted(pair for pair in dated if start <= pair[0] < end)
    (folder / "in").mkdir(parents=True)
    size = -(-len(chosen) // files)
    for month, pairs in groupby(chosen, lambda pair: pair[0][:7]):
        held = [line for _, line in pairs]
        for number, at in enumerate(range(0, len(held), size)):
            path = folder / "in" / f"{month}-{number:03}.jsonl"
            path.write_text("".join(held[at : at + size]), "utf-8")


def _apart(way: str, folder: Path, vectors: str | None) -> dict[str, Any]:
    command = [sys.executable, __file__, str(folder), "--way", way]
    command += ["--vectors", vectors] if vectors else []
    done = subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True)
    found: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return found


def _read(way: str, folder: Path, vectors: str | None) -> dict[str, Any]:
    from transforms.memory import share_arenas

    share_arenas()
    from pipelines.lake import Lake
    from schemas.settings import EmbeddingSettings, Settings
    from schemas.tables import TABLES
    from transforms.lake.hashing import content_hash
    from transforms.lake.verify import verify

    settings = Settings(embedding=EmbeddingSettings(cache=vectors))
    lake, runs = folder / way, _runs(way, sorted((folder / "in").glob("*.jsonl")))
    steps, before, resident = [], 0, []
    for number, (files, drain) in enumerate(runs):
        started = time.perf_counter()
        paragraphs = _run(files, lake, settings, drain)
        seconds = time.perf_counter() - started
        steps.append(round(seconds / max(paragraphs - before, 1) * 1_000, 3))
        before = paragraphs
        if number in (19, len(runs) - 1):
            resident.append(_resident())
    last = Lake(str(lake))
    return {
        "runs": len(runs),
        "snapshots": len(last.snapshots()),
        "articles": last.manifest.counts.articles,
        "paragraphs": last.manifest.counts.paragraphs,
        "seconds_per_1000_paragraphs": steps if way != "many" else [],
        "files": len(last.manifest.files),
        "peak_rss": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024,
        "resident": resident,
        "problems": len(verify(str(lake))),
        "hashes": {name: content_hash(last.table(name)) for name in TABLES},
    }


def _runs(way: str, files: Sequence[Path]) -> list[tuple[list[Path], bool]]:
    if way == "whole":
        return [(list(files), True)]
    if way == "months":
        return [(list(some), True) for _, some in groupby(files, lambda path: path.name[:7])]
    return [*(([path], False) for path in files), (list(files), True)]


def _run(files: Sequence[Path], lake: Path, settings: Any, drain: bool) -> int:
    from apache_beam.options.pipeline_options import PipelineOptions

    from pipelines.prepare import Job, prepare
    from pipelines.run import execute

    ready = prepare(Job(tuple(map(str, files)), str(lake), settings, drain=drain))
    if ready.plan is not None:
        outcome = execute(ready, settings, PipelineOptions(["--runner=FnApiRunner"]))
        return outcome.manifest.counts.paragraphs if outcome.manifest else 0
    return ready.parent.counts.paragraphs if ready.parent else 0


def _resident() -> int:
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    return pages * resource.getpagesize()


if __name__ == "__main__":
    main()
