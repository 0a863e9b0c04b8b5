"""What merging promises beside what the clusterer's tests say of it."""

from __future__ import annotations

import numpy as np

from schemas.settings import EventSettings
from transforms.clustering.events import EventStore, Query
from transforms.clustering.merging import merge
from transforms.clustering.ranking import Judge
from transforms.clustering.score import Weights
from transforms.passages import unit

WIDTH = 16
SETTINGS = EventSettings(threshold=0.0, merge_margin=0.0)
BY_LINK = Judge.of(Weights(-0.8, np.array([1.0, 0.0, 0.0, 0.0])))
"""Merges what has an average link above .8."""


def query(about: int, number: int) -> Query:
    chance = np.random.default_rng(number)
    vector = np.eye(WIDTH)[about] + 0.02 * chance.standard_normal(WIDTH)
    return Query(f"g{about}{number}", number, unit(vector), unit(vector), {f"t{about}": 1.0})


def store_of(*sizes: tuple[str, int, int]) -> EventStore:
    """Return a store of events with this id, subject and number of passages."""
    store = EventStore(WIDTH)
    for name, about, size in sizes:
        event = store.open(query(about, len(store)), name)
        for number in range(1, size):
            store.join(event, query(about, 100 * len(store) + number))
    return store


def test_a_whole_chain_becomes_one_though_each_round_merges_pairs() -> None:
    names = [f"e{number}" for number in range(5)]
    store = store_of(*[(name, 0, 1) for name in names], ("other", 1, 1))
    merges = merge(store, names, BY_LINK, SETTINGS)
    assert {event.event_id for event in store.events} == {"e0", "other"}
    assert [event.passages for event in store.events if event.event_id == "e0"] == [5]
    assert len(merges) == 4


def test_the_larger_stays_though_only_it_was_named() -> None:
    store = store_of(("small", 0, 1), ("large", 0, 3), ("other", 1, 9))
    [found] = merge(store, ["large"], BY_LINK, SETTINGS)
    assert (found.loser.event_id, found.winner.event_id) == ("small", "large")
    assert found.reason.startswith("its passages fit the other: log-odds")


def test_what_is_alone_or_unknown_is_left() -> None:
    store = store_of(("one", 0, 2), ("other", 1, 1))
    assert merge(store, ["one", "other", "gone"], BY_LINK, SETTINGS) == []
    assert merge(EventStore(WIDTH), ["gone"], BY_LINK, SETTINGS) == []


def test_a_young_event_is_compared_again_only_with_what_changed() -> None:
    store = store_of(("young", 0, 1), ("old", 0, 3), ("other", 1, 1))
    assert merge(store, ["young"], BY_LINK, SETTINGS) == []
    [found] = merge(store, ["other", "young", "old"], BY_LINK, SETTINGS)
    assert (found.loser.event_id, found.winner.event_id) == ("young", "old")
