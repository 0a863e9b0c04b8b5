"""The sides of an event: sums that add up to it, and passages that belong together."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from transforms.clustering.events import Event, EventStore, Query
from transforms.clustering.parts import absorb, join, rest, side
from transforms.passages import unit

WIDTH = 12


def query(about: int, number: int) -> Query:
    """A passage about one of some things, none like another."""
    chance = np.random.default_rng(1000 * about + number)
    vector = np.eye(WIDTH)[about] + 0.1 * chance.standard_normal(WIDTH)
    terms = {f"t{about}": 1.0, f"n{number}": 0.5}
    return Query(f"g{about}{number}", number, unit(vector), unit(vector), terms)


def event_of(store: EventStore, queries: list[Query], name: str = "e") -> tuple[Event, list[str]]:
    """Return an event of these passages and the part that each went to."""
    event = store.open(queries[0], name)
    return event, ["", *(join(store, event, each) for each in queries[1:])]


def sides(event: Event, queries: list[Query], marks: list[str]) -> tuple[set[str], set[str]]:
    assert event.part is not None
    name = event.part.event_id
    mine = {q.passage_id for q, mark in zip(queries, marks, strict=True) if mark == name}
    return mine, {q.passage_id for q in queries} - mine


def check(store: EventStore, event: Event, queries: list[Query], marks: list[str]) -> None:
    """The sums are those of the passages that are on the side."""
    assert event.part is not None
    mine, others = sides(event, queries, marks)
    for half, names in ((event.part, mine), (rest(store, event, event.part), others)):
        own = [q for q in queries if q.passage_id in names]
        assert half.passages == len(own)
        assert (half.first, half.last) == (min(q.time for q in own), max(q.time for q in own))
        np.testing.assert_allclose(half.total, np.sum([q.vector for q in own], 0), atol=1e-4)
        terms: dict[str, float] = {}
        for each in own:
            for term, weight in each.sparse.items():
                terms[term] = terms.get(term, 0.0) + weight
        assert dict(half.sparse.items()) == pytest.approx(terms)


def test_one_passage_has_no_sides_and_a_second_opens_one() -> None:
    store = EventStore(WIDTH)
    event, _ = event_of(store, [query(0, 1)])
    assert event.part is None
    assert join(store, event, query(0, 2)) == "g02"
    assert event.part is not None
    assert event.part.passages == 1


@given(st.permutations([(about, number) for about in (0, 1) for number in range(5)]))
@settings(max_examples=30, deadline=None)
def test_two_things_come_to_lie_on_two_sides_in_whatever_order(
    order: list[tuple[int, int]],
) -> None:
    store = EventStore(WIDTH)
    queries = [query(*each) for each in order]
    event, marks = event_of(store, queries)
    found = sides(event, queries, marks)
    assert sorted(sorted(names) for names in found) == [
        [f"g{about}{number}" for number in range(5)] for about in (0, 1)
    ]


@given(st.lists(st.integers(0, 3), min_size=2, max_size=25))
@settings(max_examples=30, deadline=None)
def test_the_sides_add_up_to_the_event(kinds: list[int]) -> None:
    store = EventStore(WIDTH)
    queries = [query(about, number) for number, about in enumerate(kinds)]
    event, marks = event_of(store, queries)
    check(store, event, queries, marks)


@given(
    st.lists(st.integers(0, 2), min_size=1, max_size=9),
    st.lists(st.integers(0, 2), min_size=1, max_size=9),
)
@settings(max_examples=30, deadline=None)
def test_what_is_merged_goes_to_one_side_as_a_whole(mine: list[int], theirs: list[int]) -> None:
    store = EventStore(WIDTH)
    own = [query(about, number) for number, about in enumerate(mine)]
    others = [query(about, 50 + number) for number, about in enumerate(theirs)]
    winner, marks = event_of(store, own, "one")
    loser, _ = event_of(store, others, "other")
    before = loser.total.copy()
    mark = absorb(store, winner, store.pop("other"))
    check(store, winner, own + others, marks + [mark] * len(others))
    np.testing.assert_array_equal(loser.total, before)


def test_a_copy_lies_on_the_side_of_what_it_is_like_and_changes_nothing() -> None:
    store = EventStore(WIDTH)
    queries = [query(about, number) for number in range(4) for about in (0, 1)]
    event, marks = event_of(store, queries)
    total = event.total.copy()
    found = {about: side(event, query(about, 99)) for about in (0, 1)}
    assert found == {about: marks[-2 + about] for about in (0, 1)}
    assert len(set(found.values())) == 2
    np.testing.assert_array_equal(event.total, total)
    assert side(event_of(store, [query(0, 7)], "new")[0], query(0, 8)) == ""
