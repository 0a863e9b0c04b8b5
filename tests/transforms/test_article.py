from __future__ import annotations

import pytest

from schemas.records import Article, RawDocument
from schemas.settings import InputSettings
from transforms.article import TITLE_CHARACTERS, article

NOW = 1_700_000_000_000_000
FETCHED = 1_600_000_000_000_000
DAY = 86_400_000_000
MAY_3 = 1_525_305_600_000_000
TEXT = "The bridge was closed on Monday."


def make(record: dict[str, object], **settings: object) -> Article:
    document = RawDocument("in.jsonl", "line 1", "json", FETCHED, b"")
    chosen = InputSettings.model_validate(settings)
    return article(document, {"text": TEXT, **record}, chosen, NOW)


@pytest.mark.parametrize("name", ["id", "_id", "ID", "guid", "article_id", "articleId", "doc_id"])
@pytest.mark.parametrize(("given", "expected"), [("x1", "x1"), (12, "12"), (12.0, "12"), (0, "0")])
def test_ids_are_texts_or_numbers(name: str, given: object, expected: str) -> None:
    assert make({name: given}).source_id == expected


@pytest.mark.parametrize("given", [None, "", True, [], {}, float("nan"), {"a": 1}])
def test_what_cannot_name_anything_is_no_id(given: object) -> None:
    assert make({"id": given}).source_id is None


def test_exports_of_databases_wrap_ids_and_dates() -> None:
    found = make({"_id": {"$oid": "5f"}, "date": {"$date": {"$numberLong": "1525305600000"}}})
    assert (found.source_id, found.published_at) == ("5f", MAY_3)


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ({"source": "The Post"}, "The Post"),
        ({"publisher": "The Post"}, "The Post"),
        ({"source": {"id": None, "name": "The Post"}}, "The Post"),
        ({"source": {"id": "post"}}, "post"),
        ({"source_name": "", "site": "post.com"}, "post.com"),
        ({"domain": "https://www.Post.com/x"}, "post.com"),
        ({"url": "http://www.Post.com/x"}, "post.com"),
        ({"source": "The Post", "url": "http://www.post.com/x"}, "The Post"),
        ({}, None),
    ],
)
def test_the_outlet_is_given_or_else_the_host(given: dict[str, object], expected: str) -> None:
    assert make(given).source == expected


def test_an_id_that_is_an_address_serves_as_the_address() -> None:
    assert make({"guid": "https://a.com/x"}).url == "https://a.com/x"
    assert make({"guid": "https://a.com/x", "link": "https://a.com/y"}).url == "https://a.com/y"


def test_an_address_is_kept_as_given() -> None:
    url = "HTTP://A.com/x?a=1&copy=2&amp;b=3#top"
    assert make({"url": url}).url == url


@pytest.mark.parametrize("given", [12, ["http://a.com/x"], "http://a.com/" + "x" * 9_000])
def test_an_address_that_cannot_be_one_is_left_out(given: object) -> None:
    assert make({"url": given}).url is None


@pytest.mark.parametrize(
    ("given", "expected"),
    [("EN", "en"), ("pt_BR", "pt-br"), ("tlh", "tlh"), ("Klingon", "klingon"), (None, None)],
)
def test_languages_are_kept_known_or_not(given: object, expected: str) -> None:
    assert make({"lang": given}).language == expected


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ({"date": "2018-05-03"}, (MAY_3, "given")),
        ({"pubDate": "Thu, 03 May 2018 00:00:00 GMT"}, (MAY_3, "given")),
        ({"publish_date": "2018-05-03", "created_at": "2001-01-01"}, (MAY_3, "given")),
        ({"published": "soon", "date": "2018-05-03"}, (MAY_3, "given")),
        ({}, (None, "missing")),
        ({"date": ""}, (None, "missing")),
        ({"date": "soon"}, (None, "unreadable")),
        ({"date": ["2018-05-03"]}, (None, "unreadable")),
        ({"date": "1970-01-01T00:00:00Z"}, (None, "implausible")),
        ({"date": 0}, (None, "implausible")),
        ({"date": "2093-01-01"}, (None, "future")),
        ({"date": NOW + DAY}, (NOW + DAY, "given")),
        ({"date": NOW + DAY + 1}, (None, "future")),
    ],
)
def test_a_date_is_trusted_only_where_it_can_be_right(
    given: dict[str, object], expected: tuple[int | None, str]
) -> None:
    found = make(given)
    assert (found.published_at, found.date_status) == expected
    assert found.time == (expected[0] or FETCHED)


def test_the_time_of_fetching_is_the_file_s_unless_given() -> None:
    assert make({}).fetched_at == FETCHED
    assert make({"date_download": "2018-05-03"}).fetched_at == MAY_3
    assert make({"fetched": "2093-01-01"}).fetched_at == FETCHED


def test_the_time_of_the_update_is_read() -> None:
    assert make({"dateModified": "2018-05-03"}).updated_at == MAY_3
    assert make({"updated": "1970-01-01"}).updated_at is None


def test_other_keys_mean_nothing() -> None:
    extra = {"story": "s", "topic": "t", "event": "e", "subset": "u", "story_title": "v", "x": [1]}
    assert make(extra) == make({})


def test_a_mapping_names_the_only_field_that_counts() -> None:
    record = {"meta": {"head": "The title"}, "title": "Not this"}
    assert make(record, fields={"title": "meta.head"}).title == "The title"
    assert make(record, fields={"title": "meta.none"}).title is None


def test_the_first_field_that_holds_a_text_is_the_text() -> None:
    assert make({"text": "", "content": "From the content."}).text == "From the content."


def test_titles_are_one_line_and_bounded() -> None:
    assert make({"headline": " One\n two\tthree "}).title == "One two three"
    assert make({"title": 1984}).title == "1984"
    assert make({"title": ["x"] * 3}).title == "x"
    assert len(make({"title": "x" * 9_999}).title or "") == TITLE_CHARACTERS


def test_two_versions_share_the_id_and_differ_in_the_digest() -> None:
    one = make({"id": "7", "source": "Post"})
    two = make({"id": "7", "source": "Post", "text": TEXT + " It opened again."})
    assert one.article_id == two.article_id
    assert one.digest != two.digest


def test_the_same_id_of_another_outlet_is_another_article() -> None:
    assert (
        make({"id": "7", "source": "A"}).article_id != make({"id": "7", "source": "B"}).article_id
    )


def test_the_same_record_read_elsewhere_is_the_same_article_and_version() -> None:
    one = make({"url": "http://www.a.com/x?utm_source=z", "date": "2018-05-03"})
    two = make({"url": "https://a.com/x/"})
    assert (one.article_id, one.digest) == (two.article_id, two.digest)


def test_without_address_and_id_the_text_is_the_identity() -> None:
    assert make({}).article_id == make({"paragraphs": [TEXT]}).article_id
    assert make({}).article_id != make({"text": TEXT + " More."}).article_id
    titles = [make({"text": "", "title": title}).article_id for title in ("Bridge", "Tunnel")]
    assert titles[0] != titles[1]
