"""Compare storybeam with its peers on labelled corpora.

    python -m benchmarks.peers CORPUS... --vectors CACHE [--json FILE] > peers.md

Prints Markdown. Run it in the root of the checkout, with the extra ``bench``. With
``--keep FILE``, which may be repeated, figures that an earlier run wrote there stand, where the
articles, vectors and libraries are the same; storybeam itself is always measured anew.
"""

from __future__ import annotations

import argparse
import json
import re
import shlex
import sys
import tempfile
from collections.abc import Sequence
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

from benchmarks.peers.base import SEED
from benchmarks.peers.keep import kept
from benchmarks.peers.listing import peers
from benchmarks.peers.measure import describe, measure, read, sample
from benchmarks.peers.table import markdown
from pipelines.evaluate.corpus import Reading, find_corpora
from pipelines.evaluate.metrics import adjusted
from pipelines.evaluate.origin import origin
from pipelines.evaluate.run import to_mapping
from schemas.settings import EmbeddingSettings, Settings
from transforms.embed import embedder

LIBRARIES = ("bertopic", "hdbscan", "numba", "river", "scikit-learn", "scipy", "umap-learn")


def main(arguments: Sequence[str] | None = None) -> None:
    """Measure, print, and write where that is asked for."""
    options = _options(arguments)
    adjusted(["a"], ["a"])  # what is missing is told before hours of work
    settings = Settings(embedding=EmbeddingSettings(cache=options.vectors))
    model = embedder(settings.embedding)
    reading = Reading(since=to_mapping(options.since), drop=options.drop)
    chosen = [peer for peer in peers(options.folds) if re.search(options.only, peer.name)]
    libraries = {name: _version(name) for name in LIBRARIES}
    known = {key: row for path in options.keep for key, row in kept(path, libraries).items()}
    results: dict[str, Any] = {
        "command": shlex.join(["python", "-m", "benchmarks.peers", *sys.argv[1:]]),
        **origin(settings, model),
        "seed": SEED,
        "libraries": libraries,
        "corpora": [],
    }
    with tempfile.TemporaryDirectory() as folder:
        for file in find_corpora(options.corpora):
            smaller = sample(file.path, options.limit, Path(folder))
            task = read(smaller, reading, settings, model)
            rows: list[dict[str, Any]] = []
            one = {**describe(task), "peers": rows}
            results["corpora"].append(one)
            for peer in chosen:
                row = known.get((one["fingerprint"], peer.name)) or measure(task, peer)
                rows.append({"commit": results["commit"], **row})
                _tell(f"{task.name}: {peer.name}: {row.get('error') or round(row['f1'], 3)}")
                _write(results, options.json)
    print(markdown(results["corpora"]), end="")


def _write(results: dict[str, Any], path: Path | None) -> None:
    if path is not None:
        path.write_text(json.dumps(results, indent=1) + "\n", "utf-8")


def _options(arguments: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser("python -m benchmarks.peers", description=__doc__)
    parser.formatter_class = argparse.RawDescriptionHelpFormatter
    parser.add_argument("corpora", nargs="+", metavar="CORPUS")
    parser.add_argument("--vectors", metavar="CACHE", help="SQLite file of vectors")
    parser.add_argument("--json", type=Path, metavar="FILE", help="write all figures there")
    parser.add_argument("--since", action="append", default=[], metavar="[CORPUS=]DATE")
    parser.add_argument("--drop", metavar="PATTERN", help="leave out stories that it matches")
    parser.add_argument("--limit", type=int, default=2500, help="articles of a corpus at most")
    parser.add_argument("--folds", metavar="FOLDER", help="of fit_folds.py: leave the corpus out")
    parser.add_argument("--only", default="", metavar="PATTERN", help="only these peers")
    parser.add_argument("--keep", type=Path, action="append", default=[], metavar="FILE")
    return parser.parse_args(arguments)


def _version(name: str) -> str:
    try:
        return version(name)
    except PackageNotFoundError:
        return "not installed"


def _tell(what: str) -> None:
    print(what, file=sys.stderr, flush=True)


if __name__ == "__main__":
    main()
