"""Where the paragraphs of an article were put, and a small form of it for long memory."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import astuple, dataclass


@dataclass(slots=True)
class Place:
    """Where a paragraph was put."""

    passage_id: str
    event_id: str
    margin: float = 0.0
    runner_up: str = ""
    time: int = 0
    """Event time of the version that the passage was decided in: where its row lies."""
    part: str = ""
    """Part of the event that the passage went to; empty, or that of a part that is no more, for
    the others."""


def pack(places: Mapping[str, Place]) -> bytes:
    """Return ``places`` as JSON: each place once, with the paragraphs that lie in it."""
    groups: dict[tuple[object, ...], list[str]] = {}
    for name, place in places.items():
        groups.setdefault(astuple(place), []).append(name)
    rows = [[*fields, names] for fields, names in groups.items()]
    return json.dumps(rows, separators=(",", ":")).encode() if rows else b""


def unpack(packed: bytes) -> dict[str, Place]:
    """Return the places that :func:`pack` packed."""
    rows = json.loads(packed) if packed else []
    return {name: Place(*fields) for *fields, names in rows for name in names}


def events_of(places: Mapping[str, Place]) -> list[str]:
    """Return the events of the places, each once, in their order."""
    return list(dict.fromkeys(place.event_id for place in places.values()))
