"""What is remembered of articles finds their versions and copies, and is forgotten in time."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from schemas.records import EmbeddedArticle
from schemas.settings import DuplicateSettings
from tests.news import article, at, report, sentence
from transforms.clustering.registry import KNOWN_DAYS, Record, Registry

TEXT = report("tea", 1, 10)
SETTINGS = DuplicateSettings(similarity=0.8, memory_days=10)


@pytest.fixture
def registry() -> Registry:
    return Registry(SETTINGS)


def _add(registry: Registry, one: EmbeddedArticle, day: float = 0.0) -> Record:
    record = Record.of(one, at(day))
    registry.add(record)
    return record


def test_the_original_is_the_most_alike_then_the_oldest(registry: Registry) -> None:
    near = (*TEXT[:-1], sentence("xua", 1))
    for name, text, day in (("old-near", near, 0), ("young", TEXT, 3), ("old", TEXT, 2)):
        _add(registry, article(name, text, day))
    found = registry.original(article("copy", TEXT, 4))
    assert found is registry.records[article("old", TEXT, 2).article.article_id]


def test_an_article_is_no_copy_of_itself_nor_of_a_copy(registry: Registry) -> None:
    one = article("n1", TEXT, 0)
    record = _add(registry, one)
    assert registry.original(one) is None
    record.duplicate_of = "a0"
    registry.add(record)
    assert registry.original(article("n2", TEXT, 1)) is None


def test_what_differs_by_more_than_the_setting_is_no_copy(registry: Registry) -> None:
    _add(registry, article("n1", TEXT, 0))
    assert registry.original(article("n2", (*TEXT[:6], *report("xua", 1, 4)), 1)) is None


def test_a_newer_version_is_found_by_its_new_text_only(registry: Registry) -> None:
    record = _add(registry, article("n1", TEXT, 0))
    registry.add(record.next_version(article("n1", report("xua", 2, 10), 0, updated=1), at(1)))
    assert registry.original(article("n2", TEXT, 2)) is None
    assert registry.original(article("n3", report("xua", 2, 10), 2)) is not None


def test_copies_are_forgotten_first_and_the_article_itself_much_later(registry: Registry) -> None:
    one = article("n1", TEXT, 0)
    record = _add(registry, one)
    registry.forget(at(9))
    assert registry.original(article("n2", TEXT, 9)) is record
    registry.forget(at(12))
    assert registry.original(article("n2", TEXT, 12)) is None
    assert registry.records[one.article.article_id] is record
    assert not record.is_older_than(one.article)
    registry.forget(at(KNOWN_DAYS + 2))
    assert registry.records == {}


def test_restoring_finds_the_same_copies(registry: Registry) -> None:
    _add(registry, article("n1", TEXT, 0))
    again = Registry(SETTINGS)
    again.restore(list(registry.records.values()))
    copy = article("n2", TEXT, 1)
    assert again.original(copy) == registry.original(copy) is not None


@given(st.permutations(range(4)))
def test_the_same_version_wins_in_whatever_order_they_come(order: list[int]) -> None:
    versions = [
        article("n1", TEXT[:2], 0, fetched=1),
        article("n1", TEXT[:3], 0, fetched=1, updated=2),
        article("n1", TEXT[:4], 0, fetched=1, updated=2),
        article("n1", TEXT[:5], 0, fetched=2),
    ]
    record = Record.of(versions[order[0]], at(3))
    for place in order[1:]:
        if record.is_older_than(versions[place].article):
            record = record.next_version(versions[place], at(3))
    best = max(versions, key=lambda one: Record.version_of(one.article))
    assert record.digest == best.article.digest
    assert best in versions[1:3]
