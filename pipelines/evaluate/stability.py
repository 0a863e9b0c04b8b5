"""Do ids hold? What changed from one snapshot to the next, and whether the lineage says so."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from transforms.clustering.engine import Engine
from transforms.clustering.lineage import Change
from transforms.clustering.step import Step

HOUR = 3_600_000_000
"""Microseconds."""


@dataclass
class Stability:
    """Counts articles, in each snapshot but the first, whose event and storyline are as before.

    A passage that moved to another event counts as an article that changed: each move has a row
    of its own in the lineage, so it is explained. An event that is retired, as a row says, goes
    from memory and not from the tables: its ids stay.

    Attributes:
        period: event time between two snapshots, microseconds.
        pairs: articles in a snapshot and in the one before.
        unchanged: those whose ids are the same in both.
        explained: those whose ids changed as rows of the lineage in between say.
        worst: smallest share of unchanged ids in any snapshot of at least 100 articles.
    """

    period: int = HOUR
    snapshots: int = 0
    pairs: int = 0
    unchanged: int = 0
    explained: int = 0
    worst: float = 1.0
    _before: dict[str, tuple[str, int]] = field(default_factory=dict)
    _changes: list[Change] = field(default_factory=list)
    _new: set[str] = field(default_factory=set)
    _period_of: int | None = None

    def note(self, step: Step, engine: Engine) -> None:
        """Take in a window; the first one of each period closes the snapshot before it."""
        self._changes += step.changes
        self._new.update(d.passage_id for p in step.placed for _, d in p.decisions)
        current = step.time // self.period
        if self._period_of != current:
            self._period_of = current
            self._compare(_places(engine))

    def figures(self) -> dict[str, float]:
        """Return shares of all pairs: unchanged, and unchanged or explained by lineage."""
        pairs = max(self.pairs, 1)
        return {
            "snapshots": self.snapshots,
            "unchanged": self.unchanged / pairs,
            "unchanged_outside_lineage": self.unchanged / max(self.pairs - self.explained, 1),
            "unchanged_or_explained": (self.unchanged + self.explained) / pairs,
            "worst_snapshot": self.worst,
        }

    def _compare(self, after: dict[str, tuple[str, int]]) -> None:
        lineage = _Lineage(self._changes)
        moved = len(lineage.passages - self._new)
        pairs = same = 0
        for event, (storyline, articles) in self._before.items():
            now = after.get(event)
            pairs += articles
            if event in lineage.retired if now is None else now[0] == storyline:
                same += articles
            elif lineage.explains(event, storyline, now and now[0]):
                self.explained += articles
        moved = min(moved, same)
        same -= moved
        self.explained += moved
        self.pairs += pairs
        self.unchanged += same
        if pairs >= 100:
            self.worst = min(self.worst, same / pairs)
        self.snapshots += 1
        self._before, self._changes, self._new = after, [], set()


class _Lineage:
    """What the rows between two snapshots say."""

    def __init__(self, changes: list[Change]) -> None:
        self._merged = {c.id: c.other for c in changes if c.change == "merged_into"}
        self.retired = {c.id for c in changes if c.change == "retired"}
        self.passages = {c.id for c in changes if (c.level, c.change) == ("passage", "moved_to")}
        self._moved: dict[str, list[str]] = {}
        for change in changes:
            if change.level == "event" and change.change in ("moved_to", "split_from", "born"):
                self._moved.setdefault(change.id, []).append(change.other)

    def explains(self, event: str, before: str, after: str | None) -> bool:
        if after is None:
            return event in self._merged
        names = [before, *self._moved.get(event, ())]
        return after in (follow(name, self._merged) for name in names)


def follow(name: str, successors: Mapping[str, str]) -> str:
    """Return where ``name`` leads; an id that was given anew may close a circle, which ends it."""
    seen: set[str] = set()
    while name in successors and name not in seen:
        seen.add(name)
        name = successors[name]
    return name


def _places(engine: Engine) -> dict[str, tuple[str, int]]:
    """Return each live event's storyline and number of articles."""
    found = {}
    for name, storyline in engine.storylines.of_event.items():
        event = engine.events.find(name)
        found[name] = (storyline, event.articles if event is not None else 0)
    return found
