"""What queries that share their candidates promise."""

from __future__ import annotations

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.transforms.clustering.test_ranking import WEIGHTS, query, store_of
from transforms.clustering.panel import panels
from transforms.clustering.ranking import Judge

SLOTS = st.lists(st.integers(0, 9), unique=True, max_size=10)


@settings(deadline=None)
@given(SLOTS, SLOTS, st.sets(st.integers(0, 9)))
def test_brought_up_to_date_it_is_as_if_made_anew(
    before: list[int], after: list[int], changed: set[int]
) -> None:
    store, judge = store_of(10), Judge.of(WEIGHTS)
    queries = [query(seed) for seed in (50, 51)]
    [panel] = panels([queries], judge, store, [before])
    for slot in sorted(changed):
        store.join(store.events[slot], query(60 + slot))
    panel.update(judge, store, after, changed)
    [new] = panels([queries], judge, store, [after])
    order = [panel.slots.index(slot) for slot in after]
    assert sorted(panel.slots) == sorted(after)
    assert np.array_equal(panel.rows[:, order], new.rows)
    assert np.array_equal(panel.scores[:, order], new.scores)


def test_panels_made_together_are_those_made_alone() -> None:
    store, judge = store_of(10), Judge.of(WEIGHTS)
    groups = [[query(50)], [query(51), query(52)], [query(53)]]
    slots = [[1, 2], [3, 4, 5], []]
    for panel, group, some in zip(panels(groups, judge, store, slots), groups, slots, strict=True):
        [alone] = panels([group], judge, store, [some])
        assert np.array_equal(panel.scores, alone.scores)
        assert panel.ranked(store).scores == judge.rank(group[0], store, some).scores
        assert panel.best() == judge.rank(group[0], store, some).score


def test_a_score_is_found_by_its_slot() -> None:
    store, judge = store_of(10), Judge.of(WEIGHTS)
    [panel] = panels([[query(50), query(51)]], judge, store, [[7, 2]])
    expected = judge.rank(query(51), store, [2, 7])
    assert panel.score(1, 2) == expected.score_of(store.events[2])
    assert panel.score(1, None) == -np.inf
    [empty] = panels([[query(50)]], judge, store, [[]])
    assert empty.best() == -np.inf
