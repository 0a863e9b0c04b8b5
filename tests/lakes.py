"""Small lakes for tests: rows with everything filled in, and snapshots without a pipeline."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from schemas.batches import TableBatch, encode_rows, partition_of
from schemas.manifest import InputFile, ModelInfo
from schemas.settings import Settings
from schemas.tables import TABLES
from transforms.lake.commit import commit
from transforms.lake.manifests import read_manifest
from transforms.lake.plan import SnapshotPlan, plan_snapshot
from transforms.lake.storage import Storage, storage_of
from transforms.lake.writer import FileChange, write_partition

DAY = 86_400_000_000
MARCH = 1_488_326_400_000_000
"""2017-03-01 in microseconds."""
MODEL = ModelInfo(name="tiny", dimension=2, digest="00" * 32)
VECTOR = [1.0, 0.0]

Row = dict[str, Any]


def article(name: str, shares: Sequence[tuple[str, str, float]], **values: Any) -> Row:
    """An article with its ``(event, storyline, share)``s, the largest first."""
    time = values.get("time", MARCH)
    return {
        "article_id": name,
        "digest": f"digest of {name}",
        "title": f"Title of {name}",
        "time": time,
        "published_at": time,
        "date_status": "given",
        "fetched_at": time,
        "first_fetched_at": time,
        "version": 1,
        "language_known": True,
        "late": False,
        "paragraphs": len(shares),
        "residue": 0,
        "characters": 100 * len(shares),
        "event_id": shares[0][0],
        "storyline_id": shares[0][1],
        "share": shares[0][2],
        "shares": [{"event_id": e, "storyline_id": s, "share": share} for e, s, share in shares],
        "origin": "news.jsonl",
        "place": "line 1",
        **values,
    }


def paragraph(name: str, of: str, passage: str, event: str, storyline: str, **values: Any) -> Row:
    return {
        "paragraph_id": name,
        "article_id": of,
        "position": 0,
        "text": f"Text of {name}",
        "time": MARCH,
        "passage_id": passage,
        "event_id": event,
        "storyline_id": storyline,
        "margin": 1.0,
        **values,
    }


def passage(name: str, of: str, event: str, storyline: str, share: float, **values: Any) -> Row:
    return {
        "passage_id": name,
        "article_id": of,
        "time": MARCH,
        "paragraphs": 1,
        "share": share,
        "event_id": event,
        "storyline_id": storyline,
        "decision": "opened",
        "margin": 1.0,
        "features": [{"name": "dense", "value": 0.5}],
        "embedding": VECTOR,
        "lead": VECTOR,
        **values,
    }


def _group(values: Row) -> Row:
    return {
        "status": "merged" if values.get("merged_into") else "active",
        "terms": ["tariff"],
        "opened_at": MARCH,
        "first_seen": MARCH,
        "last_seen": MARCH,
        "articles": 1,
        "passages": 1,
        "copies": 0,
        "sources": 1,
        "top_sources": ["Herald"],
        "embedding": VECTOR,
        **values,
    }


def event(name: str, storyline: str, **values: Any) -> Row:
    return _group({"event_id": name, "storyline_id": storyline, **values})


def storyline(name: str, **values: Any) -> Row:
    own = {"storyline_id": name, "label": f"Label {name}", "events": 1, "trend": 1.0}
    return _group({**own, **values})


def lineage(level: str, name: str, change: str, other: str = "", **values: Any) -> Row:
    row = {"time": MARCH, "level": level, "id": name, "change": change, "other": other}
    return {**row, "reason": "because", **values}


def rejection(name: str, reason: str = "bad_json") -> Row:
    where = {"origin": "news.jsonl", "place": "line 9", "fetched_at": MARCH, "sample": b"{"}
    return {"rejection_id": name, "step": "parse", "reason": reason, "message": "no", **where}


def batches(
    table: str, *rows: Row, removed: Sequence[str] = (), order: int = 0
) -> list[TableBatch]:
    """The rows as one batch a monthly partition."""
    date = TABLES[table].date
    places: dict[str, list[Row]] = {}
    for row in rows:
        time = 0 if date is None else row[date]
        places.setdefault(partition_of(table, time, "month"), []).append(row)
    return [
        TableBatch(table, place, encode_rows(table, held), removed, order)
        for place, held in places.items()
    ]


def sample() -> list[TableBatch]:
    """Two articles, of two and one passages, in three events of two storylines."""
    return [
        *batches(
            "articles",
            article("a1", [("e1", "s1", 0.625), ("e2", "s2", 0.375)]),
            article("a2", [("e3", "s1", 1.0)], time=MARCH + 40 * DAY),
            article("a3", [("e3", "s1", 1.0)], duplicate_of="a2", time=MARCH + 41 * DAY),
        ),
        *batches(
            "paragraphs",
            paragraph("p1", "a1", "g1", "e1", "s1"),
            paragraph("p2", "a1", "g2", "e2", "s2"),
            paragraph("p3", "a2", "g3", "e3", "s1", time=MARCH + 40 * DAY),
        ),
        *batches(
            "passages",
            passage("g1", "a1", "e1", "s1", 0.625),
            passage("g2", "a1", "e2", "s2", 0.375),
            passage("g3", "a2", "e3", "s1", 1.0, time=MARCH + 40 * DAY),
        ),
        *batches("events", event("e1", "s1"), event("e2", "s2"), event("e3", "s1")),
        *batches("storylines", storyline("s1"), storyline("s2")),
        *batches("lineage", lineage("event", "e1", "born")),
        *batches("rejections", rejection("r1"), rejection("r2", "no_text")),
    ]


def news(name: str = "news.jsonl", sha256: str = "ab" * 32) -> InputFile:
    return InputFile(origin=name, size=10, sha256=sha256)


def planned(lake: str, inputs: Iterable[InputFile] = (), /, **settings: Any) -> SnapshotPlan:
    return plan_snapshot(lake, Settings.model_validate(settings), MODEL, inputs)


def changes(storage: Storage, plan: SnapshotPlan, given: Iterable[TableBatch]) -> list[FileChange]:
    """Write the files of ``given`` as the pipeline would, but in one process."""
    parent = None if plan.parent is None else read_manifest(storage, plan.parent)
    places: dict[tuple[str, str], list[TableBatch]] = {}
    rows = [found.model_dump() for found in plan.inputs]
    inputs = [TableBatch("state/inputs", "", encode_rows("state/inputs", rows))] if rows else []
    for batch in (*given, *inputs):
        places.setdefault((batch.table, batch.partition), []).append(batch)
    return [write_partition(storage, parent, *place, held) for place, held in places.items()]


def write(
    lake: str,
    given: Iterable[TableBatch],
    inputs: Iterable[InputFile] = (),
    storage: Storage | None = None,
) -> int | None:
    """Commit ``given`` as the next snapshot of ``lake``."""
    storage = storage or storage_of(lake)
    plan = planned(lake, inputs)
    return commit(storage, plan, changes(storage, plan, given))
