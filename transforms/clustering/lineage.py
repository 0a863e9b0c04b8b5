"""What happened to an event or storyline."""

from __future__ import annotations

from typing import NamedTuple


class Change(NamedTuple):
    """One row of the lineage: see :data:`schemas.tables.LINEAGE` for what the words mean."""

    time: int
    level: str
    id: str
    change: str
    other: str
    reason: str
