"""What the index promises: exact, whatever was changed before."""

from __future__ import annotations

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from transforms.clustering.index import CentroidIndex

WIDTH = 8


def rows(count: int, seed: int) -> np.ndarray:
    values = np.random.default_rng(seed).standard_normal((count, WIDTH)).astype(np.float32)
    return values / np.linalg.norm(values, axis=1, keepdims=True)


@settings(max_examples=25, deadline=None)
@given(
    st.lists(st.tuples(st.sampled_from(["add", "put", "remove"]), st.integers(0, 99)), max_size=40)
)
def test_it_finds_what_a_full_comparison_finds(changes: list[tuple[str, int]]) -> None:
    index, model = CentroidIndex(WIDTH), list(rows(3, 0))
    index.rebuild(np.stack(model))
    for kind, number in changes:
        row = rows(1, number)[0]
        if kind == "add":
            assert index.append(row) == len(model)
            model.append(row)
        elif kind == "put":
            index.overwrite(number % len(model), row)
            model[number % len(model)] = row
        elif len(model) > 1:
            place, last = number % len(model), model.pop()
            index.remove(place)
            if place < len(model):
                model[place] = last
    query = rows(1, 7)
    best = np.stack(model) @ query[0]
    found = index.search(query, 2)[0]
    assert len(index) == len(model)
    assert np.allclose(best[found], np.sort(best)[::-1][:2])


def test_no_more_is_returned_than_there_is() -> None:
    index = CentroidIndex(WIDTH)
    index.rebuild(rows(2, 1))
    assert index.search(rows(1, 2), 20).shape == (1, 2)


def test_an_emptied_index_is_empty() -> None:
    index = CentroidIndex(WIDTH)
    index.rebuild(rows(2, 1))
    index.rebuild(np.zeros((0, WIDTH), np.float32))
    assert len(index) == 0
