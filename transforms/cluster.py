"""The ordered step: articles in event-time windows through the engine, with state that survives.

What Beam keeps for each cell (key):

* ``stamp``: a random nonce, the end of the last window decided, and whether anything changed.
  The engine in memory is a mirror, used only while its nonce is the stored one and otherwise
  built anew. So a bundle that is retried, replayed or moved to another worker never meets a
  mirror that ran ahead of it.
* ``checkpoint``: the engine's state as Arrow streams; none means the lake's parent snapshot.
* ``journal``: every article since the checkpoint, with the time that it counts as of. Those of
  windows that were decided are replayed when the mirror is built; the others wait.

What still waits at the end of the input, because more of its time may come, goes into the lake as
``state/waiting`` and comes back as input of the next run.
"""

from __future__ import annotations

import os
import struct
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any, NamedTuple

import apache_beam as beam
from apache_beam.coders import BytesCoder, RowCoder
from apache_beam.metrics import Metrics
from apache_beam.transforms.timeutil import TimeDomain
from apache_beam.transforms.userstate import (
    BagStateSpec,
    ReadModifyWriteStateSpec,
    TimerSpec,
    on_timer,
)
from apache_beam.transforms.window import GlobalWindow
from apache_beam.utils.timestamp import Timestamp

from schemas.batches import TableBatch
from schemas.records import EmbeddedArticle
from schemas.settings import Settings
from transforms.checkpoint import Chunk, from_chunks, from_lake, to_chunks
from transforms.clustering.engine import Engine
from transforms.clustering.step import Step
from transforms.memory import give_back
from transforms.progress import PROGRESS
from transforms.tables import snapshot_batches, step_batches
from transforms.waiting import ReadWaiting, pack, unpack, waiting_batch

CHECKPOINT_EVERY = 2_000
"""Articles decided between two checkpoints: what is replayed when a mirror is lost."""
MIRRORS = 8
"""Cells whose engines one worker keeps in memory."""
CELL = "0"
"""The only cell, until there is a router."""

_STAMP = struct.Struct("<16sq?")


class JournalEntry(NamedTuple):
    """A packed article and the event time it counts as of: late ones join the next window."""

    as_of: int
    dated: bool
    article: bytes


@dataclass
class _Mirror:
    """A cell in memory. ``waiting`` holds undecided articles by the end of their window (µs)."""

    nonce: bytes
    engine: Engine
    changed: bool = False
    waiting: dict[int, list[JournalEntry]] = field(default_factory=dict)
    since_checkpoint: int = 0


class Horizon(NamedTuple):
    """How far bounded input decides; without either, to its end. A stream's watermark tells.

    The rest waits: for the next slice of a long period, or for articles that are still to come.
    """

    until: int | None = None
    """End of the last window to decide, microseconds."""
    disorder: int | None = None
    """Microseconds that windows stay open behind the latest article."""

    def of(self, waiting: Iterable[JournalEntry]) -> int | None:
        """Return the end of the last window to decide, given what waits; None decides all."""
        if self.disorder is None:
            return self.until
        dated = (entry.as_of for entry in waiting if entry.dated)
        latest = max(dated, default=self.disorder) - self.disorder
        return latest if self.until is None else min(latest, self.until)


class _ClusterCell(beam.DoFn):
    STAMP = ReadModifyWriteStateSpec("stamp", BytesCoder())
    CHECKPOINT = BagStateSpec("checkpoint", RowCoder.from_type_hint(Chunk, None))
    JOURNAL = BagStateSpec("journal", RowCoder.from_type_hint(JournalEntry, None))
    WINDOW = TimerSpec("window", TimeDomain.WATERMARK)
    END = TimerSpec("end", TimeDomain.WATERMARK)

    def __init__(
        self,
        settings: Settings,
        dimension: int,
        lake: str,
        parent: int | None,
        granularity: str,
        horizon: Horizon = Horizon(),
    ) -> None:
        self._settings = settings
        self._dimension = dimension
        self._lake = lake
        self._parent = parent
        self._granularity = granularity
        self._horizon = horizon
        self._window = settings.events.window

    def setup(self) -> None:
        self._mirrors: dict[str, _Mirror] = {}

    def start_bundle(self) -> None:
        self._nonce = os.urandom(16)

    def process(
        self,
        element: tuple[str, EmbeddedArticle],
        stamp: Any = beam.DoFn.StateParam(STAMP),
        checkpoint: Any = beam.DoFn.StateParam(CHECKPOINT),
        journal: Any = beam.DoFn.StateParam(JOURNAL),
        window_timer: Any = beam.DoFn.TimerParam(WINDOW),
        end_timer: Any = beam.DoFn.TimerParam(END),
    ) -> None:
        """Put the article into the window of its event time, or the next one if that is done.

        One that is known does not: it would only move the end of what was decided.
        """
        key, article = element
        mirror = self._mirror(key, stamp, checkpoint, journal)
        if mirror.engine.registry.is_past(article.article):
            Metrics.counter("cluster", "unchanged").inc()
        else:
            entry = self._entry(article, mirror.engine.done)
            journal.add(entry)
            self._wait(mirror, entry)
        self._keep(key, mirror, stamp)
        if mirror.waiting:
            window_timer.set(_timestamp(min(mirror.waiting)))
        end_timer.set(GlobalWindow().max_timestamp())

    @on_timer(WINDOW)
    def decide(
        self,
        key: Any = beam.DoFn.KeyParam,
        now: Any = beam.DoFn.TimestampParam,
        stamp: Any = beam.DoFn.StateParam(STAMP),
        checkpoint: Any = beam.DoFn.StateParam(CHECKPOINT),
        journal: Any = beam.DoFn.StateParam(JOURNAL),
        window_timer: Any = beam.DoFn.TimerParam(WINDOW),
    ) -> Iterator[TableBatch]:
        """The watermark has passed: decide on every window that has ended."""
        if stamp.read() is None:  # the input has ended before, and all was decided then
            return
        mirror = self._mirror(key, stamp, checkpoint, journal)
        yield from self._decide(mirror, now.micros)
        self._save(mirror, checkpoint, journal)
        self._keep(key, mirror, stamp)
        limit = self._limit(mirror)
        if mirror.waiting and (limit is None or min(mirror.waiting) <= limit):
            window_timer.set(_timestamp(min(mirror.waiting)))

    @on_timer(END)
    def finish(
        self,
        key: Any = beam.DoFn.KeyParam,
        stamp: Any = beam.DoFn.StateParam(STAMP),
        checkpoint: Any = beam.DoFn.StateParam(CHECKPOINT),
        journal: Any = beam.DoFn.StateParam(JOURNAL),
    ) -> Iterator[TableBatch]:
        """The input has ended: decide on what is left; hand over events, storylines and state.

        Then forget it all, for what comes after this step needs the memory.
        """
        mirror = self._mirror(key, stamp, checkpoint, journal)
        yield from self._decide(mirror, None)
        if mirror.changed:
            yield from snapshot_batches(mirror.engine, self._granularity)
        waiting = sorted(entry for entries in mirror.waiting.values() for entry in entries)
        Metrics.counter("cluster", "waiting").inc(len(waiting))
        if waiting or self._parent is not None:  # What waited before is to go.
            yield waiting_batch((entry.article for entry in waiting), mirror.engine.done)
        for state in (stamp, checkpoint, journal):
            state.clear()
        del mirror
        give_back()

    def _mirror(self, key: str, stamp: Any, checkpoint: Any, journal: Any) -> _Mirror:
        """Take the cell's mirror if it is the stored state's, else build it anew.

        It is given back by :meth:`_keep`, so one that failed midway is never seen again.
        """
        stored = stamp.read()
        nonce, done, changed = _STAMP.unpack(stored) if stored else (b"", 0, False)
        mirror = self._mirrors.pop(key, None)
        if mirror is None or mirror.nonce != nonce:
            mirror = self._build(list(checkpoint.read()), journal.read(), done)
            mirror.changed = changed
        return mirror

    def _build(self, chunks: list[Chunk], journal: Iterable[JournalEntry], done: int) -> _Mirror:
        if chunks:
            engine = from_chunks(chunks, self._settings)
            engine.touch_all()
        else:
            engine = from_lake(self._lake, self._parent, self._settings, self._dimension)
        engine.done = max(engine.done, done)
        mirror = _Mirror(b"", engine)
        for entry in journal:
            self._wait(mirror, entry)
        for end in sorted(end for end in mirror.waiting if end <= done):
            self._step(mirror, end)
        return mirror

    def _keep(self, key: str, mirror: _Mirror, stamp: Any) -> None:
        mirror.nonce = self._nonce
        stored = _STAMP.pack(mirror.nonce, mirror.engine.done, mirror.changed)
        if stamp.read() != stored:
            stamp.write(stored)
        self._mirrors[key] = mirror
        while len(self._mirrors) > MIRRORS:
            del self._mirrors[next(iter(self._mirrors))]

    def _entry(self, article: EmbeddedArticle, done: int) -> JournalEntry:
        head = article.article
        as_of = max(head.released(self._settings.events.lateness), done)
        return JournalEntry(as_of, head.published_at is not None, pack(article))

    def _wait(self, mirror: _Mirror, entry: JournalEntry) -> None:
        end = (entry.as_of // self._window + 1) * self._window
        mirror.waiting.setdefault(end, []).append(entry)

    def _limit(self, mirror: _Mirror) -> int | None:
        return self._horizon.of(entry for some in mirror.waiting.values() for entry in some)

    def _decide(self, mirror: _Mirror, now: int | None) -> Iterator[TableBatch]:
        until = min((end for end in (now, self._limit(mirror)) if end is not None), default=None)
        for end in sorted(end for end in mirror.waiting if until is None or end <= until):
            with PROGRESS.timed("cluster"):
                step = self._step(mirror, end)
            mirror.changed |= bool(step.placed or step.changes)
            Metrics.counter("cluster", "rejected_too_late").inc(len(step.rejected))
            PROGRESS.count("articles", len(step.placed))
            Metrics.counter("cluster", "windows").inc()
            Metrics.counter("cluster", "articles").inc(len(step.placed))
            Metrics.counter("cluster", "unchanged").inc(step.unchanged)
            with PROGRESS.timed("tables"):
                found = list(step_batches(step, mirror.engine, self._granularity))
            yield from found

    def _step(self, mirror: _Mirror, end: int) -> Step:
        entries = mirror.waiting.pop(end)
        mirror.since_checkpoint += len(entries)
        step = mirror.engine.step(end, [unpack(entry.article) for entry in entries])
        PROGRESS.gauge("storylines", len(mirror.engine.storylines.storylines))
        return step

    def _save(self, mirror: _Mirror, checkpoint: Any, journal: Any) -> None:
        """Write a checkpoint when more was decided since the last one than still waits."""
        waiting = [entry for entries in mirror.waiting.values() for entry in entries]
        if mirror.since_checkpoint < max(CHECKPOINT_EVERY, len(waiting)):
            return
        checkpoint.clear()
        for chunk in to_chunks(mirror.engine):
            checkpoint.add(chunk)
        journal.clear()
        for entry in waiting:
            journal.add(entry)
        mirror.since_checkpoint = 0


class ClusterArticles(beam.PTransform):
    """``PCollection[EmbeddedArticle]`` to ``PCollection[TableBatch]``, in event-time windows.

    Args:
        settings: of the run.
        dimension: length of a vector.
        lake: where the state of ``parent`` lies.
        parent: number of the snapshot to go on from; None to start from nothing.
        granularity: of the lake's partitions.
        horizon: how far to decide.
    """

    def __init__(
        self,
        settings: Settings,
        dimension: int,
        lake: str,
        parent: int | None,
        granularity: str,
        horizon: Horizon = Horizon(),
    ) -> None:
        super().__init__()
        self._parent = (lake, parent)
        self._cell = _ClusterCell(settings, dimension, lake, parent, granularity, horizon)

    def expand(self, articles: beam.PCollection[EmbeddedArticle]) -> beam.PCollection[TableBatch]:
        """Take what waited in the lake as well, key by cell and run the stateful step."""
        lake, parent = self._parent
        inputs = [articles]
        if parent is not None:
            inputs.append(articles.pipeline | "Waiting" >> ReadWaiting(lake, parent))
        return (
            inputs
            | "All" >> beam.Flatten()
            | "By cell" >> beam.Map(_to_cell).with_output_types(tuple[str, EmbeddedArticle])
            | "Cluster cell" >> beam.ParDo(self._cell).with_output_types(TableBatch)
        )


def _to_cell(article: EmbeddedArticle) -> tuple[str, EmbeddedArticle]:
    return CELL, article


def _timestamp(micros: int) -> Timestamp:
    return Timestamp(micros=micros)
