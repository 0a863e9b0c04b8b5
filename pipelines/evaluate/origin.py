"""Where figures and fitted files come from: what a reader needs to get them again."""

from __future__ import annotations

import os
import subprocess
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from schemas.settings import Settings
from transforms.embedding.base import Embedder


def origin(settings: Settings, model: Embedder) -> dict[str, Any]:
    """Return date, commit, settings, model and cores of an evaluation."""
    return {
        "date": today(),
        "commit": commit(),
        "settings_digest": settings.digest(),
        "model": {"name": model.name, "digest": model.digest},
        "cores": len(os.sched_getaffinity(0)),
    }


def today() -> str:
    """Return the date in UTC, as ``2017-01-31``."""
    return datetime.now(UTC).date().isoformat()


def commit(folder: Path | None = None) -> str:
    """Return the commit of a checkout, this one by default; ``unknown`` where there is none.

    Marked where what is measured with, code or data, differs from it.
    """
    folder = folder or Path(__file__).parents[2]
    try:
        changed = _git(folder, "status", "--porcelain", "--untracked-files=no", "--", *MEASURED)
        return _git(folder, "rev-parse", "--short=12", "HEAD") + (
            " with changes" if changed else ""
        )
    except (OSError, subprocess.CalledProcessError):
        return "unknown"


MEASURED = ("schemas", "transforms", "pipelines", "benchmarks")
"""Folders whose changes change figures: a page that is being written is no change."""


def _git(folder: Path, *arguments: str) -> str:
    command = ["git", *arguments]
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=True)  # noqa: S603
    return done.stdout.strip()
