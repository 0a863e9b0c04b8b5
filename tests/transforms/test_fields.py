from __future__ import annotations

import pytest
from pydantic import ValidationError

from schemas.settings import FIELDS, InputSettings
from transforms.fields import SYNONYMS, fold, is_column, scalar, values


def test_every_field_has_synonyms_and_no_name_means_two() -> None:
    assert set(SYNONYMS) == set(FIELDS)
    names = [name for synonyms in SYNONYMS.values() for name in synonyms]
    assert len(names) == len(set(names))
    assert [fold(name) for name in names] == names


@pytest.mark.parametrize(
    ("field", "name"),
    [
        *(("url", name) for name in ("url", "link", "canonical_url", "permalink")),
        *(("title", name) for name in ("title", "headline", "Headline")),
        *(("text", name) for name in ("text", "body", "content", "article", "full_text", "maintext",
                                      "story_text", "articleBody")),
        *(("published", name) for name in ("published", "date", "publish_date", "published_at",
                                           "date_publish", "pub_date", "pubDate", "datePublished",
                                           "created_at")),
        *(("updated", name) for name in ("updated", "modified", "dateModified", "last_modified")),
        *(("fetched", name) for name in ("fetched", "fetched_at", "crawled_at", "date_download")),
        *(("source", name) for name in ("source", "publisher", "outlet", "site", "source_name",
                                        "domain")),
        *(("language", name) for name in ("language", "lang")),
    ],
)  # fmt: skip
def test_the_usual_names_are_found(field: str, name: str) -> None:
    assert list(values({name: "x"}, field, {})) == ["x"]
    assert is_column(name, {})


@pytest.mark.parametrize("name", ["story", "topic", "event", "subset", "story_title", "label", ""])
def test_other_names_are_not(name: str) -> None:
    assert not any(list(values({name: "x"}, field, {})) for field in FIELDS)
    assert not is_column(name, {})


def test_the_likeliest_comes_first_and_empty_values_not_at_all() -> None:
    record = {"created": "c", "date": " ", "published": "p", "pubDate": None}
    assert list(values(record, "published", {})) == ["p", "c"]


def test_of_two_spellings_the_plain_one_counts_unless_it_is_empty() -> None:
    assert list(values({"Title": "a", "title": "b", "TITLE": "c"}, "title", {})) == ["b"]
    assert list(values({"Title": "a", "title": ""}, "title", {})) == ["a"]


def test_a_mapping_is_a_name_or_a_path() -> None:
    record = {"a.b": 1, "c": {"d": {"e": 2}}, "title": "t"}
    assert list(values(record, "title", {"title": "a.b"})) == [1]
    assert list(values(record, "title", {"title": "c.d.e"})) == [2]
    assert list(values(record, "title", {"title": "c.x.e"})) == []
    assert is_column("c", {"title": "c.d.e"})
    assert not is_column("title", {"title": "c.d.e"})


def test_a_mapping_of_a_field_that_storybeam_has_not_is_refused() -> None:
    with pytest.raises(ValidationError, match="no such field: date"):
        InputSettings(fields={"date": "when"})


@pytest.mark.parametrize(
    ("value", "expected"),
    [("x", "x"), (3, "3"), (3.0, "3"), (2.5, "2.5"), (True, None), ([], None), (10**400, None),
     ({"Name": "n", "title": "t"}, "n"), ({"id": 4}, "4"), ({"name": {"x": 1}}, None)],
)  # fmt: skip
def test_names_are_made_of_texts_numbers_and_named_objects(
    value: object, expected: str | None
) -> None:
    assert scalar(value) == expected
