"""Which articles have been seen: finds versions of one article, and copies of another."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cache
from typing import Any

from schemas.records import Article, EmbeddedArticle
from schemas.settings import DuplicateSettings
from transforms.clustering.events import DAY
from transforms.clustering.places import Place, events_of, pack, unpack
from transforms.signature import PERMUTATIONS, resemblance, sketch_of

KNOWN_DAYS = 365.0
"""Days for which an article that is read again changes nothing; later it would be a new one."""


@dataclass(slots=True)
class Record:
    """What is remembered of an article: enough to update it and to recognise its copies."""

    article_id: str
    digest: str
    time: int
    written: int
    fetched: int
    first_fetched: int
    version: int
    signature: bytes
    read_at: int = 0
    """Latest publication time seen when it was read: what it is forgotten by. Its own time may
    be long past, or, undated, that of a fetch years later."""
    duplicate_of: str = ""
    packed: bytes = b""
    """Places when they were last put away; see :mod:`transforms.clustering.places`."""
    packed_events: tuple[str, ...] = ()
    opened: dict[str, Place] | None = field(default=None, compare=False, repr=False)
    """Places while they are in use: most articles are never asked for theirs again."""

    @property
    def places(self) -> dict[str, Place]:
        """Where its paragraphs were put, by their ids."""
        if self.opened is None:
            self.opened = unpack(self.packed)
        return self.opened

    @places.setter
    def places(self, places: dict[str, Place]) -> None:
        self.opened = places

    @property
    def events(self) -> list[str]:
        """The events that its paragraphs lie in, in their order."""
        return list(self.packed_events) if self.opened is None else events_of(self.opened)

    def put_away(self) -> None:
        """Pack the places until they are asked for."""
        if self.opened is not None:
            self.packed, self.packed_events = pack(self.opened), tuple(self.events)
            self.opened = None

    @classmethod
    def of(cls, article: EmbeddedArticle, now: int) -> Record:
        """Return the record of an article that is not known, read at ``now`` (µs)."""
        head = article.article
        return cls(
            head.article_id,
            head.digest,
            head.time,
            cls.version_of(head)[0],
            head.fetched_at,
            head.fetched_at if head.first_fetched_at is None else head.first_fetched_at,
            head.version,
            article.signature,
            now,
        )

    @staticmethod
    def version_of(article: Article) -> tuple[int, int, str]:
        """Return what orders the versions of an article.

        When it was written, else published, else fetched; then when it was fetched; then its
        digest, so that the order never depends on which came first.
        """
        times = (article.updated_at, article.published_at, article.fetched_at)
        written = next(time for time in times if time is not None)
        return written, article.fetched_at, article.digest

    def is_older_than(self, article: Article) -> bool:
        """Say whether ``article`` is a newer version: another text, and later."""
        mine = (self.written, self.fetched, self.digest)
        return article.digest != self.digest and self.version_of(article) > mine

    def is_past(self, article: Article) -> bool:
        """Say whether nothing can come of ``article``, whatever is decided before its turn.

        The same text, written later, may be a return to it from one that is still to be decided.
        """
        if article.digest == self.digest:
            return self.version_of(article)[0] <= self.written
        return not self.is_older_than(article)

    def next_version(self, article: EmbeddedArticle, now: int) -> Record:
        """Return the record of a newer version; paragraphs still there keep their places."""
        record = Record.of(article, now)
        record.version = self.version + 1
        record.first_fetched = min(self.first_fetched, record.first_fetched)
        record.duplicate_of = self.duplicate_of
        names = (paragraph.paragraph_id for paragraph in article.paragraphs)
        record.places = {name: self.places[name] for name in names if name in self.places}
        return record

    def fade(self) -> None:
        """Forget what copies are found by."""
        self.signature = b""


def horizon(now: int, settings: DuplicateSettings) -> int:
    """Return the time since when articles are known, microseconds, as of ``now``."""
    return now // DAY * DAY - int(max(KNOWN_DAYS, settings.memory_days) * DAY)


class Registry:
    """Articles seen, and an LSH index over the signatures of the last ``memory_days`` days.

    After those, what finds copies is forgotten; what tells that an article was read before, and
    where its rows lie, is kept for ``KNOWN_DAYS``: a file that has grown is read again as a whole.

    Source: Leskovec, Rajaraman, Ullman, Mining of Massive Datasets, chapter 3.
    """

    def __init__(self, settings: DuplicateSettings) -> None:
        self.settings = settings
        self._day: int | None = None
        self.records: dict[str, Record] = {}
        self._lsh = self._new_index()

    def restore(self, records: Sequence[Record]) -> None:
        """Replace everything by ``records``, in this order."""
        self.records = {}
        self._lsh = self._new_index()
        for record in records:
            self.add(record)

    def add(self, record: Record) -> None:
        """Remember an article, or its newer version."""
        self._forget_signature(record.article_id)
        self.records[record.article_id] = record
        if record.signature and not record.duplicate_of:
            self._lsh.insert(record.article_id, sketch_of(record.signature))

    def knows(self, article: Article) -> bool:
        """Say whether the article was seen in this version or a newer one."""
        record = self.records.get(article.article_id)
        return record is not None and not record.is_older_than(article)

    def is_past(self, article: Article) -> bool:
        """Say whether nothing can come of the article, so that it need not wait for its turn."""
        record = self.records.get(article.article_id)
        return record is not None and record.is_past(article)

    def original(self, article: EmbeddedArticle) -> Record | None:
        """Return the article that this one is a copy of: the most alike, then the oldest."""
        if not article.signature:
            return None
        best: tuple[float, int, str] | None = None
        for name in self._lsh.query(sketch_of(article.signature)):
            record = self.records[name]
            alike = resemblance(article.signature, record.signature)
            if alike < self.settings.similarity or name == article.article.article_id:
                continue
            rank = (-alike, record.time, name)
            best = rank if best is None else min(best, rank)
        return None if best is None else self.records[best[2]]

    def forget(self, now: int) -> None:
        """Forget articles that were read longer ago than the memory: once for each day."""
        day = now // DAY
        if day == self._day:
            return
        self._day = day
        fading = day * DAY - int(self.settings.memory_days * DAY)
        ending = horizon(now, self.settings)
        for name, record in list(self.records.items()):
            if record.read_at < fading and record.signature:
                self._forget_signature(name)
                record.fade()
            if record.read_at < ending:
                del self.records[name]

    def _new_index(self) -> Any:
        from datasketch import MinHashLSH

        return MinHashLSH(num_perm=PERMUTATIONS, params=_bands(self.settings.similarity))

    def _forget_signature(self, name: str) -> None:
        if name in self._lsh:
            self._lsh.remove(name)


@cache
def _bands(similarity: float) -> tuple[int, int]:
    """Return number and length of the bands that tell most at ``similarity``: found slowly."""
    from datasketch import MinHashLSH

    index = MinHashLSH(threshold=similarity, num_perm=PERMUTATIONS)
    return index.b, index.r
