from __future__ import annotations

import gzip
import json
from collections import defaultdict
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from transforms.identity import article_id, canonical_url, host_of

SHARED = Path(__file__).parents[3] / "shared" / "data"


@pytest.mark.parametrize(
    "url",
    [
        "https://example.com/a/b?id=1&p=2",
        "http://example.com/a/b?id=1&p=2",
        "HTTP://WWW.Example.COM:80/a/b/?p=2&id=1",
        "https://user:pw@example.com:443/a/b?id=1&p=2#comments",
        "https://example.com./a/b?utm_source=x&id=1&UTM_Medium=y&p=2&fbclid=z&gclid=&",
        " https://example.com/%61/b?p=2&&id=1\n",
        "https://example.com/a/b/?id=1&p=2&amp",
    ],
)
def test_spellings_of_one_address_agree(url: str) -> None:
    assert canonical_url(url) == "https://example.com/a/b?id=1&p=2"


@pytest.mark.parametrize(
    ("one", "two"),
    [
        ("http://a.com/?p=123", "http://a.com/?p=124"),
        ("http://a.com/news.aspx?id=1", "http://a.com/news.aspx?id=2"),
        ("http://a.com/x?ref=1", "http://a.com/x?ref=2"),
        ("http://a.com/x?module=news&id=3", "http://a.com/x?module=blog&id=3"),
        ("http://a.com/News", "http://a.com/news"),
        ("http://a.com/x", "http://b.a.com/x"),
        ("http://a.com/x", "http://a.com:8080/x"),
        ("http://a.com/a%2Fb", "http://a.com/a/b"),
        ("http://a.com/x?a=1%262", "http://a.com/x?a=1&2"),
        ("http://a.com/#!/story/1", "http://a.com/#!/story/2"),
        ("http://a.com/app#/story/1", "http://a.com/app#/story/2"),
        ("http://a.com/topics/amp", "http://a.com/topics"),
        ("http://a.com/x?page=1", "http://a.com/x?page=2"),
        ("http://www.com/x", "http://com/x"),
    ],
)
def test_addresses_of_different_articles_stay_different(one: str, two: str) -> None:
    assert canonical_url(one) != canonical_url(two)


def test_the_amp_page_of_a_slug_is_the_article() -> None:
    assert canonical_url("https://a.com/big-news-today/amp/") == "https://a.com/big-news-today"


def test_letters_beyond_ascii_agree_with_their_escapes() -> None:
    assert canonical_url("http://a.com/brücke") == canonical_url("http://a.com/br%c3%bccke")


@pytest.mark.parametrize(
    "url",
    ["", "example.com/a", "/a/b", "ftp://a.com/x", "javascript:alert(1)", "http://", "http:///x",
     "http://a.com:99999/x", "http://[::1/x", "mailto:a@b.c", "http://a.com/" + "x" * 5_000],
)  # fmt: skip
def test_what_is_no_web_address_has_no_form(url: str) -> None:
    assert canonical_url(url) is None
    assert host_of(url) is None


@given(st.text(max_size=60) | st.text(max_size=60).map(lambda rest: f"http://a.com/{rest}"))
def test_the_form_of_a_form_is_itself(url: str) -> None:
    canonical = canonical_url(url)
    if canonical is not None:
        assert canonical_url(canonical) == canonical


def test_the_host_is_told_without_www() -> None:
    assert host_of("https://WWW.Example.com:8080/x") == "example.com"


def test_the_address_comes_first_then_the_id_then_the_content() -> None:
    url = "https://a.com/x"
    assert article_id(url, "s", "1", "t") == article_id(url, "z", "2", "u")
    assert article_id(None, "s", "1", "t") == article_id(None, "s", "1", "u")
    assert article_id(None, "s", "1", "t") != article_id(None, "z", "1", "t")
    assert article_id(None, "s", None, "t  u\n") == article_id(None, "z", None, "t u")


def test_a_front_page_names_no_article() -> None:
    front = canonical_url("http://www.a.com/?utm_source=x")
    assert article_id(front, None, None, "one") != article_id(front, None, None, "two")
    assert article_id(front, None, "1", "one") == article_id(front, None, "1", "two")


def test_no_two_addresses_of_real_articles_fall_together() -> None:
    files = sorted(SHARED.glob("labelled/*.gz")) + sorted(SHARED.glob("stream/*.gz"))
    if not files:
        pytest.skip("the shared evaluation data is not there")
    spellings: dict[str | None, set[str]] = defaultdict(set)
    for file in files:
        with gzip.open(file) as lines:
            for url in filter(None, (json.loads(line).get("url") for line in lines)):
                spellings[canonical_url(url)].add(url)
    assert None not in spellings
    assert {form: urls for form, urls in spellings.items() if len(urls) > 1} == {}
