"""Leaves out articles that a lake has word for word, before anything costly is done with them."""

from __future__ import annotations

from collections.abc import Iterator

import apache_beam as beam
import numpy as np
from apache_beam.metrics import Metrics
from numpy.typing import NDArray

from schemas.batches import STATE
from schemas.records import Article
from transforms.clustering.registry import Record
from transforms.lake.manifests import read_manifest
from transforms.lake.parquet import read_files
from transforms.lake.storage import storage_of

_RECORDS = f"{STATE}articles"


class Known:
    """Articles that one snapshot remembers, each in its newest version.

    Sixteen bytes an article: identity and text, which are hashes already, in one number, and
    when it was written. A text that was written later than that is not known: it may be a return
    from another one that is still to come.

    Raises:
        LakeError: The snapshot is missing or damaged.
    """

    def __init__(self, lake: str, snapshot: int | None) -> None:
        self._numbers: NDArray[np.uint64] = np.empty(0, np.uint64)
        self._written: NDArray[np.int64] = np.empty(0, np.int64)
        if snapshot is None:
            return
        storage = storage_of(lake)
        entries = read_manifest(storage, snapshot).of(_RECORDS)
        if entries:
            rows = read_files(storage, _RECORDS, entries, ["article_id", "digest", "written"])
            pairs = zip(rows["article_id"].to_pylist(), rows["digest"].to_pylist(), strict=True)
            numbers = (_number(name, digest) for name, digest in pairs)
            found = np.fromiter(numbers, np.uint64, rows.num_rows)
            order = np.argsort(found)
            self._numbers, self._written = found[order], rows["written"].to_numpy()[order]

    def __contains__(self, article: Article) -> bool:
        number = np.uint64(_number(article.article_id, article.digest))
        at = int(np.searchsorted(self._numbers, number))
        if at == len(self._numbers) or self._numbers[at] != number:
            return False
        return Record.version_of(article)[0] <= int(self._written[at])


def _number(article_id: str, digest: str) -> int:
    return int(article_id[1:17], 16) ^ int(digest[:16], 16)


class DropKnown(beam.DoFn):
    """Pass on articles that the snapshot does not have, or has in another version."""

    def __init__(self, lake: str, snapshot: int | None) -> None:
        self._lake = lake
        self._snapshot = snapshot

    def setup(self) -> None:
        """Read what the snapshot knows, once a worker."""
        self._known = Known(self._lake, self._snapshot)

    def process(self, element: Article) -> Iterator[Article]:
        """Yield the article if there is something new in it."""
        if element in self._known:
            Metrics.counter("cluster", "unchanged").inc()
        else:
            yield element
