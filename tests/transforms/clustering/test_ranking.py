"""What candidates and their order promise."""

from __future__ import annotations

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from transforms.clustering.events import EventStore, Query
from transforms.clustering.ranking import MEMORY, Judge, Neighbours
from transforms.clustering.score import Weights
from transforms.passages import unit

WIDTH = 8
WEIGHTS = Weights(-1.0, np.array([3.0, 2.0, -0.5, 1.0]))


def query(seed: int, time: int = 0) -> Query:
    chance = np.random.default_rng(seed)
    vector, lead = (unit(chance.standard_normal(WIDTH)) for _ in range(2))
    return Query(f"g{seed}", time, vector, lead, {f"t{seed % 3}": 1.0})


def store_of(count: int) -> EventStore:
    store = EventStore(WIDTH)
    for number in range(count):
        store.open(query(number, number), f"e{number:02}")
    return store


def test_the_best_comes_first_with_its_own_features() -> None:
    store = store_of(8)
    found = Judge.of(WEIGHTS).rank(query(50), store, range(8))
    assert found.scores == sorted(found.scores, reverse=True)
    rows = np.array([found.features(place) for place in range(8)])
    assert np.allclose(WEIGHTS.score(rows), found.scores)
    assert found.best is found.events[0]
    assert found.score_of(found.events[3]) == found.scores[3]


def test_equal_scores_go_to_the_older_then_to_the_smaller_id() -> None:
    store = EventStore(WIDTH)
    for name, time in (("late", 9), ("b", 4), ("a", 4)):
        store.open(query(1, time), name)
    flat = Weights(0.0, np.zeros(4))
    found = Judge.of(flat).rank(query(2), store, [0, 1, 2])
    assert [event.event_id for event in found.events] == ["a", "b", "late"]


def test_nothing_is_best_where_there_is_nothing() -> None:
    found = Judge.of(WEIGHTS).rank(query(1), EventStore(WIDTH), [])
    assert found.best is None
    assert found.score == -np.inf
    assert found.score_of(None) == -np.inf


def test_where_much_is_usual_it_takes_more_to_join() -> None:
    wary = Weights(-1.0, np.array([3.0, 2.0, -0.5, -1.0]), usual=0.0)
    store, judge = store_of(8), Judge.of(wary)
    before = judge.rank(query(50), store, range(8))
    judge.usual += 2.0
    after = judge.rank(query(50), store, range(8))
    assert np.allclose(np.array(before.scores) - 2.0, after.scores)
    assert after.features()[-1] == 2.0


def test_it_never_takes_more_than_the_weights_allow() -> None:
    wary = Weights(-1.0, np.array([3.0, 2.0, -0.5, -1.0]), usual=0.0, most=0.5)
    store, judge = store_of(8), Judge.of(wary)
    before = judge.rank(query(50), store, range(8))
    judge.usual = 9.0
    after = judge.rank(query(50), store, range(8))
    assert np.allclose(np.array(before.scores) - 0.5, after.scores)


def test_what_is_usual_is_the_median_likeness_of_candidates() -> None:
    store, judge = store_of(9), Judge.of(WEIGHTS)
    found = [judge.rank(query(seed), store, range(9)) for seed in range(500, 800)]
    judge.learn([one.rows for one in found])
    medians = [float(np.median(WEIGHTS.likeness(one.rows))) for one in found]
    assert judge.seen == 300
    assert abs(judge.usual - np.mean(medians)) < 0.2 * abs(np.mean(medians)) + 0.05


def test_what_was_usual_long_ago_fades() -> None:
    store, judge = store_of(3), Judge.of(WEIGHTS)
    one = judge.rank(query(7), store, range(3))
    judge.usual, judge.seen = 100.0, 50 * MEMORY
    judge.learn([one.rows] * (3 * MEMORY))
    assert judge.usual < 10.0


@settings(deadline=None, max_examples=50)
@given(st.integers(0, 12), st.lists(st.tuples(st.booleans(), st.integers(100, 200)), max_size=12))
def test_what_is_nearer_now_is_a_neighbour(count: int, changes: list[tuple[bool, int]]) -> None:
    store = store_of(count)
    asked = np.stack([query(seed).vector for seed in range(300, 304)])
    near = Neighbours(store, asked, 4)
    before = [set(near.of(row)) for row in range(len(asked))]
    for opens, seed in changes:
        if opens or not len(store):
            near.change(store.slots[store.open(query(seed), f"n{len(store)}").event_id])
        else:
            store.join(store.events[seed % len(store)], query(seed))
            near.change(seed % len(store))
    for row, vector in enumerate(asked):
        cosines = {slot: float(store.centroid(slot) @ vector) for slot in range(len(store))}
        known = before[row] | near.changed
        best = sorted((cosines[slot] for slot in known), reverse=True)[:4]
        found = near.of(row)
        assert len(set(found)) == min(len(known), 4)
        moved_away = before[row] & near.changed
        for slot in known - moved_away:
            assert slot in found or cosines[slot] <= best[-1] + 1e-6
