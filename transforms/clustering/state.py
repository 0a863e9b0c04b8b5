"""The engine's whole state as Arrow tables, and back: exact, and no code is run in reading it."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Iterable, Mapping, Sequence
from itertools import pairwise
from typing import Any, TypeVar

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from schemas.settings import Settings
from transforms.clustering.background import Background
from transforms.clustering.engine import Engine
from transforms.clustering.events import Event, Part
from transforms.clustering.member import Member
from transforms.clustering.registry import Record
from transforms.clustering.score import Weights
from transforms.clustering.sparse import Coded, Lexicon
from transforms.clustering.step import Heir
from transforms.clustering.storylines import Storyline
from transforms.errors import LakeError

STATE_VERSION = 3
T = TypeVar("T")


def _map(key: pa.DataType, value: pa.DataType) -> pa.DataType:
    return pa.list_(pa.struct([("key", key), ("value", value)]))


_HEADLINE = pa.struct([("weight", pa.float64()), ("outlet", pa.string())])
_TYPES: dict[str, pa.DataType] = {
    "int": pa.int64(),
    "float": pa.float64(),
    "str": pa.string(),
    "bytes": pa.binary(),
    "Floats": pa.binary(),
    "Sparse": _map(pa.string(), pa.float64()),
    "tuple[str, ...]": pa.list_(pa.string()),
    "dict[str, int]": _map(pa.string(), pa.int64()),
    "dict[int, int]": _map(pa.int64(), pa.int64()),
    "dict[str, float]": _map(pa.string(), pa.float64()),
    "dict[str, tuple[float, str]]": _map(pa.string(), _HEADLINE),
    "dict[str, Member]": pa.list_(pa.string()),
    "Member | None": pa.struct(
        [
            ("sums", pa.binary()),
            ("passages", pa.int64()),
            ("first", pa.int64()),
            ("last", pa.int64()),
        ]
    ),
}
"""Arrow type of a field, by its annotation. A storyline's members are restored from the events."""

_DERIVED = {"Part | None", "dict[str, Place] | None"}
"""Fields that come from elsewhere in the state."""
_MAPPINGS = {"Sparse", "dict[str, int]", "dict[int, int]", "dict[str, float]"}
_WRITE: dict[str, Callable[[Any], Any]] = {
    "Floats": lambda array: np.asarray(array, "<f4").tobytes(),
    "tuple[str, ...]": list,
    "dict[str, tuple[float, str]]": lambda kept: _pairs(
        {title: {"weight": weight, "outlet": outlet} for title, (weight, outlet) in kept.items()}
    ),
    "dict[str, Member]": list,
    "Member | None": lambda member: (
        None
        if member is None
        else {
            "sums": np.asarray(member.sums, "<f4").tobytes(),
            "passages": member.passages,
            "first": member.first,
            "last": member.last,
        }
    ),
}
_READ: dict[str, Callable[[Any], Any]] = {
    "Floats": lambda packed: np.frombuffer(packed, "<f4").astype(np.float32),
    "tuple[str, ...]": tuple,
    "dict[str, tuple[float, str]]": lambda pairs: {
        title: (kept["weight"], kept["outlet"]) for title, kept in _mapping(pairs).items()
    },
    "dict[str, Member]": dict.fromkeys,
    "Member | None": lambda member: (
        member
        and Member(
            np.frombuffer(member["sums"], "<f4").astype(np.float32),
            member["passages"],
            member["first"],
            member["last"],
        )
    ),
}


def to_tables(engine: Engine) -> dict[str, pa.Table]:
    """Return the state: events and their parts, storylines, articles, background, meta."""
    counts = engine.events.background.counts
    for record in engine.registry.records.values():
        record.put_away()
    return {
        "active": _table(Event, engine.events.active.events),
        "parts": _parts(engine.events.active.events),
        "dormant": _table(Event, engine.events.dormant.events),
        "storylines": _table(Storyline, engine.storylines.in_order()),
        "articles": _table(Record, engine.registry.records.values()),
        "heirs": pa.table(
            {
                "event_id": pa.array(list(engine.heirs), pa.string()),
                "heir": pa.array([heir.event_id for heir in engine.heirs.values()], pa.string()),
                "part": pa.array([heir.part for heir in engine.heirs.values()], pa.string()),
            }
        ),
        "background": pa.table(
            {
                "term": pa.array(list(counts), pa.string()),
                "articles": pa.array(list(counts.values()), pa.float64()),
            }
        ),
        "meta": pa.table(
            {
                "state_version": [STATE_VERSION],
                "dimension": [engine.dimension],
                "clock": pa.array([engine.clock], pa.int64()),
                "done": [engine.settled],
                "background_total": [engine.events.background.total],
                "usual": [engine.events.judge.usual],
                "usual_seen": [engine.events.judge.seen],
            }
        ),
    }


def from_tables(
    tables: Mapping[str, pa.Table], settings: Settings, weights: Weights | None = None
) -> Engine:
    """Return the engine whose :func:`to_tables` gave ``tables``; a table without rows may lack.

    Raises:
        LakeError: the state is of another version.
    """
    [meta] = tables["meta"].to_pylist()
    if meta["state_version"] != STATE_VERSION:
        raise LakeError(
            f"The state has version {meta['state_version']}, this storybeam reads "
            f"{STATE_VERSION}. `storybeam replay` makes a new lake of it."
        )
    engine = Engine(meta["dimension"], settings, weights)
    engine.clock, engine.done, engine.settled = meta["clock"], meta["done"], meta["done"]
    engine.events.judge.usual, engine.events.judge.seen = meta["usual"], meta["usual_seen"]
    background = tables["background"]
    engine.events.background = Background(
        dict(zip(background["term"].to_pylist(), background["articles"].to_pylist(), strict=True)),
        meta["background_total"],
    )
    if "heirs" in tables:
        names, *heirs = (tables["heirs"][name].to_pylist() for name in ("event_id", "heir", "part"))
        engine.heirs = dict(zip(names, map(Heir, *heirs), strict=True))
    lexicon = engine.events.background.lexicon
    for store in (engine.events.active, engine.events.dormant):
        store.adopt(lexicon)
    engine.events.active.restore(_with_parts(tables, lexicon))
    engine.events.dormant.restore(_objects(Event, tables.get("dormant"), lexicon))
    engine.registry.restore(_objects(Record, tables.get("articles")))
    storylines = _objects(Storyline, tables.get("storylines"))
    for storyline in storylines:
        for name in storyline.members:
            event = engine.events.find(name)
            if event is None:
                raise LakeError(f"The state names event {name}, which is not in it.")
            storyline.members[name] = Member.of(event)
    engine.storylines.restore(storylines)
    return engine


def _parts(events: Iterable[Event]) -> pa.Table:
    """Return the parts as rows of their own, each with its event."""
    having = [event for event in events if event.part is not None]
    names = pa.array([event.event_id for event in having], pa.string())
    return _table(Part, [event.part for event in having]).append_column("of", names)


def _with_parts(tables: Mapping[str, pa.Table], lexicon: Lexicon) -> list[Event]:
    events = _objects(Event, tables.get("active"), lexicon)
    table = tables.get("parts")
    names = [] if table is None else table["of"].to_pylist()
    parts = dict(zip(names, _objects(Part, table, lexicon), strict=True))
    for event in events:
        event.part = parts.get(event.event_id)
    return events


def _fields(kind: type[Any]) -> list[dataclasses.Field[Any]]:
    return [field for field in dataclasses.fields(kind) if field.type not in _DERIVED]


def _table(kind: type[Any], objects: Iterable[Any]) -> pa.Table:
    kept = list(objects)
    columns = {}
    for field in _fields(kind):
        name = str(field.type)
        values = [getattr(item, field.name) for item in kept]
        if name in _MAPPINGS:
            columns[field.name] = _mappings(values, _TYPES[name])
            continue
        write: Callable[[Any], Any] = _WRITE.get(name, _same)
        columns[field.name] = pa.array([write(value) for value in values], _TYPES[name])
    return pa.table(columns)


def _mappings(values: Sequence[Mapping[Any, Any]], kind: pa.DataType) -> pa.Array:
    """Return mappings as a column, without an object for each of their many pairs."""
    key, value = kind.value_type
    keys = pa.array([key for mapping in values for key in mapping], key.type)
    items = pa.array([item for mapping in values for item in mapping.values()], value.type)
    pairs = pa.StructArray.from_arrays([keys, items], fields=[key, value])
    offsets = np.cumsum([0, *map(len, values)], dtype=np.int32)
    return pa.ListArray.from_arrays(pa.array(offsets), pairs, type=kind)


def _read_mappings(column: pa.ChunkedArray) -> list[dict[Any, Any]]:
    found: list[dict[Any, Any]] = []
    for chunk in column.chunks:
        pairs = chunk.flatten()
        keys, items = (pairs.field(place).to_pylist() for place in (0, 1))
        start = 0
        for size in pc.list_value_length(chunk).to_pylist():
            end = start + size
            found.append(dict(zip(keys[start:end], items[start:end], strict=True)))
            start = end
    return found


def _read_sparse(column: pa.ChunkedArray, lexicon: Lexicon) -> list[Coded]:
    """Return sparse vectors in the numbers of ``lexicon``, without an object for each term."""
    found: list[Coded] = []
    for chunk in column.chunks:
        pairs = chunk.flatten()
        terms = pairs.field(0).dictionary_encode()
        codes = lexicon.encode(terms.dictionary.to_pylist())
        numbers = codes[terms.indices.to_numpy()]
        weights = pairs.field(1).to_numpy()
        ends = np.cumsum(pc.list_value_length(chunk).to_numpy()).tolist()
        for start, end in pairwise([0, *ends]):
            found.append(Coded(lexicon, numbers[start:end].copy(), weights[start:end].copy()))
    return found


def _pairs(mapping: Mapping[Any, Any]) -> list[dict[str, Any]]:
    return [{"key": key, "value": value} for key, value in mapping.items()]


def _mapping(pairs: Iterable[Mapping[str, Any]]) -> dict[Any, Any]:
    return {pair["key"]: pair["value"] for pair in pairs}


def _objects(kind: type[T], table: pa.Table | None, lexicon: Lexicon | None = None) -> list[T]:
    """Return the objects of a table; sparse vectors in the numbers of ``lexicon``, if given."""
    if table is None:
        return []
    columns: dict[str, Sequence[Any]] = {}
    for field in _fields(kind):
        name = str(field.type)
        if name == "Sparse" and lexicon is not None:
            columns[field.name] = _read_sparse(table[field.name], lexicon)
            continue
        if name in _MAPPINGS:
            columns[field.name] = _read_mappings(table[field.name])
            continue
        read: Callable[[Any], Any] = _READ.get(name, _same)
        columns[field.name] = [read(value) for value in table[field.name].to_pylist()]
    return [
        kind(**dict(zip(columns, row, strict=True))) for row in zip(*columns.values(), strict=True)
    ]


def _same(value: Any) -> Any:
    return value
