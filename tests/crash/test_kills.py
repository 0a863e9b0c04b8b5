"""A run that is killed, wherever it is, costs nothing but its time.

``benchmarks/kills.py`` does the same some hundred times, at places drawn by lot.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

COMMIT = ("amid write manifests/.tmp", "before link manifests/N.json")
ROOT = Path(__file__).parents[2]


def test_killed_runs_lose_double_and_change_nothing() -> None:
    """In a process of its own: what is forked must not have threads, which pytest's has."""
    done = subprocess.run(
        [sys.executable, "-m", "benchmarks.kills", "--commit", "--json"],
        cwd=ROOT,
        env={**os.environ, "OMP_NUM_THREADS": "1", "PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode in (0, 1), done.stderr
    report = json.loads(done.stdout)
    assert report["failures"] == []
    assert len(report["places"]) >= 20
    assert {f"run {place}" for place in COMMIT} <= set(report["places"])
    assert [place for place in report["places"] if place.startswith("watch ")]
    assert report["looks"] > 10
