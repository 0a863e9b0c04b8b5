"""What became of the storylines from one snapshot to another. Pure: tables in, changes out."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, fields
from typing import Any

import pyarrow as pa

from transforms.lake.hashing import row_bytes
from transforms.lake.lineage import follow

STORYLINES = ("storyline_id", "merged_into", "label", "status", "articles")
"""What is needed of the table of storylines."""
LINEAGE = ("time", "id", "change", "other", "reason")
"""What is needed of the lineage of storylines."""

_DEPTHS = {"active": 0, "dormant": 1, "retired": 2}
_Rows = Mapping[str, Mapping[str, Any]]


@dataclass(frozen=True)
class Change:
    """One storyline that is another than it was."""

    storyline_id: str
    label: str
    """Its name afterwards; the last one it had, where it is gone."""
    articles_before: int
    articles: int
    """Articles afterwards; those it had when it was merged, where it is gone."""
    other: str = ""
    """The storyline it was merged into or split from, or its name before."""
    other_label: str = ""
    """The name of the storyline ``other``, afterwards."""
    reason: str = ""
    """The newest sentence of the lineage about it."""


@dataclass(frozen=True)
class Difference:
    """All that changed, each list with the most articles first. A storyline may be in several."""

    born: list[Change]
    """New ones; and, after a rollback, those that had been merged."""
    split: list[Change]
    """New ones that were parts of others."""
    merged: list[Change]
    renamed: list[Change]
    grown: list[Change]
    shrunk: list[Change]
    dormant: list[Change]
    """Gone to sleep: silent for long, but articles can still wake them."""
    revived: list[Change]
    retired: list[Change]
    vanished: list[Change]
    """Not even known any more, after a rollback."""
    unchanged: int
    """Living storylines that are in none of the lists."""

    def counts(self) -> dict[str, int]:
        """Return how many there are of each kind."""
        lists = (field.name for field in fields(self) if field.name != "unchanged")
        return {**{name: len(getattr(self, name)) for name in lists}, "unchanged": self.unchanged}


def difference(before: pa.Table, after: pa.Table, news: pa.Table) -> Difference:
    """Return what changed between two states of the table of storylines.

    Args:
        before: ``STORYLINES`` of the one.
        after: ``STORYLINES`` of the other.
        news: ``LINEAGE``, of storylines, of what happened in between.
    """
    return _Comparison(_by_id(before), _by_id(after), news).result()


def since(before: pa.Table, after: pa.Table) -> pa.Table:
    """Return the rows of ``after`` that ``before`` does not have."""
    known = set(row_bytes(before))
    return after.filter(pa.array([row not in known for row in row_bytes(after)], pa.bool_()))


def _by_id(rows: pa.Table) -> _Rows:
    return {row["storyline_id"]: row for row in rows.select(list(STORYLINES)).to_pylist()}


class _Comparison:
    def __init__(self, before: _Rows, after: _Rows, news: pa.Table) -> None:
        self._before, self._after = before, after
        self._merged = {
            name: row["merged_into"] for name, row in after.items() if row["merged_into"]
        }
        self._reasons: dict[tuple[str, str], str] = {}
        self._origins: dict[str, str] = {}
        for row in news.sort_by([(name, "ascending") for name in LINEAGE]).to_pylist():
            self._reasons[row["id"], row["change"]] = row["reason"]
            if row["change"] == "split_from":
                self._origins[row["id"]] = row["other"]

    def result(self) -> Difference:
        then, now = self._living(self._before), self._living(self._after)
        new = [name for name in now if name not in then]
        stay = [name for name in now if name in then]
        lists = {
            "born": self._list((n for n in new if n not in self._origins), "born"),
            "split": self._list((n for n in new if n in self._origins), "split_from"),
            "merged": self._list((n for n in then if n in self._merged), "merged_into"),
            "renamed": self._list((n for n in stay if self._differs(n, "label")), "renamed"),
            "grown": self._list((n for n in stay if self._growth(n) > 0), ""),
            "shrunk": self._list((n for n in stay if self._growth(n) < 0), ""),
            "dormant": self._list((n for n in stay if self._fell_to(n, "dormant")), "dormant"),
            "revived": self._list((n for n in stay if self._fell(n) < 0), "revived"),
            "retired": self._list((n for n in stay if self._fell_to(n, "retired")), "retired"),
            "vanished": self._list((n for n in self._before if n not in self._after), ""),
        }
        changed = {each.storyline_id for found in lists.values() for each in found}
        return Difference(**lists, unchanged=sum(name not in changed for name in stay))

    @staticmethod
    def _living(rows: _Rows) -> dict[str, None]:
        return {name: None for name, row in rows.items() if row["status"] != "merged"}

    def _differs(self, name: str, column: str) -> bool:
        return bool(self._before[name][column] != self._after[name][column])

    def _growth(self, name: str) -> int:
        return int(self._after[name]["articles"] - self._before[name]["articles"])

    def _fell(self, name: str) -> int:
        """Return how much further it is from being active than it was."""
        rows = (self._after[name], self._before[name])
        after, before = (_DEPTHS.get(row["status"], 0) for row in rows)
        return after - before

    def _fell_to(self, name: str, status: str) -> bool:
        return self._fell(name) > 0 and self._after[name]["status"] == status

    def _list(self, names: Iterable[str], change: str) -> list[Change]:
        found = [self._change(name, change) for name in names]
        if not change:
            return sorted(found, key=lambda each: (-_moved(each), each.storyline_id))
        return sorted(found, key=lambda each: (-each.articles, each.storyline_id))

    def _change(self, name: str, change: str) -> Change:
        before, after = self._before.get(name), self._after.get(name)
        row = after or before or {}
        other = self._other(name, change)
        return Change(
            name,
            row["label"],
            before["articles"] if before else 0,
            after["articles"] if after else 0,
            other,
            self._after[other]["label"] if other in self._after else "",
            self._reasons.get((name, change), ""),
        )

    def _other(self, name: str, change: str) -> str:
        if change == "merged_into":
            return follow(self._merged, name)
        if change == "split_from":
            return self._origins[name]
        return str(self._before[name]["label"]) if change == "renamed" else ""


def _moved(change: Change) -> int:
    return abs(change.articles - change.articles_before)
