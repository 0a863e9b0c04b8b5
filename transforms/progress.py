"""What this process has done so far: counts and seconds by stage, for people who watch a run.

Beam's own metrics are the record of a run; this is a view of the running process, read by the
in-process runner's progress display and by benchmarks.
"""

from __future__ import annotations

import threading
import time
from collections import Counter, defaultdict
from collections.abc import Iterator
from contextlib import contextmanager


class Progress:
    """Counts and timings that any thread may add to."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._counts: Counter[str] = Counter()
        self._seconds: defaultdict[str, float] = defaultdict(float)
        self._cpu: defaultdict[str, float] = defaultdict(float)

    def reset(self) -> None:
        """Forget everything: a new run begins."""
        with self._lock:
            self._counts.clear()
            self._seconds.clear()
            self._cpu.clear()

    def count(self, name: str, amount: int = 1) -> None:
        """Add to a count."""
        with self._lock:
            self._counts[name] += amount

    def gauge(self, name: str, value: int) -> None:
        """Set a count to what it is now."""
        with self._lock:
            self._counts[name] = value

    @contextmanager
    def timed(self, stage: str) -> Iterator[None]:
        """Add the time spent inside to a stage: wall clock, and CPU of the whole process."""
        wall, cpu = time.perf_counter(), time.process_time()
        try:
            yield
        finally:
            with self._lock:
                self._seconds[stage] += time.perf_counter() - wall
                self._cpu[stage] += time.process_time() - cpu

    def counts(self) -> dict[str, int]:
        """Return the counts."""
        with self._lock:
            return dict(self._counts)

    def seconds(self) -> dict[str, float]:
        """Return wall-clock seconds by stage."""
        with self._lock:
            return {stage: round(value, 3) for stage, value in self._seconds.items()}

    def cpu_seconds(self) -> dict[str, float]:
        """Return CPU seconds of the process by stage."""
        with self._lock:
            return {stage: round(value, 3) for stage, value in self._cpu.items()}


PROGRESS = Progress()
