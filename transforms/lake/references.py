"""Rows that point to rows: every reference of the tables to one another, and who breaks it."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import NamedTuple

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

Columns = Callable[[str, tuple[str, ...]], pa.Table]
"""Table and columns to rows, with the column ``file`` beside them."""

FILE = "file"

_REFERENCES = (
    ("articles", "event_id", "events"),
    ("articles", "storyline_id", "storylines"),
    ("articles", "duplicate_of", "articles"),
    ("paragraphs", "article_id", "articles"),
    ("paragraphs", "passage_id", "passages"),
    ("paragraphs", "event_id", "events"),
    ("paragraphs", "storyline_id", "storylines"),
    ("passages", "article_id", "articles"),
    ("passages", "event_id", "events"),
    ("passages", "storyline_id", "storylines"),
    ("events", "storyline_id", "storylines"),
    ("events", "merged_into", "events"),
    ("storylines", "merged_into", "storylines"),
)
_LINEAGE = (
    ("event", ("born", "merged_into", "split_from", "moved_to"), "id", "events"),
    ("storyline", ("born", "merged_into", "split_from"), "id", "storylines"),
    ("event", ("merged_into", "split_from"), "other", "events"),
    ("storyline", ("merged_into", "split_from"), "other", "storylines"),
    ("passage", ("moved_to",), "other", "events"),
    ("event", ("moved_to",), "other", "storylines"),
)
_LEVELS = {"event": "events", "storyline": "storylines"}
_IDS = {
    "articles": "article_id",
    "passages": "passage_id",
    "events": "event_id",
    "storylines": "storyline_id",
}
TOLERANCE = 1e-3
"""By how much the shares of an article may miss 1: they are stored in single precision."""


class Broken(NamedTuple):
    """Something wrong in the rows of one file."""

    file: str
    message: str


def broken_references(columns: Columns) -> Iterator[Broken]:
    """Yield, file by file, which references lead nowhere."""
    known = {table: columns(table, (key,))[key] for table, key in _IDS.items()}
    for table, column, target in _REFERENCES:
        yield from _dangling(columns(table, (column,)), table, column, target, known)
    lineage = columns("lineage", ("level", "change", "id", "other"))
    for level, changes, column, target in _LINEAGE:
        kind = pc.equal(lineage["level"], level)
        rows = lineage.filter(pc.and_(kind, pc.is_in(lineage["change"], pa.array(changes))))
        yield from _dangling(rows, "lineage", column, target, known)
    mapped = columns("id_map", ("level", "new_id"))
    for level, target in _LEVELS.items():
        rows = mapped.filter(pc.equal(mapped["level"], level))
        yield from _dangling(rows, "id_map", "new_id", target, known)


def _dangling(
    rows: pa.Table, table: str, column: str, target: str, known: Mapping[str, pa.ChunkedArray]
) -> Iterator[Broken]:
    present = rows.filter(pc.and_(pc.is_valid(rows[column]), pc.not_equal(rows[column], "")))
    lost = present.filter(pc.invert(pc.is_in(present[column], known[target].combine_chunks())))
    for file in lost[FILE].unique().to_pylist():
        ids = lost.filter(pc.equal(lost[FILE], file))[column].unique().to_pylist()
        yield Broken(
            file, f"{table}.{column} names {len(ids)} not in {target}: {', '.join(ids[:3])}"
        )


def wrong_shares(columns: Columns) -> Iterator[Broken]:
    """Yield files whose articles' shares do not add up to 1, in passages or in articles.

    A passage that an update left where it was keeps the share it was decided with, so passages
    are only checked for articles that came in one version.
    """
    articles = columns("articles", ("article_id", "shares", "version"))
    updated = articles.filter(pc.greater(articles["version"], 1))["article_id"]
    passages = columns("passages", ("article_id", "share"))
    passages = passages.filter(
        pc.invert(pc.is_in(passages["article_id"], value_set=updated.combine_chunks()))
    )
    sums = passages.group_by("article_id", use_threads=False).aggregate(
        [("share", "sum"), (FILE, "min")]
    )
    yield from _off(sums, "share_sum", f"{FILE}_min", "passages")
    totals = [sum(part["share"] for part in each) for each in articles["shares"].to_pylist()]
    full = articles.append_column("total", pa.array(totals, pa.float64()))
    placed = full.filter(pc.greater(pc.list_value_length(full["shares"]), 0))
    yield from _off(placed, "total", FILE, "articles")


def _off(rows: pa.Table, total: str, file: str, table: str) -> Iterator[Broken]:
    wrong = np.abs(rows[total].to_numpy() - 1) > TOLERANCE
    for row in rows.filter(pa.array(wrong)).to_pylist():
        yield Broken(
            row[file],
            f"the shares of article {row['article_id']} in {table} add up to {row[total]:.4f}",
        )
