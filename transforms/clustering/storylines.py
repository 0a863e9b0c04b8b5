"""Level 2: storylines, average-link groups of events, kept up to date as the events change."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from schemas.records import make_id
from schemas.settings import StorylineSettings
from transforms.clustering.events import DAY, Event
from transforms.clustering.lineage import Change
from transforms.clustering.member import Floats, Member, combined
from transforms.clustering.sketch import SKETCH


@dataclass(slots=True)
class Storyline:
    """One storyline: the sums of its events, and what tells its name and size."""

    storyline_id: str
    members: dict[str, Member] = field(default_factory=dict)
    forgotten: Member | None = None
    """Sums over events that were retired."""
    opened: int = 0
    """Event time of the article that opened it."""
    events: int = 0
    articles: int = 0
    copies: int = 0
    sources: dict[str, int] = field(default_factory=dict)
    headlines: dict[str, tuple[float, str]] = field(default_factory=dict)
    """Title: weight and outlet."""
    terms: dict[str, float] = field(default_factory=dict)
    days: dict[int, int] = field(default_factory=dict)
    """Articles by day since the epoch, the last 14 days that had any."""
    label: str = ""
    labelled_at: int = 0
    """Articles it had when it was last named."""
    headline: str = ""
    top_terms: tuple[str, ...] = ()

    def parts(self) -> list[Member]:
        """Return the sums of all events, in the order of their ids, forgotten ones last."""
        known = [self.members[event_id] for event_id in sorted(self.members)]
        return known if self.forgotten is None else [*known, self.forgotten]

    @property
    def first(self) -> int:
        """Event time of the first article, microseconds."""
        return min(part.first for part in self.parts())

    @property
    def last(self) -> int:
        """Event time of the last article, microseconds."""
        return max(part.last for part in self.parts())

    @property
    def passages(self) -> int:
        """Passages in all events."""
        return sum(part.passages for part in self.parts())

    @property
    def total(self) -> Floats:
        """Sum of the unit vectors of all passages, float32 [d], summed in a fixed order."""
        return combined(self.parts()).sums[:-SKETCH]


class StorylineGrouper:
    """Groups events by average link over all pairs of their passages, less a penalty for silence.

    The link is the mean of two, by meaning and by words: politics is all alike in meaning, and
    names alone lead from story to story. The mean inner product between the members of two
    groups is Si.Sj / (ni nj), so sums suffice. A group is joined above ``similarity``; an event
    leaves only when it falls below it by ``hysteresis``. The larger side of a merge keeps its
    id, ties go to the older.
    """

    def __init__(self, dimension: int, settings: StorylineSettings) -> None:
        self.settings = settings
        self.storylines: dict[str, Storyline] = {}
        self.of_event: dict[str, str] = {}
        self._dimension = dimension
        self._slots: dict[str, int] = {}
        self._names: list[str] = []
        self._means = np.zeros((0, dimension + SKETCH), np.float32)
        self._periods = np.zeros((0, 2), np.int64)

    def update(
        self, events: Iterable[Event], now: int
    ) -> tuple[list[Change], list[tuple[Storyline, str]]]:
        """Take in events that are new or have changed.

        Returns what that changed, and the storylines that were merged away with their successors.

        Args:
            events: in the order in which they are to be looked at.
            now: event time of the changes, microseconds.
        """
        changes: list[Change] = []
        touched: dict[str, None] = {}
        for event in events:
            name = self.of_event.get(event.event_id)
            if name is not None:
                self._refresh(name, event)
                changes += self._leave(name, event, now, touched)
            else:
                changes += self._attach(event, self._first_id(event, now), now, touched)
            touched[self.of_event[event.event_id]] = None
        merges, ended = self._merge(touched, now)
        return changes + merges, ended

    def forget(self, event: Event) -> Storyline | None:
        """Drop a retired event; return its storyline if that was the last one it had."""
        storyline = self.storylines[self.of_event.pop(event.event_id)]
        gone = storyline.members.pop(event.event_id)
        storyline.forgotten = combined(
            [gone] + ([storyline.forgotten] if storyline.forgotten else [])
        )
        if storyline.members:
            self._place(storyline)
            return None
        self._drop(storyline.storyline_id)
        return storyline

    def in_order(self) -> list[Storyline]:
        """Return the storylines in the order in which they lie in memory.

        Restored in this order, sums over them come out the same to the last bit.
        """
        return [self.storylines[name] for name in self._names]

    def replace(self, loser: Event, winner: Event) -> Storyline | None:
        """Note that one event was merged into another, whose storyline keeps both.

        Returns the loser's storyline if it had no other event and so ends, as it was.
        """
        storyline = self.storylines[self.of_event.pop(loser.event_id)]
        heir = self.of_event.get(winner.event_id)
        if heir is None:
            del storyline.members[loser.event_id]
            self.of_event[winner.event_id] = storyline.storyline_id
            self._refresh(storyline.storyline_id, winner)
            return None
        ends = heir != storyline.storyline_id and len(storyline.members) == 1
        if ends:
            self._absorb(self.storylines[heir], storyline)
            del self.storylines[heir].members[loser.event_id], self.of_event[loser.event_id]
            self.storylines[heir].events -= 1
        else:
            del storyline.members[loser.event_id]
            storyline.events -= 1
            self._place(storyline)
        self._refresh(heir, winner)
        return storyline if ends else None

    def restore(self, storylines: Sequence[Storyline]) -> None:
        """Replace everything by ``storylines``, in this order."""
        self.__init__(self._dimension, self.settings)  # type: ignore[misc]
        for storyline in storylines:
            self.storylines[storyline.storyline_id] = storyline
            self.of_event.update(dict.fromkeys(storyline.members, storyline.storyline_id))
            self._place(storyline)

    def _first_id(self, event: Event, now: int) -> str:
        """Return the id of the storyline that a new event opens.

        An event that was forgotten may open again, and its storyline have outlived it.
        """
        name = make_id("s", event.event_id)
        return make_id("s", event.event_id, str(now)) if name in self.storylines else name

    def _attach(
        self, event: Event, storyline_id: str, now: int, touched: dict[str, None]
    ) -> list[Change]:
        """Put an event into the nearest storyline, or open ``storyline_id`` for it."""
        member = Member.of(event)
        links = self._links(member)
        best = self._best(links)
        if best is not None:
            self._add(self.storylines[best], event)
            touched[best] = None
            reason = f"average link {links[self._slots[best]]:.3f} with {best}"
            return [Change(now, "event", event.event_id, "born", best, reason)]
        storyline = Storyline(storyline_id, opened=event.opened)
        self.storylines[storyline_id] = storyline
        self._add(storyline, event)
        near = f"nearest storyline at {max(links):.3f}" if len(links) else "nothing to compare with"
        reason = f"opens a storyline: {near}"
        return [
            Change(now, "event", event.event_id, "born", storyline_id, reason),
            Change(now, "storyline", storyline_id, "born", event.event_id, near),
        ]

    def _leave(self, name: str, event: Event, now: int, touched: dict[str, None]) -> list[Change]:
        """Take an event out of a storyline that it no longer fits."""
        storyline = self.storylines[name]
        if len(storyline.members) == 1:
            return []
        member = storyline.members[event.event_id]
        rest = [part for part in storyline.parts() if part is not member]
        link = self._link(member, combined(rest))
        if link >= self.settings.similarity - self.settings.hysteresis:
            return []
        del storyline.members[event.event_id], self.of_event[event.event_id]
        storyline.events -= 1
        self._place(storyline)
        touched[name] = None
        # The id that its event gave at first may be in use by those that stayed behind.
        _, *born = self._attach(event, make_id("s", event.event_id, str(now)), now, touched)
        target = self.of_event[event.event_id]
        reason = f"average link to the rest fell to {link:.3f}"
        changes = [Change(now, "event", event.event_id, "moved_to", target, reason), *born]
        if born:
            changes.append(Change(now, "storyline", target, "split_from", name, reason))
        return changes

    def _merge(
        self, touched: dict[str, None], now: int
    ) -> tuple[list[Change], list[tuple[Storyline, str]]]:
        changes: list[Change] = []
        ended: list[tuple[Storyline, str]] = []
        queue = [name for name in touched if name in self.storylines]
        while queue:
            name = queue.pop()
            if name not in self.storylines:
                continue
            member = combined(self.storylines[name].parts())
            links = self._links(member)
            links[self._slots[name]] = -1.0
            best = self._best(links)
            if best is None:
                continue
            one, other = self.storylines[name], self.storylines[best]
            winner, loser = sorted((one, other), key=_seniority)
            link = links[self._slots[best]]
            self._absorb(winner, loser)
            queue.append(winner.storyline_id)
            names = loser.storyline_id, winner.storyline_id
            reason = f"average link {link:.3f}"
            changes.append(Change(now, "storyline", names[0], "merged_into", names[1], reason))
            ended.append((loser, names[1]))
        return changes, ended

    def _absorb(self, winner: Storyline, loser: Storyline) -> None:
        self._drop(loser.storyline_id)
        winner.members.update(loser.members)
        self.of_event.update(dict.fromkeys(loser.members, winner.storyline_id))
        if loser.forgotten:
            parts = [loser.forgotten] + ([winner.forgotten] if winner.forgotten else [])
            winner.forgotten = combined(parts)
        winner.events += loser.events
        winner.articles += loser.articles
        winner.copies += loser.copies
        for mine, theirs in ((winner.sources, loser.sources), (winner.days, loser.days)):
            add_counts(mine, theirs)  # type: ignore[arg-type]
        add_counts(winner.terms, loser.terms)
        for title, weighed in loser.headlines.items():
            winner.headlines[title] = max(weighed, winner.headlines.get(title, weighed))
        self._place(winner)

    def _add(self, storyline: Storyline, event: Event) -> None:
        storyline.members[event.event_id] = Member.of(event)
        storyline.events += 1
        self.of_event[event.event_id] = storyline.storyline_id
        self._place(storyline)

    def _refresh(self, name: str, event: Event) -> None:
        self.storylines[name].members[event.event_id] = Member.of(event)
        self._place(self.storylines[name])

    def _place(self, storyline: Storyline) -> None:
        """Bring the row of a storyline up to date: mean of its passages, and its period."""
        name = storyline.storyline_id
        if name not in self._slots:
            self._slots[name] = len(self._names)
            self._names.append(name)
            if len(self._names) > len(self._means):
                size = max(64, 2 * len(self._means))
                self._means = np.resize(self._means, (size, self._means.shape[1]))
                self._periods = np.resize(self._periods, (size, 2))
        whole = combined(storyline.parts())
        self._means[self._slots[name]] = whole.sums / np.float32(whole.passages)
        self._periods[self._slots[name]] = whole.first, whole.last

    def _drop(self, name: str) -> None:
        del self.storylines[name]
        slot, last = self._slots.pop(name), self._names.pop()
        if last != name:
            self._slots[last], self._names[slot] = slot, last
            self._means[slot] = self._means[len(self._names)]
            self._periods[slot] = self._periods[len(self._names)]

    def _links(self, member: Member) -> NDArray[np.float64]:
        """Return the average link to every storyline, less the penalty, float64 [storylines]."""
        count = len(self._names)
        links = 0.5 * (self._means[:count] @ (member.sums / np.float32(member.passages)))
        first, last = self._periods[:count].T
        silence = np.maximum(np.maximum(first - member.last, member.first - last), 0)
        return links.astype(np.float64) - self._penalty(silence)

    def _link(self, one: Member, other: Member) -> float:
        link = 0.5 * float(one.sums @ other.sums) / (one.passages * other.passages)
        silence = max(one.first - other.last, other.first - one.last, 0)
        return link - float(self._penalty(np.array(silence)))

    def _penalty(self, silence: NDArray[np.int64]) -> NDArray[np.float64]:
        """Return what microseconds of silence between two periods take off the link."""
        days = np.minimum(silence / DAY, self.settings.penalty_days)
        return np.asarray(self.settings.penalty_per_day * days)

    def _best(self, links: NDArray[np.float64]) -> str | None:
        """Return the nearest storyline at or above the similarity; ties to the smallest id."""
        if len(links) == 0 or links.max() < self.settings.similarity:
            return None
        return min(self._names[slot] for slot in np.flatnonzero(links == links.max()))


def add_counts(mine: dict[str, float], theirs: dict[str, float]) -> None:
    """Add ``theirs`` to ``mine`` in place."""
    for key, value in theirs.items():
        mine[key] = mine.get(key, 0) + value


def _seniority(storyline: Storyline) -> tuple[int, int, str]:
    return -storyline.passages, storyline.first, storyline.storyline_id
