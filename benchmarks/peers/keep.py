"""Figures of an earlier run that still stand."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from benchmarks.peers import ours
from transforms.errors import UsageError

Known = Mapping[tuple[str, str], dict[str, Any]]
"""A row of figures by the task's fingerprint and the peer's name."""


def kept(path: Path, libraries: Mapping[str, str]) -> Known:
    """Return what ``path`` holds of others than storybeam; nothing if libraries have changed.

    Raises:
        UsageError: The file cannot be read, or was not written by ``--json``.
    """
    try:
        results = json.loads(path.read_bytes())
        found = {
            (one["fingerprint"], row["peer"]): row
            for one in results["corpora"]
            for row in one["peers"]
            if "error" not in row and not row["peer"].startswith(ours.NAME)
        }
        return found if results["libraries"] == libraries else {}
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise UsageError(f"--keep {path} cannot be used: {error!r}.") from error
