"""Memory and time of a watch, iteration by iteration: ``python benchmarks/watch_memory.py 200``.

Two numbers at the end are what matters: what the process holds after the last iteration above
what it held after the 20th, and the milliseconds of an iteration without news. Each iteration
with news reads one file of five short articles: the same five again, in a file that differs
(``--same``), or new ones on a few topics, for which the lake and the engine's state grow.
"""

from __future__ import annotations

import argparse
import json
import logging
import random
import statistics
import sys
import tempfile
import time
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING

from transforms.memory import share_arenas

if TYPE_CHECKING:
    from pipelines.watch import Watch

WORDS = [f"{a}{b}{c}" for a in "bdfglmnprst" for b in "aeiou" for c in ("ra", "len", "mot", "sk")]
WARM_UP = 20


class Clock:
    """The real one, but sleeping is skipped: files here are whole when they are seen."""

    asked = over = False

    def now(self) -> float:
        """Return seconds of the machine's own clock."""
        return time.monotonic()

    def wall(self) -> float:
        """Return seconds since the epoch."""
        return time.time()

    def wait(self, seconds: float) -> None:
        """Go on at once."""


def rss() -> float:
    """Return what the process holds now, in MB."""
    lines = Path("/proc/self/status").read_text().splitlines()
    return next(int(line.split()[1]) / 1_024 for line in lines if line.startswith("VmRSS"))


def write(path: Path, number: int, blanks: int) -> None:
    """Write five articles, on topics of which there are eight."""
    rows = []
    for at in range(5):
        chosen = random.Random((number + at) % 8)  # noqa: S311 - no secret
        topic = chosen.sample(WORDS, 40)
        text = " ".join(random.Random(f"{number} {at}").choices(topic, k=30))  # noqa: S311
        day, hour = divmod(number, 24)
        published = f"2025-{1 + day // 28 % 12:02d}-{1 + day % 28:02d}T{hour:02d}:{10 * at:02d}:00Z"
        name = f"{number}-{at}"
        rows.append({"id": name, "title": text[:40], "text": text, "published": published})
    path.write_text("\n".join(map(json.dumps, rows)) + "\n" * (1 + blanks))


def main() -> None:
    """Iterate and print a table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("iterations", type=int, nargs="?", default=200)
    parser.add_argument("--same", action="store_true", help="the same articles again and again")
    parser.add_argument(
        "--objects", action="store_true", help="which Python objects there are more"
    )
    parser.add_argument("--flags", nargs="*", default=[], help="options of Beam")
    given = parser.parse_args()
    share_arenas()
    logging.disable(logging.CRITICAL)
    with tempfile.TemporaryDirectory() as folder:
        measure(Path(folder), given)


def measure(root: Path, given: argparse.Namespace) -> None:
    """Run the watch on a folder that gets one file before each iteration."""
    # After the heaps are set up, as in the command itself: Arrow chooses its own when imported.
    from pipelines.prepare import Job
    from pipelines.run import RUNNER, beam_options
    from pipelines.watch import Pace, Watch
    from schemas.settings import Settings

    news, lake = root / "in", str(root / "lake")
    news.mkdir()
    settings = Settings.model_validate({"embedding": {"cache": str(root / "vectors.sqlite")}})
    job = Job((str(news),), lake, settings)
    pace = Pace(stable=0)
    watch = Watch(job, beam_options(RUNNER, given.flags), pace, Clock(), str(root / "health.json"))
    held, busy, idle = [], [], []
    before: Counter[str] = Counter()
    print("iteration      MB  with news s  without ms")
    for number in range(1, given.iterations + 1):
        write(news / f"{number}.jsonl", 0 if given.same else number, number)
        busy.append(timed(watch))
        idle.append(timed(watch))
        held.append(rss())
        if number == WARM_UP:
            before = objects() if given.objects else before
        if number % 10 == 0 or number == 1:
            print(f"{number:>9}  {held[-1]:>6.1f}  {busy[-1]:>11.3f}  {idle[-1] * 1e3:>10.2f}")
            sys.stdout.flush()
    grown = held[-1] - held[min(WARM_UP, len(held)) - 1]
    print(f"{grown:+.1f} MB from iteration {WARM_UP} to the last,")
    print(f"{statistics.median(idle) * 1e3:.2f} ms an iteration without news.")
    if given.objects:
        for kind, count in (objects() - before).most_common(20):
            print(f"{count:>9} more of {kind}")


def timed(watch: Watch) -> float:
    """Return the seconds of one iteration."""
    started = time.perf_counter()
    watch.once()
    return time.perf_counter() - started


def objects() -> Counter[str]:
    """Return how many objects there are of each kind."""
    import gc

    return Counter(str(type(found)) for found in gc.get_objects())


if __name__ == "__main__":
    main()
