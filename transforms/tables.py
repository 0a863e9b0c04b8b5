"""Batches of rows for the lake from what the engine did."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

import apache_beam as beam

from schemas.batches import TableBatch, encode_rows, encode_table, partition_of
from schemas.records import EmbeddedArticle, Rejection, reject
from schemas.settings import Settings
from schemas.tables import TABLES
from transforms.clustering import rows
from transforms.clustering.engine import Engine
from transforms.clustering.state import to_tables
from transforms.clustering.step import Placed, Step

ROWS = 5_000
"""Rows of one batch at most."""


def step_batches(step: Step, engine: Engine, granularity: str) -> Iterator[TableBatch]:
    """Yield what one window adds to the lake: articles with all that hangs on them, lineage."""
    found: dict[str, list[dict[str, Any]]] = defaultdict(list)
    removed: dict[tuple[str, str], list[str]] = defaultdict(list)
    newest = {placed.record.article_id: placed for placed in step.placed}
    storyline_of = step.storyline_of.__getitem__
    for placed in step.placed:
        if placed.gone:
            found["passages"] = [r for r in found["passages"] if r["passage_id"] not in placed.gone]
        found["passages"] += rows.passage_rows(placed, storyline_of)
        if placed is newest[placed.record.article_id]:
            _add_article(found, placed, storyline_of, engine.settings)
        for table, partition, name in _replaced(placed, granularity):
            removed[table, partition].append(name)
    found["rejections"] = [_too_late(late, engine.settings)._asdict() for late in step.rejected]
    found["lineage"] = [change._asdict() for change in step.changes]
    found["events"] = [rows.event_row(*ended) for ended in step.events]
    found["storylines"] = [rows.storyline_row(*ended) for ended in step.storylines]
    for (table, partition), names in sorted(removed.items()):
        yield TableBatch(table, partition, b"", sorted(names), step.time)
    for table, kept in found.items():
        yield from batches(table, kept, granularity, step.time)


def snapshot_batches(engine: Engine, granularity: str) -> Iterator[TableBatch]:
    """Yield the rows of events and storylines that changed, and the state to go on from."""
    order = engine.done
    events, storylines = engine.take_changed()
    yield from batches("events", [rows.event_row(*e) for e in events], granularity, order)
    yield from batches(
        "storylines", [rows.storyline_row(*line) for line in storylines], granularity, order
    )
    for name, table in to_tables(engine).items():
        yield TableBatch(f"state/{name}", "", encode_table(table), (), order)


def batches(
    table: str, kept: Sequence[Mapping[str, Any]], granularity: str, order: int
) -> Iterator[TableBatch]:
    """Yield ``kept``, rows of ``table``, by partition and in batches of bounded size."""
    column = TABLES[table].date
    parts: dict[str, list[Mapping[str, Any]]] = defaultdict(list)
    for row in kept:
        parts[partition_of(table, row[column] if column else 0, granularity)].append(row)
    for partition, group in sorted(parts.items()):
        for start in range(0, len(group), ROWS):
            encoded = encode_rows(table, group[start : start + ROWS])
            yield TableBatch(table, partition, encoded, (), order)


def _add_article(
    found: dict[str, list[rows.Row]],
    placed: Placed,
    storyline_of: rows.StorylineOf,
    settings: Settings,
) -> None:
    found["articles"].append(rows.article_row(placed, storyline_of, settings.input))
    found["paragraphs"] += rows.paragraph_rows(placed, storyline_of)
    found["residue"] += rows.residue_rows(placed)


def _too_late(article: EmbeddedArticle, settings: Settings) -> Rejection:
    """Return the rejection: the same whenever the article is read again."""
    head, days = article.article, settings.events.lateness_days
    published = datetime.fromtimestamp(head.time // 1_000_000, UTC)
    message = (
        f"Published {published:%Y-%m-%d %H:%M} UTC, which had been decided more than {days:g} days "
        "of event time before it came. Raise events.lateness_days, or read it into a new lake "
        "together with the rest."
    )
    texts = [head.title or "", *(paragraph.text for paragraph in article.paragraphs[:1])]
    sample = "\n".join(texts).encode("utf-8", "replace")
    return reject("cluster", "too_late", message, head.origin, head.place, head.fetched_at, sample)


def _replaced(placed: Placed, granularity: str) -> Iterator[tuple[str, str, str]]:
    """Yield (table, partition, id) of what a newer version takes the place of."""
    if placed.before is None:
        return
    for table in ("articles", "paragraphs", "residue"):
        partition = partition_of(table, placed.before, granularity)
        yield table, partition, placed.record.article_id
    for passage_id, time in placed.gone.items():
        yield "passages", partition_of("passages", time, granularity), passage_id


class RejectionBatches(beam.DoFn):
    """Rejections as rows of the lake."""

    def __init__(self, granularity: str) -> None:
        self._granularity = granularity

    def process(self, element: Rejection) -> Iterable[TableBatch]:
        """Yield the row of one rejection."""
        return batches("rejections", [element._asdict()], self._granularity, 0)
