"""What the index promises: exact, whatever was changed before."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from transforms.clustering import index as index_module
from transforms.clustering.index import CentroidIndex, Rows

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
    for row in model:
        index.append(row)
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
    cosines, found = index.search(query, 2)
    assert len(index) == len(model)
    assert np.allclose(best[found[0]], np.sort(best)[::-1][:2])
    assert np.allclose(cosines[0], best[found[0]])


def test_no_more_is_returned_than_there_is() -> None:
    index = CentroidIndex(WIDTH)
    for row in rows(2, 1):
        index.append(row)
    cosines, found = index.search(rows(3, 2), 20)
    assert cosines.shape == found.shape == (3, 2)


def test_nothing_is_found_where_there_is_nothing() -> None:
    cosines, found = CentroidIndex(WIDTH).search(rows(3, 2), 20)
    assert cosines.shape == found.shape == (3, 0)


def test_many_queries_find_what_each_finds_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(index_module, "QUERIES", 3)
    index = CentroidIndex(WIDTH)
    for row in rows(30, 1):
        index.append(row)
    together = index.search(rows(10, 2), 5)[1]
    assert together.tolist() == [index.search(row[None], 5)[1][0].tolist() for row in rows(10, 2)]


def test_rows_may_be_records() -> None:
    kept = Rows((), np.dtype([("first", np.int64), ("dated", np.bool_)]))
    for number in range(40):
        kept.append((number, number % 2 == 0))
    kept.remove(3)
    assert len(kept) == 39
    assert kept.all[3] == np.array((39, False), kept.all.dtype)


def test_only_those_asked_for_are_found() -> None:
    index, model = CentroidIndex(WIDTH), rows(9, 1)
    for row in model:
        index.append(row)
    cosines, numbers = index.search(model[:2], 3, among=[8, 0, 5, 1])
    expected = np.sort((model[:2] @ model[[8, 0, 5, 1]].T), axis=1)[:, ::-1][:, :3]
    assert np.allclose(cosines, expected, atol=1e-6)
    assert numbers[:, 0].tolist() == [0, 1]
    assert set(numbers.ravel().tolist()) <= {8, 0, 5, 1}
    assert index.search(model[:2], 3, among=[])[1].shape == (2, 0)
    assert index.search(model[:0], 3)[1].shape == (0, 3)
