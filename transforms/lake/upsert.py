"""Which rows stay: the pure rules by which new rows meet each other and those of the parent."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from schemas.batches import TableBatch, check_nulls, decode_rows
from schemas.layout import Table
from transforms.lake.hashing import row_bytes


@dataclass(frozen=True)
class Incoming:
    """What a snapshot brings to one partition: at most one row for a key, in the table's order."""

    rows: pa.Table
    keys: frozenset[bytes]
    """Keys whose rows in the parent go away: of ``rows``, and of rows that came and went."""
    removed: frozenset[str]
    """Values of the scope column whose rows in the parent go away."""


def fold(layout: Table, batches: Iterable[TableBatch]) -> Incoming:
    """Return what ``batches`` come to, in whatever order they are given.

    They take effect by their ``order``; those of the same order remove first and add then. Of
    two rows with the same key and order the greater one stays: any rule would do that does not
    depend on who came first.

    Raises:
        ValueError: Rows that do not fit the table.
    """
    removals: dict[str, int] = {}
    parts, orders = [layout.schema.empty_table()], []
    for batch in batches:
        for scope in batch.removed:
            removals[scope] = max(batch.order, removals.get(scope, batch.order))
        if batch.rows:
            parts.append(_fitted(layout, decode_rows(batch.rows)))
            orders += [batch.order] * parts[-1].num_rows
    rows = pa.concat_tables(parts)
    winners = _winners(layout, rows, orders)
    stay = _outlast(layout, rows, orders, removals, sorted(winners.values()))
    chosen = in_order(layout, rows.take(pa.array(stay, pa.int64())))
    return Incoming(chosen, frozenset(winners), frozenset(removals))


def _fitted(layout: Table, rows: pa.Table) -> pa.Table:
    fitted = rows.cast(layout.schema)
    check_nulls(fitted)
    return fitted


def _winners(layout: Table, rows: pa.Table, orders: Sequence[int]) -> dict[bytes, int]:
    best: dict[bytes, int] = {}
    for index, key in enumerate(row_bytes(rows, layout.key)):
        held = best.get(key)
        if held is None or _wins(rows, orders, index, held):
            best[key] = index
    return best


def _outlast(
    layout: Table,
    rows: pa.Table,
    orders: Sequence[int],
    removals: Mapping[str, int],
    winners: Sequence[int],
) -> list[int]:
    scopes = _scopes(layout, rows)
    if not removals or not scopes:
        return list(winners)
    return [at for at in winners if orders[at] >= removals.get(scopes[at], orders[at])]


def _wins(rows: pa.Table, orders: Sequence[int], index: int, held: int) -> bool:
    if orders[index] != orders[held]:
        return orders[index] > orders[held]
    (new,), (old,) = (row_bytes(rows.slice(place, 1)) for place in (index, held))
    return new > old


def _scopes(layout: Table, rows: pa.Table) -> list[str]:
    return [] if layout.scope is None else list(rows[layout.scope].to_pylist())


def leaving(layout: Table, rows: pa.Table, new: Incoming) -> NDArray[np.bool_]:
    """Return, for each of the parent's ``rows``, whether it is replaced or removed.

    ``rows`` needs the columns of the key and the scope only.
    """
    keys = row_bytes(rows, layout.key)
    found = np.fromiter((key in new.keys for key in keys), bool, rows.num_rows)
    if new.removed and layout.scope is not None:
        scopes = _scopes(layout, rows)
        found |= np.fromiter((scope in new.removed for scope in scopes), bool, rows.num_rows)
    return found


def in_order(layout: Table, rows: pa.Table) -> pa.Table:
    """Return ``rows`` as they lie in a file: by time where the table has one, then by key."""
    return rows.sort_by([(name, "ascending") for name in layout.order])
