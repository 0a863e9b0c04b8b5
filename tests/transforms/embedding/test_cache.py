"""The cache saves time and changes nothing else."""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pytest

from tests.news import HashedEmbedder, sentence
from transforms.embedding.base import Vectors
from transforms.embedding.cache import CachedEmbedder

TEXTS = [sentence("tea", number) for number in range(700)]


class CountingEmbedder(HashedEmbedder):
    def __init__(self, digest: str = "11" * 32) -> None:
        self.digest = digest
        self.computed: list[str] = []

    def embed(self, texts: Sequence[str]) -> Vectors:
        self.computed += texts
        return super().embed(texts)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "vectors.sqlite"


def test_cached_vectors_are_the_computed_ones_bit_by_bit(path: Path) -> None:
    computed = HashedEmbedder().embed(TEXTS)
    first = CachedEmbedder(CountingEmbedder(), path).embed(TEXTS)
    counting = CountingEmbedder()
    again = CachedEmbedder(counting, path)
    assert np.array_equal(first, computed)
    assert np.array_equal(again.embed(TEXTS[::-1]), computed[::-1])
    assert (counting.computed, again.hits) == ([], len(TEXTS))


def test_only_what_is_not_stored_is_computed_and_that_once(path: Path) -> None:
    CachedEmbedder(CountingEmbedder(), path).embed(TEXTS[:3])
    counting = CountingEmbedder()
    CachedEmbedder(counting, path).embed([*TEXTS[:5], *TEXTS[:5]])
    assert counting.computed == TEXTS[3:5]


def test_two_models_in_one_file_do_not_mix(path: Path) -> None:
    CachedEmbedder(CountingEmbedder(), path).embed(TEXTS[:3])
    other = CountingEmbedder("22" * 32)
    CachedEmbedder(other, path).embed(TEXTS[:3])
    assert other.computed == TEXTS[:3]


def test_a_value_of_the_wrong_length_is_computed_anew(path: Path) -> None:
    CachedEmbedder(CountingEmbedder(), path).embed(TEXTS[:3])
    with sqlite3.connect(path) as database:
        database.execute("UPDATE vectors SET vector = x'00'")
    counting = CountingEmbedder()
    found = CachedEmbedder(counting, path).embed(TEXTS[:3])
    assert counting.computed == TEXTS[:3]
    assert np.array_equal(found, HashedEmbedder().embed(TEXTS[:3]))


def test_several_may_write_one_file_at_once(path: Path) -> None:
    parts = [TEXTS[start : start + 200] for start in range(0, 600, 100)]

    def work(texts: list[str]) -> Vectors:
        cached = CachedEmbedder(HashedEmbedder(), path)
        return np.concatenate([cached.embed(texts[at : at + 20]) for at in range(0, 200, 20)])

    with ThreadPoolExecutor(6) as pool:
        found = list(pool.map(work, parts))
    for texts, vectors in zip(parts, found, strict=True):
        assert np.array_equal(vectors, HashedEmbedder().embed(texts))


def test_no_texts_give_no_vectors(path: Path) -> None:
    assert CachedEmbedder(HashedEmbedder(), path).embed([]).shape == (0, HashedEmbedder.dimension)
