"""What splitting promises beside what the engine's tests show of it."""

from __future__ import annotations

import numpy as np
import pytest

from schemas.settings import EventSettings
from tests.transforms.clustering.test_parts import WIDTH, event_of, query, sides
from transforms.clustering.events import Event, EventStore, Query
from transforms.clustering.merging import merge
from transforms.clustering.ranking import Judge
from transforms.clustering.score import Weights
from transforms.clustering.splitting import Split, split

SETTINGS = EventSettings(threshold=0.0, split_margin=0.1, split_passages=2, merge_margin=0.1)
BY_LINK = Judge.of(Weights(-0.5, np.array([1.0, 0.0, 0.0, 0.0])))
"""Splits what has an average link below .4."""


def _mixed(ones: int, others: int, store: EventStore) -> tuple[Event, list[Query], list[str]]:
    queries = [query(0, number) for number in range(ones)]
    queries += [query(1, 50 + number) for number in range(others)]
    event, marks = event_of(store, queries)
    return event, queries, marks


def _split(
    store: EventStore, settings: EventSettings = SETTINGS, since: int = -1, *names: str
) -> list[Split]:
    return split(store, names or ["e"], BY_LINK, settings, since, 99)


def _left(found: Split, queries: list[Query], marks: list[str]) -> set[str]:
    pairs = zip(queries, marks, strict=True)
    return {query.passage_id for query, mark in pairs if found.takes(mark)}


@pytest.mark.parametrize(("ones", "others", "leaves"), [(5, 3, 1), (3, 5, 0), (4, 4, 1)])
def test_the_larger_side_keeps_the_id_and_of_equal_ones_the_older(
    ones: int, others: int, leaves: int
) -> None:
    store = EventStore(WIDTH)
    event, queries, marks = _mixed(ones, others, store)
    opened, total = event.opened, event.total.copy()
    [found] = _split(store)
    left = {q.passage_id for q in queries if q.passage_id.startswith(f"g{leaves}")}
    assert _left(found, queries, marks) == left
    stays, born = store.get("e"), store.get(found.born.event_id)
    assert stays is not None
    assert born is not None
    assert (stays.passages, born.passages) == (len(queries) - len(left), len(left))
    assert (stays.opened, stays.part, born.part) == (opened, None, None)
    np.testing.assert_allclose(stays.total + born.total, total, atol=1e-4)
    assert found.reason.startswith(f"{len(left)} of {len(queries)} passages would not join")


def test_what_fits_together_does_not_part_nor_what_is_too_small_or_unknown() -> None:
    store = EventStore(WIDTH)
    event_of(store, [query(0, number) for number in range(8)], "whole")
    event_of(store, [query(0, 1), query(0, 2), query(1, 3)], "stray")
    event_of(store, [query(0, 1)], "single")
    assert _split(store, SETTINGS, -1, "whole", "stray", "single", "gone") == []
    assert len(store) == 3


def test_a_side_stays_that_began_before_what_is_remembered() -> None:
    store = EventStore(WIDTH)
    _mixed(5, 3, store)
    assert _split(store, SETTINGS, 51) == []
    assert len(_split(store, SETTINGS, 50)) == 1


def test_a_wider_margin_keeps_together_what_a_narrow_one_parts() -> None:
    store = EventStore(WIDTH)
    _mixed(5, 3, store)
    wide = SETTINGS.model_copy(update={"split_margin": 0.9})
    assert _split(store, wide) == []
    assert len(_split(store)) == 1


def test_what_was_split_is_not_merged_at_once_nor_split_again() -> None:
    store = EventStore(WIDTH)
    _mixed(5, 3, store)
    [found] = _split(store)
    names = ["e", found.born.event_id]
    assert merge(store, names, BY_LINK, SETTINGS) == []
    assert _split(store, SETTINGS, -1, *names) == []


def test_what_was_merged_in_error_can_part_again_along_the_same_line() -> None:
    store = EventStore(WIDTH)
    one, marks = event_of(store, [query(0, number) for number in range(4)], "e")
    event_of(store, [query(1, number) for number in range(3)], "other")
    everything = Judge.of(Weights(1.0, np.array([0.0, 0.0, 0.0, 0.0])))
    [merged] = merge(store, ["other"], everything, SETTINGS)
    assert merged.winner is one
    [found] = _split(store)
    assert found.takes(merged.part)
    assert not any(map(found.takes, marks))
    assert found.born.passages == 3
    assert found.born.event_id not in {"e", "other"}


def test_headlines_outlets_and_counts_go_with_their_side() -> None:
    store = EventStore(WIDTH)
    event, queries, marks = _mixed(5, 3, store)
    assert event.part is not None
    assert sides(event, queries, marks)[0] == {"g150", "g151", "g152"}
    event.articles, event.copies = 8, 3
    event.headlines, event.sources = {"One": 0.5, "Other": 0.4}, {"Wire": 5, "Herald": 4}
    event.part.articles, event.part.copies = 3, 1
    event.part.headlines, event.part.sources = {"Other": 0.4}, {"Herald": 3, "Wire": 1}
    [found] = _split(store)
    stays = store.get("e")
    assert stays is not None
    assert (stays.articles, stays.copies, found.born.articles, found.born.copies) == (5, 2, 3, 1)
    assert (stays.headlines, found.born.headlines) == ({"One": 0.5}, {"Other": 0.4})
    assert stays.sources == {"Wire": 4, "Herald": 1}
