"""A small lake of the schema as it is, kept in the tree: ``python -m tests.kept_lake``.

Run it from the root of the tree, once for every schema version, before that version is released;
``tests/test_kept_lakes.py`` then sees that later code still reads it. The articles are those of
``examples/``.
"""

from __future__ import annotations

import os
import shutil
from pathlib import Path

from pipelines.prepare import Job, prepare
from pipelines.run import RUNNER, beam_options, execute
from schemas.layout import SCHEMA_VERSION
from schemas.settings import Settings

KEPT = Path(__file__).parent / "lakes"
ARTICLES = 16
"""Articles kept: the first ones. Each takes some kilobytes for its vectors and its state."""
WHEN = 1_767_225_600
"""Time of modification of the input: New Year 2026."""


def main() -> None:
    """Write ``tests/lakes/v<SCHEMA_VERSION>`` anew."""
    root = KEPT / f"v{SCHEMA_VERSION}"
    shutil.rmtree(root, ignore_errors=True)
    root.mkdir(parents=True)
    os.chdir(root)  # So that the lake names its input without a folder of this machine.
    lines = (KEPT.parents[1] / "examples" / "articles.jsonl").read_bytes().splitlines()
    news = Path("news.jsonl")
    news.write_bytes(b"\n".join(lines[:ARTICLES]) + b"\n")
    os.utime(news, (WHEN, WHEN))
    settings = Settings()
    ready = prepare(Job((news.name,), "lake", settings))
    print(execute(ready, settings, beam_options(RUNNER, ())).manifest)
    news.unlink()


if __name__ == "__main__":
    main()
