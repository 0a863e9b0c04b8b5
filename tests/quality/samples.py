"""Small fixed samples of labelled news, and what was reached on them.

    python -m tests.quality.samples          print what is reached, beside the floors
    python -m tests.quality.samples --write  ... and write it to reached.json: never the floors

Where the news is: the folder in the environment variable STORYBEAM_LABELLED, else
../shared/data/labelled beside the project.
"""

from __future__ import annotations

import argparse
import gzip
import json
import os
from collections.abc import Iterable, Mapping, Sequence
from functools import reduce
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from pipelines.evaluate.corpus import Reading
from pipelines.evaluate.origin import origin
from pipelines.evaluate.run import Evaluation, evaluate
from schemas.settings import EmbeddingSettings, Settings
from transforms.embed import embedder
from transforms.embedding.base import Embedder

HERE = Path(__file__).parent
VARIABLE = "STORYBEAM_LABELLED"
FOLDER = Path(os.environ.get(VARIABLE) or HERE.parents[2] / "shared" / "data" / "labelled")
FLOORS: dict[str, Any] = json.loads((HERE / "floors.json").read_text("utf-8"))
REACHED = HERE / "reached.json"


def choose(
    records: Iterable[Mapping[str, Any]], stories: int, each: int, since: str = "", drop: str = ""
) -> list[Mapping[str, Any]]:
    """Return the first ``each`` articles of the first ``stories`` stories that have two or more.

    Stories are in the order in which they begin, so that neighbours are in the same sample.

    Args:
        records: a corpus, in its order.
        stories: how many.
        each: articles of a story at most.
        since: a date; stories that begin before it are passed over. Empty for none.
        drop: stories whose name begins so are passed over. Empty for none.
    """
    found: dict[str, list[Mapping[str, Any]]] = {}
    for record in records:
        found.setdefault(record["story"], []).append(record)
    usable = [
        articles
        for name, articles in found.items()
        if len(articles) > 1
        and not (drop and name.startswith(drop))
        and not (since and min(one["date"] for one in articles) < since)
    ]
    return [one for articles in usable[:stories] for one in articles[:each]]


def read(name: str) -> list[Mapping[str, Any]]:
    """Return the records of a sample."""
    rule = FLOORS["samples"][name]["articles"]
    with gzip.open(FOLDER / f"{name}.jsonl.gz", "rt", encoding="utf-8") as lines:
        return choose(map(json.loads, lines), **rule)


def measure(name: str, settings: Settings, model: Embedder, folder: Path) -> dict[str, Any]:
    """Return all figures of a sample; it is written to ``folder`` to be read as a run reads."""
    path = folder / f"{name}.jsonl"
    path.write_text("".join(json.dumps(record) + "\n" for record in read(name)), "utf-8")
    digests = FLOORS["samples"][name].get("digests", 0)
    [figures] = evaluate([str(path)], Evaluation(settings, Reading(), digests=digests), model)
    return figures


def reached(name: str, figures: Mapping[str, Any]) -> dict[str, float]:
    """Return the figures that have a floor."""
    return {path: figure(figures, path) for path in FLOORS["samples"][name]["floors"]}


def figure(figures: Mapping[str, Any], path: str) -> float:
    """Return the figure at a path such as ``events.f1``."""
    return float(reduce(lambda found, key: found[key], path.split("."), figures))


def cached(path: Path) -> tuple[Settings, Embedder]:
    """Return the default settings and model, with vectors kept in ``path``."""
    settings = Settings(embedding=EmbeddingSettings(cache=str(path)))
    return settings, embedder(settings.embedding)


def main(arguments: Sequence[str] | None = None) -> None:
    """Measure all samples."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n", maxsplit=1)[0])
    parser.add_argument("--write", action="store_true", help="write reached.json")
    parser.add_argument("--vectors", type=Path, help="SQLite file of vectors")
    options = parser.parse_args(arguments)
    found: dict[str, Any] = {}
    with TemporaryDirectory() as folder:
        settings, model = cached(options.vectors or Path(folder) / "vectors.sqlite")
        for name, sample in FLOORS["samples"].items():
            figures = measure(name, settings, model, Path(folder))
            found[name] = {path: round(v, 4) for path, v in reached(name, figures).items()}
            print(f"{name}: {figures['articles']} articles, {figures['paragraphs']} paragraphs")
            for path, value in found[name].items():
                floor = sample["floors"][path]
                print(f"  {path:34} {value:.3f}  floor {floor:.3f}  {value - floor:+.3f}")
    if options.write:
        text = json.dumps({**origin(settings, model), "samples": found}, indent=1)
        REACHED.write_text(text + "\n", "utf-8")


if __name__ == "__main__":
    main()
