"""What a run costs beside its embedding: CPU, memory, seconds by stage.

    python benchmarks/cost.py INPUT...

Runs ``storybeam run`` on a new lake in one process, and in another embeds the very same texts in
the same batches without the pipeline. The ratio of their CPU is what all the rest costs; both
load the model, and it is to stay at or below 1.25. Prints one JSON object.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from schemas.records import Article, RawDocument, SegmentedArticle
from schemas.settings import Settings
from transforms.embed import BATCH, embedder, texts_of
from transforms.parse import parse
from transforms.segment import segment
from transforms.sources.files import find_files
from transforms.sources.read import read_file


def main() -> None:
    """Run both and compare."""
    inputs = sys.argv[1:]
    if inputs and inputs[0] == "--alone":
        print(json.dumps(_embed_alone(inputs[1:])))
        return
    with tempfile.TemporaryDirectory() as folder:
        lake = str(Path(folder) / "lake")
        command = [sys.executable, "-m", "pipelines.cli", "run", *inputs, "--lake", lake, "--json"]
        whole, cpu = _measured(command)
    alone, _ = _measured([sys.executable, __file__, "--alone", *inputs])
    print(
        json.dumps(
            {
                "run": whole,
                "embedding_alone": alone,
                "run_cpu_seconds": round(cpu, 1),
                "ratio": round(cpu / alone["cpu_seconds"], 3),
            },
            indent=1,
        )
    )


def _measured(command: list[str]) -> tuple[dict[str, object] | dict[str, float], float]:
    """Return the last line of a command, as JSON, and the CPU seconds that it took."""
    before = os.times()
    done = subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True)
    after = os.times()
    cpu = after.children_user + after.children_system
    cpu -= before.children_user + before.children_system
    return json.loads(done.stdout.splitlines()[-1]), cpu


def _embed_alone(inputs: list[str]) -> dict[str, float]:
    """Embed what a run would embed; return CPU and wall seconds, model and imports included."""
    settings = Settings()
    model = embedder(settings.embedding)
    batch: list[SegmentedArticle] = []
    paragraphs = 0
    started, prepared = time.perf_counter(), 0.0
    for file in find_files(inputs).files:
        for record in read_file(file, settings.input):
            mark = time.process_time()
            article = _segmented(record, settings)
            prepared += time.process_time() - mark
            if article is None:
                continue
            batch.append(article)
            paragraphs += len(article.paragraphs)
            if len(batch) == BATCH:
                model.embed([text for article in batch for text in texts_of(article)])
                batch = []
    model.embed([text for article in batch for text in texts_of(article)])
    return {
        "paragraphs": paragraphs,
        "cpu_seconds": round(time.process_time() - prepared, 1),
        "wall_seconds": round(time.perf_counter() - started, 1),
    }


def _segmented(record: object, settings: Settings) -> SegmentedArticle | None:
    if not isinstance(record, RawDocument):
        return None
    article = parse(record, settings.input, int(time.time() * 1e6))
    if not isinstance(article, Article):
        return None
    segmented = segment(article, settings)
    return segmented if isinstance(segmented, SegmentedArticle) else None


if __name__ == "__main__":
    main()
