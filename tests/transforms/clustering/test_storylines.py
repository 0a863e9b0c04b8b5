"""Storylines join, split, merge and forget, and their sums are always those of their events."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from schemas.settings import StorylineSettings
from tests.news import DAY, START
from transforms.clustering.events import Event
from transforms.clustering.member import Member
from transforms.clustering.storylines import Storyline, StorylineGrouper

SETTINGS = StorylineSettings(
    similarity=0.25, hysteresis=0.05, penalty_per_day=0.0005, penalty_days=90
)
"""Half of what the angles below say: these events have no words, which are the other half."""


def event(name: str, degrees: float, passages: int = 1, day: float = 0.0) -> Event:
    """An event whose passages all point the same way in the plane."""
    angle = np.deg2rad(degrees)
    vector = np.array([np.cos(angle), np.sin(angle)], np.float32)
    time = START + int(day * DAY)
    found = Event(name, vector * np.float32(passages), vector, {}, time, time, opened=time)
    found.passages = passages
    return found


def turn(one: Event, degrees: float) -> Event:
    one.total = event(one.event_id, degrees, one.passages).total
    return one


@pytest.fixture
def grouper() -> StorylineGrouper:
    return StorylineGrouper(2, SETTINGS)


def test_an_event_that_is_like_no_other_opens_a_storyline(grouper: StorylineGrouper) -> None:
    changes, ended = grouper.update([event("e1", 0), event("e2", 90)], START)
    assert len(grouper.storylines) == 2
    assert [(c.level, c.change) for c in changes] == [("event", "born"), ("storyline", "born")] * 2
    assert ended == []


def test_an_event_joins_the_nearest_storyline(grouper: StorylineGrouper) -> None:
    grouper.update([event("e1", 0), event("e2", 90)], START)
    grouper.update([event("e3", 80)], START)
    assert grouper.of_event["e3"] == grouper.of_event["e2"] != grouper.of_event["e1"]


def test_words_in_common_join_what_meaning_alone_would_not(grouper: StorylineGrouper) -> None:
    alike = [event(f"e{number}", 70.0 * number) for number in range(3)]
    alike[0].sparse = alike[1].sparse = {"khashoggi": 0.8, "consulate": 0.6}
    alike[2].sparse = {"tariff": 1.0}
    grouper.update(alike, START)
    assert grouper.of_event["e0"] == grouper.of_event["e1"] != grouper.of_event["e2"]


def test_silence_costs_but_time_in_common_does_not(grouper: StorylineGrouper) -> None:
    long = event("e1", 0)
    long.first -= 200 * DAY
    grouper.update([long], START)
    within, after = event("e2", 59, day=-150), event("e3", -59, day=50)
    grouper.update([after], START)
    assert grouper.of_event["e3"] != grouper.of_event["e1"]
    grouper.update([within], START)
    assert grouper.of_event["e2"] == grouper.of_event["e1"]


def test_far_apart_in_time_is_less_alike(grouper: StorylineGrouper) -> None:
    grouper.update([event("e1", 0)], START)
    grouper.update([event("e2", 56, day=100)], START)
    assert len(grouper.storylines) == 2
    grouper.update([event("e3", 56)], START)
    assert grouper.of_event["e3"] in (grouper.of_event["e1"], grouper.of_event["e2"])


def test_an_event_stays_within_the_hysteresis_and_leaves_below_it(
    grouper: StorylineGrouper,
) -> None:
    moving = event("e2", 10)
    grouper.update([event("e1", 0, 5), moving], START)
    assert grouper.update([turn(moving, 63)], START)[0] == []
    assert grouper.of_event["e2"] == grouper.of_event["e1"]
    changes, _ = grouper.update([turn(moving, 80)], START + 1)
    assert grouper.of_event["e2"] != grouper.of_event["e1"]
    assert [(c.level, c.change) for c in changes] == [
        ("event", "moved_to"),
        ("storyline", "born"),
        ("storyline", "split_from"),
    ]


def test_the_event_that_gave_a_storyline_its_name_may_leave_it(grouper: StorylineGrouper) -> None:
    founder = event("e1", 0)
    grouper.update([founder, event("e2", 10, 5)], START)
    name = grouper.of_event["e1"]
    grouper.update([turn(founder, 90)], START + 1)
    assert grouper.of_event["e2"] == name
    assert grouper.of_event["e1"] != name
    assert set(grouper.storylines[name].members) == {"e2"}


def test_the_larger_side_of_a_merge_keeps_its_id(grouper: StorylineGrouper) -> None:
    small, large = event("e1", 0), event("e2", 90, 5)
    grouper.update([small, large], START)
    loser, winner = grouper.of_event["e1"], grouper.of_event["e2"]
    changes, ended = grouper.update([turn(small, 80)], START + 1)
    assert grouper.of_event == {"e1": winner, "e2": winner}
    assert [(line.storyline_id, successor) for line, successor in ended] == [(loser, winner)]
    assert [(c.id, c.change, c.other) for c in changes] == [(loser, "merged_into", winner)]


def test_of_two_sides_of_one_size_the_older_keeps_its_id(grouper: StorylineGrouper) -> None:
    old, young = event("e1", 0, day=0), event("e2", 90, day=3)
    grouper.update([young, old], START)
    grouper.update([turn(young, 10)], START + 1)
    assert len(grouper.storylines) == 1
    [line] = grouper.storylines.values()
    assert line.opened == old.opened


def test_a_merged_storyline_has_the_evidence_of_both(grouper: StorylineGrouper) -> None:
    small, large = event("e1", 0), event("e2", 90, 5)
    grouper.update([small, large], START)
    one = grouper.storylines[grouper.of_event["e1"]]
    other = grouper.storylines[grouper.of_event["e2"]]
    one.articles, one.sources, one.terms, one.days = 1, {"Herald": 1}, {"tariff": 2.0}, {7: 1}
    other.articles, other.sources, other.terms, other.days = 2, {"Herald": 2}, {"duty": 1.0}, {7: 2}
    grouper.update([turn(small, 80)], START + 1)
    assert (other.events, other.articles, other.sources) == (2, 3, {"Herald": 3})
    assert (other.terms, other.days) == ({"tariff": 2.0, "duty": 1.0}, {7: 3})


def test_a_storyline_outlives_an_event_that_is_forgotten_and_remembers_its_sums(
    grouper: StorylineGrouper,
) -> None:
    gone = event("e1", 0)
    grouper.update([gone, event("e2", 10)], START)
    [line] = grouper.storylines.values()
    before = line.total
    assert grouper.forget(gone) is None
    assert set(line.members) == {"e2"}
    assert line.passages == 2
    np.testing.assert_allclose(line.total, before, atol=1e-6)


def test_a_storyline_ends_with_its_last_event(grouper: StorylineGrouper) -> None:
    one, other = event("e1", 0), event("e2", 90)
    grouper.update([one, other], START)
    ended = grouper.forget(one)
    assert ended is not None
    assert ended.passages == 1
    assert list(grouper.of_event) == ["e2"]
    assert len(grouper.storylines) == 1


def test_an_event_merged_into_one_of_another_storyline_ends_its_own(
    grouper: StorylineGrouper,
) -> None:
    loser, winner = event("e1", 0), event("e2", 90)
    grouper.update([loser, winner], START)
    grouper.replace(loser, event("e2", 60, 2))
    [line] = grouper.storylines.values()
    assert set(line.members) == {"e2"}
    assert line.passages == 2
    assert line.events == 1


_CALLS = st.lists(
    st.tuples(
        st.sampled_from(("update", "update", "update", "forget", "replace")),
        st.integers(0, 7),
        st.integers(0, 7),
        st.integers(0, 170),
    ),
    max_size=25,
)


@given(_CALLS)
@settings(max_examples=150, deadline=None)
def test_after_any_sequence_every_sum_is_that_of_the_events(
    calls: list[tuple[str, int, int, int]],
) -> None:
    grouper = StorylineGrouper(2, SETTINGS)
    known: dict[str, Event] = {}
    for now, (call, number, other, degrees) in enumerate(calls):
        name, target = f"e{number}", f"e{other}"
        if call == "update":
            one = known.setdefault(name, event(name, degrees, 1 + number % 3, number))
            grouper.update([turn(one, degrees)], START + now)
        elif call == "forget" and name in known:
            grouper.forget(known.pop(name))
        elif call == "replace" and name in known and target in known and name != target:
            grouper.replace(known.pop(name), known[target])
        _check(grouper, known)


def _check(grouper: StorylineGrouper, known: dict[str, Event]) -> None:
    members = {name: line for line in grouper.storylines.values() for name in line.members}
    assert set(grouper.of_event) == set(known) == set(members)
    assert {name: line.storyline_id for name, line in members.items()} == grouper.of_event
    for key, line in grouper.storylines.items():
        assert key == line.storyline_id
        parts = [known[name].total for name in line.members]
        parts += [line.forgotten.sums[:2]] if line.forgotten else []
        np.testing.assert_allclose(line.total, np.sum(parts, axis=0), atol=1e-4)
        assert line.events >= len(line.members) > 0
    again = StorylineGrouper(2, SETTINGS)
    again.restore(grouper.in_order())
    probe = Member.of(event("probe", 33))
    assert grouper._links(probe).tobytes() == again._links(probe).tobytes()


def test_restoring_gives_the_same_storylines(grouper: StorylineGrouper) -> None:
    grouper.update([event(f"e{n}", 50.0 * n) for n in range(6)], START)
    kept: list[Storyline] = grouper.in_order()
    again = StorylineGrouper(2, SETTINGS)
    again.restore(kept)
    assert again.of_event == grouper.of_event
    assert again.in_order() == kept
