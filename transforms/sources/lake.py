"""Reads the articles of a lake, with their vectors, as if they came from a source again."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import Any, NamedTuple

import apache_beam as beam
import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from apache_beam.pvalue import PBegin, PCollection, TaggedOutput

from schemas.layout import TIME
from schemas.manifest import FileEntry, Manifest
from schemas.records import Article, EmbeddedArticle, Rejection, SegmentedArticle, release
from schemas.tables import TABLES
from transforms.errors import LakeError
from transforms.lake.manifests import read_manifest
from transforms.lake.parquet import columns_of, read_files
from transforms.lake.storage import Storage, storage_of
from transforms.progress import PROGRESS
from transforms.stored import ARTICLE, PARAGRAPH, PASSAGE, RESIDUE, embedded, segmented
from transforms.waiting import ReadWaiting

ARTICLES = 1_000
"""Articles read together: what one worker holds at a time."""


class Span(NamedTuple):
    """A stretch of event time, microseconds, its end not included."""

    start: int
    end: int


class Bounds(NamedTuple):
    """From ``start`` to before ``end``, microseconds; None is no bound."""

    start: int | None
    end: int | None


@dataclass(frozen=True)
class StoredArticles:
    """The articles of one snapshot, or those of a stretch of event time.

    Attributes:
        lake: the folder, or an address such as ``gs://bucket/lake``.
        snapshot: its number.
        reuse: take the stored vectors where there are; else everything is embedded.
        embeds: whether a model is at hand for what the lake has no vectors of.
        start: event time (µs) by which the first article is put in order, see
            :meth:`schemas.records.Article.released`; None from the beginning.
        end: event time before which the last one lies; None to the end.
        lateness: by how much an article may be put in order after its own event time, µs.
    """

    lake: str
    snapshot: int
    reuse: bool = True
    embeds: bool = True
    start: int | None = None
    end: int | None = None
    lateness: int = 0

    def between(self, start: int | None, end: int | None, lateness: int = 0) -> StoredArticles:
        """Return the same for the articles from ``start`` to before ``end``; None is no bound.

        Rejections are told apart by the time they were obtained, so that stretches that cover
        all of time have each of them once.
        """
        return replace(self, start=start, end=end, lateness=lateness)

    @property
    def bounds(self) -> Bounds:
        """Event times between which all articles lie, though not all between them are meant."""
        return Bounds(None if self.start is None else self.start - self.lateness, self.end)

    def has(self, article: Article) -> bool:
        """Say whether the article is one of those that are meant."""
        time = article.released(self.lateness)
        return (self.start is None or time >= self.start) and (self.end is None or time < self.end)

    def manifest(self) -> Manifest:
        """Return the manifest of the snapshot; LakeError where it is missing or damaged."""
        return read_manifest(storage_of(self.lake), self.snapshot)

    def times(self) -> list[int]:
        """Return the event time of every article, ascending, in microseconds."""
        rows = self._articles("time")
        return sorted(rows["time"].to_pylist())

    def weights(self, lateness: int) -> Iterator[tuple[int, int]]:
        """Yield by which time each article is put in order, µs, and its characters."""
        rows = self._articles("time", "updated_at", "characters")
        columns = (rows[name].to_pylist() for name in rows.schema.names)
        for time, updated_at, characters in zip(*columns, strict=True):
            yield release(time, updated_at, lateness), characters

    def _articles(self, *names: str) -> pa.Table:
        storage, manifest = storage_of(self.lake), self.manifest()
        return with_integers(rows_between(storage, manifest, "articles", names, self.bounds))


def rows_between(
    storage: Storage,
    manifest: Manifest,
    table: str,
    columns: Sequence[str],
    bounds: Bounds | Span,
) -> pa.Table:
    """Return rows of ``table`` by its date column; files outside ``bounds`` are not opened.

    Columns that an older lake does not have are left out.
    """
    name = TABLES[table].date
    start, end = bounds.start, bounds.end
    entries = [entry for entry in manifest.of(table) if _overlaps(entry, start, end)]
    known = set(columns_of(storage, entries[0])) if entries else set(columns)
    wanted = [column for column in columns if column in known]
    after = None if start is None else pc.field(name) >= pa.scalar(start, TIME)
    before = None if end is None else pc.field(name) < pa.scalar(end, TIME)
    both = after & before if after is not None and before is not None else None
    rule = both if both is not None else after if after is not None else before
    return read_files(storage, table, entries, wanted, rule)


def _overlaps(entry: FileEntry, start: int | None, end: int | None) -> bool:
    first, last = entry.first_time, entry.last_time
    if first is None or last is None:
        return True
    return (end is None or first < end) and (start is None or last >= start)


def spans(source: StoredArticles) -> list[Span]:
    """Return stretches of event time that hold some ``ARTICLES`` each, ascending."""
    times = source.times()
    cuts = sorted({*times[::ARTICLES], *([times[-1] + 1] if times else [])})
    return [Span(start, end) for start, end in pairwise(cuts)]


class _ReadSpan(beam.DoFn):
    """Articles of one span: with vectors where they are stored, else to the output ``bare``."""

    def __init__(self, source: StoredArticles) -> None:
        self._source = source

    def setup(self) -> None:
        self._storage = storage_of(self._source.lake)
        self._manifest = self._source.manifest()

    def process(self, element: Span) -> Iterator[EmbeddedArticle | TaggedOutput]:
        passages: Mapping[str, dict[str, Any]] = {}
        if self._source.reuse:
            passages = _vectors(self._table("passages", PASSAGE, element))
        rows = [
            _records(self._table(table, columns, element))
            for table, columns in (
                ("articles", ARTICLE),
                ("paragraphs", PARAGRAPH),
                ("residue", RESIDUE),
            )
        ]
        for article, names in segmented(*rows):
            if not self._source.has(article.article):
                continue
            PROGRESS.count("read", 1)
            found = embedded(article, names, passages)
            if found is None and not self._source.embeds:
                raise LakeError(
                    f"{self._source.lake} has not the vectors of article "
                    f"{article.article.article_id}. `storybeam verify` lists what is damaged."
                )
            yield TaggedOutput("bare", article) if found is None else found

    def _table(self, table: str, columns: Sequence[str], span: Span) -> pa.Table:
        return rows_between(self._storage, self._manifest, table, columns, span)


def _records(rows: pa.Table) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = with_integers(rows).to_pylist()
    return found


def with_integers(rows: pa.Table) -> pa.Table:
    """Return the rows with times as integers, microseconds."""
    fields = [
        pa.field(field.name, pa.int64()) if pa.types.is_timestamp(field.type) else field
        for field in rows.schema
    ]
    return rows.cast(pa.schema(fields))


def _vectors(rows: pa.Table) -> Mapping[str, dict[str, Any]]:
    """Return passages by their ids; vectors as arrays, without an object for each value."""
    names = [name for name in ("embedding", "lead") if name in rows.schema.names]
    found: dict[str, dict[str, Any]] = {name: {} for name in rows["passage_id"].to_pylist()}
    for name in names:
        for row, vector in zip(found.values(), rows[name], strict=True):
            row[name] = np.asarray(vector.values, np.float32)
    return found


class ReadLake(beam.PTransform):
    """Read the articles of a lake.

    Outputs ``embedded``, ``segmented`` (of which the lake has no vectors) and ``rejections``.
    What waits in the lake for its window to end is read as well.
    """

    def __init__(self, source: StoredArticles) -> None:
        super().__init__()
        self._source = source

    def expand(self, begin: PBegin) -> dict[str, PCollection]:
        """Return the outputs by name."""
        stretches = begin | "Spans" >> beam.Create(spans(self._source)).with_output_types(Span)
        read = beam.ParDo(_ReadSpan(self._source))
        outputs = stretches | "Open" >> read.with_output_types(
            EmbeddedArticle, bare=SegmentedArticle
        ).with_outputs("bare", main="embedded")
        waiting = (
            begin
            | "Waiting" >> ReadWaiting(self._source.lake, self._source.snapshot)
            | "Of these" >> beam.Filter(_is_meant, self._source).with_output_types(EmbeddedArticle)
        )
        rejections = (
            begin
            | "Snapshot" >> beam.Create([self._source])
            | "Rejected" >> beam.FlatMap(_rejections).with_output_types(Rejection)
        )
        known, bare = outputs.embedded, outputs.bare
        if self._source.reuse:
            known = (known, waiting) | "Embedded" >> beam.Flatten()
        else:
            again = waiting | "Bare" >> beam.Map(_bare).with_output_types(SegmentedArticle)
            bare = (bare, again) | "Segmented" >> beam.Flatten()
        return {"embedded": known, "segmented": bare, "rejections": rejections}


def _is_meant(article: EmbeddedArticle, source: StoredArticles) -> bool:
    return source.has(article.article)


def _bare(article: EmbeddedArticle) -> SegmentedArticle:
    return SegmentedArticle(article.article, article.paragraphs, article.residue)


def _rejections(source: StoredArticles) -> Iterator[Rejection]:
    storage, names = storage_of(source.lake), Rejection._fields
    bounds = Bounds(source.start, source.end)
    rows = rows_between(storage, source.manifest(), "rejections", names, bounds)
    for row in _records(rows):
        yield Rejection(**row)
