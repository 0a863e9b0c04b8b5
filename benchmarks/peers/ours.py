"""storybeam itself: its core, in windows of event time, with the default settings."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from benchmarks.peers.base import Peer, Readings, Task
from pipelines.evaluate.fitted import FittedFiles
from pipelines.evaluate.replay import Fitted, replay
from schemas.settings import Settings
from transforms.errors import UsageError

NAME = "storybeam"


def peers(folds: str | None) -> list[Peer]:
    """Return storybeam as it is packaged, and as it is in ``folds``, without the corpus at hand."""
    found = [Peer(f"{NAME}, as packaged", "stream", partial(_run, fitted=_packaged))]
    if folds is not None:
        files = FittedFiles(folds=folds)
        files.check()
        run = partial(_run, fitted=partial(_left_out, files=files))
        found.append(Peer(f"{NAME}, corpus left out", "stream", run))
    return found


def _run(task: Task, fitted: Callable[[str], tuple[Fitted, str]]) -> Readings:
    """Return the main event of each article."""
    learnt, said = fitted(task.name)
    result = replay(task.articles, task.vectors.shape[1], Settings(), learnt)
    return {said: [result.main_event(article) for article in task.segmented]}


def _packaged(corpus: str) -> tuple[Fitted, str]:
    fitted, said = FittedFiles().of(corpus)
    return fitted, said["weights"]


def _left_out(corpus: str, files: FittedFiles) -> tuple[Fitted, str]:
    fitted, said = files.of(corpus)
    if not said["weights"].startswith("fold "):
        raise UsageError(f"{files.folds} has no {corpus}.json.")
    return fitted, said["weights"]
