"""Cuts a long period into slices of event time, so that no run holds the whole of it.

With files all articles arrive before the first window can be decided. A slice is a pipeline of
its own through the same state: windows are never cut, so the result is that of one run.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import NamedTuple

from schemas.records import Article, RawDocument
from schemas.settings import Settings
from transforms.cluster import Horizon
from transforms.known import Known
from transforms.parse import parse
from transforms.sources.base import InputFile
from transforms.sources.lake import StoredArticles
from transforms.sources.read import read_file

BYTES = 20_000_000
"""Bytes of records in a slice, about: some thousand articles, a few hundred megabytes on the way.
"""
_PACKED = 5
"""How many times larger a compressed file may be than it looks; text packs to a third."""


class Slice(NamedTuple):
    """One part of a run: which articles it reads, how far it decides."""

    files: tuple[InputFile, ...] | None = None
    """Those that have something of it; None for all."""
    start: int | None = None
    """Earliest event time, microseconds; None for no bound."""
    end: int | None = None
    """First event time that is not in it, the end of a window."""
    horizon: Horizon = Horizon()
    lateness: int = 0
    """The settings' ``lateness``, microseconds."""

    def has(self, article: Article) -> bool:
        """Say whether the article lies in the slice."""
        time = article.released(self.lateness)
        return (self.start is None or time >= self.start) and (self.end is None or time < self.end)


WHOLE = Slice()


class _Scan(NamedTuple):
    weights: Counter[int]
    """Bytes of new records by the end of their window."""
    ends: dict[str, set[int]]
    """Ends of the windows that each file has records in."""
    dated: set[int]
    """Starts of the windows that have a record with a date."""


def slices(
    files: Sequence[InputFile],
    settings: Settings,
    known: Callable[[], Known],
    now: int,
    last: Horizon,
) -> list[Slice]:
    """Return the slices of a run over ``files``, in order; the last one decides up to ``last``.

    Small input is one slice and is not looked at. Larger input is read once for its dates, and
    what the lake has, which ``known`` tells, is not counted.
    """
    if sum(map(_size, files)) <= BYTES:
        return [Slice(tuple(files), horizon=last)]
    scan = _scan(files, settings, known(), now)
    cuts = list(_cuts(scan.weights, _settled(scan.dated, last)))
    return [
        _slice(files, scan, start, end, last)._replace(lateness=settings.events.lateness)
        for start, end in zip([None, *cuts], [*cuts, None], strict=True)
    ]


def stored_slices(source: StoredArticles, settings: Settings, last: Horizon) -> list[Slice]:
    """Return the slices of a replay, in order; the last one decides up to ``last``."""
    window, lateness = settings.events.window, settings.events.lateness
    weights: Counter[int] = Counter()
    for time, characters in source.weights(lateness):
        weights[(time // window + 1) * window] += characters
    cuts = list(_cuts(weights, None))  # What is stored was decided; what waits comes last.
    return [
        Slice(None, start, end, last if end is None else Horizon(until=end), lateness)
        for start, end in zip([None, *cuts], [*cuts, None], strict=True)
    ]


def _size(file: InputFile) -> int:
    return file.size * (_PACKED if file.path.endswith((".gz", ".parquet")) else 1)


def _scan(files: Sequence[InputFile], settings: Settings, known: Known, now: int) -> _Scan:
    window, lateness = settings.events.window, settings.events.lateness
    scan = _Scan(Counter(), {}, set())
    for file in files:
        for record in read_file(file, settings.input):
            if not isinstance(record, RawDocument):
                continue
            article = _article(record, settings, now)
            if article is not None and article not in known:
                end = (article.released(lateness) // window + 1) * window
                scan.weights[end] += len(record.body)
                scan.ends.setdefault(file.path, set()).add(end)
                scan.dated.update([end - window] if article.published_at is not None else [])
    return scan


def _article(document: RawDocument, settings: Settings, now: int) -> Article | None:
    try:
        found = parse(document, settings.input, now)
    except Exception:  # The run itself will say what is wrong with it.
        return None
    return found if isinstance(found, Article) else None


def _settled(dated: Iterable[int], last: Horizon) -> int | None:
    """Return up to where windows are decided where the latest wait; None: to the end."""
    return None if last.disorder is None else max(dated, default=0) - last.disorder


def _cuts(weights: Counter[int], settled: int | None) -> Iterator[int]:
    """Yield ends of windows by which about ``BYTES`` have come together, but for the last.

    None beyond ``settled``: a slice before the last decides all that it reads.
    """
    total = 0
    ends = sorted(weights)
    for end in ends[:-1]:
        total += weights[end]
        if total >= BYTES and (settled is None or end <= settled):
            yield end
            total = 0


def _slice(
    files: Sequence[InputFile], scan: _Scan, start: int | None, end: int | None, last: Horizon
) -> Slice:
    chosen = tuple(file for file in files if _overlaps(scan.ends.get(file.path), start, end))
    return Slice(chosen, start, end, last if end is None else Horizon(until=end))


def _overlaps(ends: set[int] | None, start: int | None, end: int | None) -> bool:
    """Say whether a file with records in windows of these ends is to be read for the slice."""
    if ends is None:  # Nothing new in it, but perhaps something to reject.
        return start is None
    return any((start is None or e > start) and (end is None or e <= end) for e in ends)
