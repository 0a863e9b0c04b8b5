"""Brings what was written then up to today: the columns that are marked ``current``."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import NamedTuple

import pyarrow as pa
import pyarrow.compute as pc

from schemas.manifest import Manifest
from schemas.tables import ARTICLES, TABLES
from transforms.lake.lineage import Today
from transforms.lake.parquet import read_files
from transforms.lake.storage import Storage

NEEDED = {
    "articles": ("article_id", "event_id", "storyline_id", "share", "shares"),
    "paragraphs": ("passage_id", "event_id", "storyline_id"),
    "passages": ("passage_id", "event_id", "storyline_id"),
    "events": ("event_id", "storyline_id"),
    "id_map": ("level", "new_id"),
}
"""The columns that resolving a table reads; those of other tables are true as they are."""


class Share(NamedTuple):
    """How much of an article lies in one event."""

    event_id: str
    storyline_id: str
    share: float


def current_columns(table: str) -> set[str]:
    """Return the names of the columns that change after the write."""
    return {column.name for column in TABLES[table].columns if column.current}


def resolve(
    storage: Storage, manifest: Manifest, now: Today, table: str, rows: pa.Table
) -> pa.Table:
    """Return ``rows`` of ``table``, which hold the columns it needs, as they are today."""
    if table == "articles":
        return _articles(storage, manifest, now, rows)
    if table == "events":
        return _put(rows, "storyline_id", _storylines(now, rows, rows["event_id"].to_pylist()))
    if table == "id_map":
        return _put(rows, "new_id", _mapped(now, rows))
    if table in NEEDED:
        return _placed(now, rows)
    return rows


def _placed(now: Today, rows: pa.Table) -> pa.Table:
    written = rows["event_id"].to_pylist()
    if now.moved:
        passages = rows["passage_id"].to_pylist()
        pairs = zip(passages, written, strict=True)
        written = [now.moved.get(passage, event) for passage, event in pairs]
    events = [now.event(event) for event in written]
    return _put(_put(rows, "storyline_id", _storylines(now, rows, events)), "event_id", events)


def _mapped(now: Today, rows: pa.Table) -> list[str | None]:
    def lead(level: str, name: str) -> str:
        return now.event(name) if level == "event" else now.storyline("", name)

    pairs = zip(rows["level"].to_pylist(), rows["new_id"].to_pylist(), strict=True)
    return [name and lead(level, name) for level, name in pairs]


def _storylines(now: Today, rows: pa.Table, events: Sequence[str]) -> list[str]:
    pairs = zip(events, rows["storyline_id"].to_pylist(), strict=True)
    return [now.storyline(event, storyline) for event, storyline in pairs]


def _articles(storage: Storage, manifest: Manifest, now: Today, rows: pa.Table) -> pa.Table:
    moved = _moved_articles(storage, manifest, now)
    ids, lists = rows["article_id"].to_pylist(), rows["shares"].to_pylist()
    shares = [
        merge_shares(now, moved.get(article) or [Share(**share) for share in written])
        for article, written in zip(ids, lists, strict=True)
    ]
    rows = _put(rows, "shares", [[share._asdict() for share in each] for each in shares])
    for name in Share._fields:
        written = rows[name].to_pylist()
        pairs = zip(shares, written, strict=True)
        rows = _put(rows, name, [getattr(each[0], name) if each else old for each, old in pairs])
    return rows


def merge_shares(now: Today, written: Iterable[Share]) -> list[Share]:
    """Return the shares in today's events: added up where events became one, largest first."""
    total: dict[str, float] = {}
    storylines: dict[str, str] = {}
    for event, storyline, share in sorted(written):
        place = now.event(event)
        total[place] = total.get(place, 0.0) + share
        storylines[place] = now.storyline(event, storyline)
    merged = [Share(event, storylines[event], share) for event, share in total.items()]
    return sorted(merged, key=lambda share: (-share.share, share.event_id))


def _moved_articles(storage: Storage, manifest: Manifest, now: Today) -> Mapping[str, list[Share]]:
    """Articles with a passage that was moved: what they consist of is in their passages."""
    if not now.moved:
        return {}
    names = ("passage_id", "article_id", "event_id", "storyline_id", "share")
    rows = read_files(storage, "passages", manifest.of("passages"), names)
    moved = pc.is_in(rows["passage_id"], pa.array(list(now.moved), pa.string()))
    articles = rows["article_id"].filter(moved).unique()
    found: dict[str, list[Share]] = {}
    for article, share in _passage_shares(now, rows.filter(pc.is_in(rows["article_id"], articles))):
        found.setdefault(article, []).append(share)
    return {article: _whole(shares) for article, shares in found.items()}


def _whole(shares: Sequence[Share]) -> list[Share]:
    """Return shares that add up to 1: an update leaves what it keeps its share as it was."""
    total = sum(share.share for share in shares) or 1.0
    return [share._replace(share=share.share / total) for share in shares]


def _passage_shares(now: Today, rows: pa.Table) -> Iterator[tuple[str, Share]]:
    for row in rows.to_pylist():
        event = now.moved.get(row["passage_id"], row["event_id"])
        yield row["article_id"], Share(event, row["storyline_id"], row["share"])


def _put(rows: pa.Table, name: str, values: Sequence[object]) -> pa.Table:
    place = rows.schema.get_field_index(name)
    field = ARTICLES.schema.field(name) if name == "shares" else rows.schema.field(name)
    return rows.set_column(place, field, pa.array(values, field.type))
