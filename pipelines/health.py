"""The health of a watch: one small JSON file that a monitor, or a person, reads at any time."""

from __future__ import annotations

import json
import os
from contextlib import suppress
from dataclasses import dataclass, field, fields
from datetime import UTC, datetime
from typing import Any, Literal

from pipelines.run import waiting
from schemas.manifest import Manifest
from transforms.lake.commit import version

State = Literal["starting", "watching", "running", "failing", "stopped"]


@dataclass
class Health:
    """What is known at the moment; docs/watching.md says what each value means.

    Times are in seconds since the epoch, and in the file in ISO 8601, UTC.
    """

    lake: str
    started_at: float
    state: State = "starting"
    version: str = field(default_factory=version)
    pid: int = field(default_factory=os.getpid)
    last_look_at: float | None = None
    files: int = 0
    files_waiting: int = 0
    iterations: int = 0
    runs: int = 0
    consecutive_failures: int = 0
    last_error: str | None = None
    last_error_at: float | None = None
    next_look_at: float | None = None
    manifest: Manifest | None = None

    def as_json(self, now: float) -> dict[str, Any]:
        """Return the content of the file; ``now`` is in seconds since the epoch."""
        values = {item.name: getattr(self, item.name) for item in fields(self)}
        del values["manifest"]
        times = {name: _iso(time) for name, time in values.items() if name.endswith("_at")}
        return {
            **values,
            **times,
            "written_at": _iso(now),
            "snapshot": self.manifest.snapshot if self.manifest else None,
            "snapshot_at": self.manifest.created_at.isoformat() if self.manifest else None,
            "watermark": _iso(_watermark(self.manifest)),
            "lag_seconds": _lag(self.manifest, now),
            "counts": counts(self.manifest),
        }


def counts(manifest: Manifest | None) -> dict[str, Any]:
    """Return what the lake holds, with ``waiting``: articles whose window is still open."""
    if manifest is None:
        return {}
    return {**manifest.counts.model_dump(), "waiting": waiting(manifest)}


def write(path: str, health: Health, now: float) -> None:
    """Replace the file in one step; OSError where that cannot be done, and nothing is left."""
    aside = os.path.join(os.path.dirname(path), f".{os.path.basename(path)}.{os.getpid()}")
    try:
        with open(aside, "w", encoding="ascii") as file:
            file.write(json.dumps(health.as_json(now), indent=1) + "\n")
        os.replace(aside, path)
    finally:
        with suppress(OSError):
            os.unlink(aside)


def _watermark(manifest: Manifest | None) -> float | None:
    found = manifest.watermark if manifest else None
    return None if found is None else found / 1e6


def _lag(manifest: Manifest | None, now: float) -> float | None:
    at = _watermark(manifest)
    return None if at is None else round(now - at, 3)


def _iso(time: float | None) -> str | None:
    if time is None:
        return None
    with suppress(OverflowError, ValueError, OSError):
        return datetime.fromtimestamp(time, UTC).isoformat(timespec="milliseconds")
    return None
