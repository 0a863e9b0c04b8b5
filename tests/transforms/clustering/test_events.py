"""What the event store and the features promise."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from transforms.clustering.compare import compare, features
from transforms.clustering.events import DAY, Event, EventStore, Query, as_query
from transforms.passages import unit

WIDTH = 8
TERMS = ("tariff", "steel", "storm", "vote", "court")


def query(seed: int, day: float = 0.0, *, dated: bool = True) -> Query:
    chance = np.random.default_rng(seed)
    weights = chance.random(len(TERMS))
    sparse = dict(zip(TERMS, (weights / np.linalg.norm(weights)).tolist(), strict=True))
    vector, lead = (unit(chance.standard_normal(WIDTH)) for _ in range(2))
    return Query(f"g{seed}", int(day * DAY), vector, lead, sparse, dated)


def event_of(store: EventStore, name: str, *queries: Query) -> Event:
    event = store.open(queries[0], name)
    for one in queries[1:]:
        store.join(event, one)
    return event


SEEDS = st.lists(st.integers(0, 10_000), min_size=1, max_size=6, unique=True)


@settings(deadline=None)
@given(SEEDS)
def test_average_links_follow_from_sums(seeds: list[int]) -> None:
    members, asked = [query(seed) for seed in seeds], query(10_001)
    event = event_of(EventStore(WIDTH), "e", *members)
    links = [(m.vector @ asked.vector + m.lead @ asked.lead) / 2 for m in members]
    assert features(asked, [event])[0, 0] == pytest.approx(np.mean(links), abs=1e-5)


@settings(deadline=None)
@given(SEEDS, SEEDS)
def test_an_event_as_a_query_has_the_mean_features_of_its_passages(
    mine: list[int], others: list[int]
) -> None:
    store = EventStore(WIDTH)
    one = event_of(store, "one", *[query(seed) for seed in mine])
    other = event_of(store, "other", *[query(seed + 20_000) for seed in others])
    together = features(as_query(one), [other])[0]
    each = np.mean([features(query(seed), [other])[0] for seed in mine], axis=0)
    assert together == pytest.approx(each, abs=1e-5)


def test_silence_counts_from_the_nearer_end() -> None:
    event = event_of(EventStore(WIDTH), "e", query(1, 10), query(2, 12))
    gaps = [features(query(3, day), [event])[0, 2] for day in (9, 11, 15)]
    assert gaps == pytest.approx(np.log1p([1.0, 0.0, 3.0]))


def test_without_a_date_there_is_no_silence() -> None:
    store = EventStore(WIDTH)
    dated, undated = event_of(store, "d", query(1)), event_of(store, "u", query(2, dated=False))
    assert features(query(3, 99, dated=False), [dated])[0, 2] == 0.0
    assert features(query(3, 99), [undated])[0, 2] == 0.0
    assert features(query(3, 99), [dated])[0, 2] > 4.0


def test_absorbing_is_as_if_all_had_joined_one() -> None:
    store, whole = EventStore(WIDTH), EventStore(WIDTH)
    winner = event_of(store, "one", query(1, 5), query(2, 6))
    loser = event_of(store, "other", query(3, 2, dated=False))
    store.absorb(winner, store.pop("other"))
    expected = event_of(whole, "one", query(1, 5), query(2, 6), query(3, 2, dated=False))
    assert np.allclose(winner.total, expected.total, atol=1e-6)
    assert np.allclose(winner.lead, expected.lead, atol=1e-6)
    assert dict(winner.sparse) == pytest.approx(dict(expected.sparse))
    assert winner.sparse_norm == pytest.approx(np.linalg.norm(list(expected.sparse.values())))
    for name in ("passages", "dated", "first", "last"):
        assert getattr(winner, name) == getattr(expected, name)
    assert loser.event_id not in store.slots
    assert store.nearest(query(3).vector.reshape(1, -1), 5) == [["one"]]


@settings(deadline=None)
@given(st.lists(st.integers(0, 30), max_size=30))
def test_slots_and_index_agree_after_any_coming_and_going(moves: list[int]) -> None:
    store = EventStore(WIDTH)
    for number in moves:
        name = f"e{number}"
        if store.get(name) is None:
            store.open(query(number), name)
        else:
            store.pop(name)
    for event in store.events:
        centroid = unit(event.total).reshape(1, -1)
        assert store.nearest(centroid, 1) == [[event.event_id]]


def test_a_restored_store_finds_the_same() -> None:
    before, after = EventStore(WIDTH), EventStore(WIDTH)
    for number in range(12):
        before.open(query(number), f"e{number}")
    after.restore(before.events)
    asked = query(99).vector.reshape(1, -1)
    assert after.nearest(asked, 12) == before.nearest(asked, 12)


def test_features_leave_the_events_as_they_are() -> None:
    store = EventStore(WIDTH)
    event = event_of(store, "e", query(1), query(2))
    before = event.sparse
    first = features(query(3), [event])
    assert event.sparse is before
    assert np.array_equal(compare([[query(3)]], store, [[0]])[0][0], first)


@settings(deadline=None)
@given(st.lists(st.lists(st.integers(0, 7), unique=True, max_size=8), min_size=1, max_size=40))
def test_company_does_not_change_a_bit_of_a_comparison(slots: list[list[int]]) -> None:
    store = EventStore(WIDTH)
    for number in range(8):
        event_of(store, f"e{number}", *[query(seed) for seed in range(number, 2 * number + 1)])
    groups = [
        [query(100 * part + number, number) for part in range(1, 2 + number % 3)]
        for number in range(len(slots))
    ]
    for group, some, rows in zip(groups, slots, compare(groups, store, slots), strict=True):
        alone = [[compare([[one]], store, [[slot]])[0][0, 0] for slot in some] for one in group]
        assert np.array_equal(rows, np.reshape(alone, rows.shape))


def test_the_most_silent_are_found_though_all_are_fresh() -> None:
    store = EventStore(WIDTH)
    for day in (5, 1, 3, 4):
        store.open(query(day, day), f"e{day}")
    assert {e.event_id for e in store.silent(0, 2)} == {"e1", "e3"}
    assert [e.event_id for e in store.silent(2 * DAY)] == ["e1"]


def test_an_event_that_is_reached_is_not_silent() -> None:
    store = EventStore(WIDTH)
    event = store.open(query(1, 1), "e")
    store.reach(event, 5 * DAY)
    assert store.silent(4 * DAY) == []
    assert compare([[query(2, 6)]], store, [[0]])[0][0, 0, 2] == pytest.approx(np.log1p(1.0))


def test_nothing_is_near_in_an_empty_store() -> None:
    store = EventStore(WIDTH)
    assert store.nearest(query(1).vector.reshape(1, -1), 3) == [[]]
    assert features(query(1), []).shape == (0, 4)
