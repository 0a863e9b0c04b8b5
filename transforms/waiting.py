"""Articles that wait in a lake for their window to end, between two runs."""

from __future__ import annotations

import zlib
from collections.abc import Iterable, Iterator

import apache_beam as beam
import pyarrow as pa
from apache_beam.coders import RowCoder

from schemas.batches import STATE, TableBatch, encode_table
from schemas.records import EmbeddedArticle
from transforms.lake.manifests import read_manifest
from transforms.lake.parquet import read_files
from transforms.lake.storage import storage_of

WAITING = f"{STATE}waiting"

ARTICLE = RowCoder.from_type_hint(EmbeddedArticle, None)
"""Deterministic, and no code is run in reading it."""


def pack(article: EmbeddedArticle) -> bytes:
    """Return the article in few bytes, the same whenever it is packed."""
    return zlib.compress(ARTICLE.encode(article), 1)


def unpack(packed: bytes) -> EmbeddedArticle:
    """Return the article that :func:`pack` packed."""
    article: EmbeddedArticle = ARTICLE.decode(zlib.decompress(packed))
    return article


def waiting_batch(packed: Iterable[bytes], order: int) -> TableBatch:
    """Return what waits, in the order given, as a table of the state; none leaves no file."""
    table = pa.table({"article": pa.array(list(packed), pa.binary())})
    return TableBatch(WAITING, "", encode_table(table) if table.num_rows else b"", (), order)


class ReadWaiting(beam.PTransform):
    """The articles that wait in one snapshot of a lake, as they were when it was written."""

    def __init__(self, lake: str, snapshot: int) -> None:
        super().__init__()
        self._lake = lake
        self._snapshot = snapshot

    def expand(self, begin: beam.pvalue.PBegin) -> beam.PCollection[EmbeddedArticle]:
        """Read them where the graph runs."""
        read = beam.FlatMap(_read, self._lake).with_output_types(EmbeddedArticle)
        return begin | "Snapshot" >> beam.Create([self._snapshot]) | "Read" >> read


def _read(snapshot: int, lake: str) -> Iterator[EmbeddedArticle]:
    storage = storage_of(lake)
    entries = read_manifest(storage, snapshot).of(WAITING)
    if entries:
        yield from map(unpack, read_files(storage, WAITING, entries)["article"].to_pylist())
