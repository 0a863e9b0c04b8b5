from __future__ import annotations

import json

import apache_beam as beam
import pytest
from apache_beam.runners.portability.fn_api_runner import FnApiRunner
from apache_beam.testing.util import assert_that, equal_to
from hypothesis import example, given, settings
from hypothesis import strategies as st

from schemas.reasons import REASONS
from schemas.records import Article, RawDocument, Rejection
from schemas.settings import InputSettings
from transforms import parse as module
from transforms.fields import SYNONYMS
from transforms.parse import parse, parse_documents

NOW = 1_700_000_000_000_000
FETCHED = 1_600_000_000_000_000
SETTINGS = InputSettings()
TEXT = "The bridge was closed on Monday after a lorry hit a pillar."
CODER = beam.coders.RowCoder.from_type_hint(Article, None)
REFUSED = beam.coders.RowCoder.from_type_hint(Rejection, None)


def raw(body: bytes, kind: str = "json") -> RawDocument:
    return RawDocument("in.jsonl", "line 12", kind, FETCHED, body)


def read(body: bytes, kind: str = "json") -> Article:
    article = parse(raw(body, kind), SETTINGS, NOW)
    assert isinstance(article, Article), article
    return article


def refused(body: bytes, kind: str = "json") -> Rejection:
    rejection = parse(raw(body, kind), SETTINGS, NOW)
    assert isinstance(rejection, Rejection), rejection
    return rejection


def test_a_record_in_utf8_is_an_article() -> None:
    article = read(json.dumps({"title": "Brücke — gesperrt", "text": TEXT}).encode())
    assert (article.title, article.text) == ("Brücke — gesperrt", TEXT)
    assert (article.origin, article.place) == ("in.jsonl", "line 12")


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16", "utf-32", "cp1252", "utf-8"])
@pytest.mark.parametrize("kind", ["json", "text"])
def test_other_encodings_and_byte_order_marks_are_understood(encoding: str, kind: str) -> None:
    title, text = "Fermé", "Le café était fermé lundi après l’été, “bien sûr”."
    body = json.dumps({"title": title, "text": text}, ensure_ascii=False)
    article = read((body if kind == "json" else f"{title}\n\n{text}").encode(encoding), kind)
    assert (article.title, article.text) == (title, text)


def test_one_broken_character_does_not_make_utf8_something_else() -> None:
    body = '{"text": "Zoë’s café is “closed”, naïvely."}'.encode().replace(b"closed", b"clo\xffsed")
    assert read(body).text == "Zoë’s café is “clo\ufffdsed”, naïvely."


@pytest.mark.parametrize("kind", ["json", "text"])
def test_bytes_that_are_no_text_are_refused(kind: str) -> None:
    picture = b"\x89PNG\r\n\x1a\n" + bytes(range(256)) * 8
    rejection = refused(picture, kind)
    assert rejection.reason == "not_text"
    assert rejection.sample == picture[:400]


def test_nul_bytes_control_characters_and_entities_are_gone() -> None:
    body = (
        b'{"title": "A &amp; B\\u0007", "text": "One\\u0000 two\x00 three \x01 &ldquo;four&#8221;"}'
    )
    article = read(body)
    assert (article.title, article.text) == ("A & B", "One two three “four”")


def test_lone_surrogates_are_replaced_so_that_the_text_can_be_stored() -> None:
    body = (
        b'{"title": "x \\ud800 y", "id": "\\udfff", "source": "\\ud8ff", '
        b'"url": "http://a.com/\\ud800", "text": "one \\ud83d\\ude00 two \\udc00"}'
    )
    article = read(body)
    assert article.title == "x \ufffd y"
    assert article.text == "one \U0001f600 two \ufffd"
    assert CODER.decode(CODER.encode(article)) == article


@pytest.mark.parametrize("body", [b'{"text": ', b"{'text': 'x'}", b"text", b'{"a": 1} {"b": 2}'])
def test_broken_json_is_refused_with_its_bytes(body: bytes) -> None:
    rejection = refused(body)
    assert (rejection.step, rejection.reason) == ("parse", "bad_json")
    assert (rejection.origin, rejection.place, rejection.sample) == ("in.jsonl", "line 12", body)
    assert rejection.fetched_at == FETCHED


@pytest.mark.parametrize("body", [b"[1, 2]", b'"text"', b"12", b"null", b"true"])
def test_json_that_is_no_object_is_refused(body: bytes) -> None:
    assert refused(body).reason == "not_an_object"


@pytest.mark.parametrize("nest", [b"[", b'{"a":'])
def test_deep_nesting_is_refused_and_does_not_crash(nest: bytes) -> None:
    assert refused(b'{"text": ' + nest * 200_000).reason == "bad_json"


def test_a_number_of_ten_thousand_digits_does_not_crash() -> None:
    assert refused(b'{"title": "x", "id": ' + b"9" * 10_000 + b"}").reason == "bad_json"


def test_raw_line_feeds_inside_a_string_are_forgiven() -> None:
    assert read(b'{"text": "one two\n\nthree four"}').text == "one two\n\nthree four"


def test_of_duplicate_keys_the_last_counts() -> None:
    assert read(b'{"title": "a", "title": "b"}').title == "b"


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        (b"{}", "no_text"),
        (b'{"text": "", "title": null}', "no_text"),
        (b'{"text": " \\n\\t\\u200b", "title": " "}', "no_text"),
        (b'{"text": "&nbsp;"}', "no_text"),
        (b'{"text": null, "id": "4"}', "no_text"),
        (b'{"paragraphs": ["", null, " "]}', "no_text"),
        (b'{"text": "Word"}', "too_short"),
        (b'{"text": "Two words"}', "too_short"),
        (b'{"paragraphs": ["Word"]}', "too_short"),
        (b'{"text": {"html": "x"}, "title": "t"}', "bad_field"),
        (b'{"text": 12, "title": "t"}', "bad_field"),
        (b'{"paragraphs": ["a b c", [1]]}', "bad_field"),
    ],
)
def test_a_record_without_enough_text_is_refused(body: bytes, reason: str) -> None:
    assert refused(body).reason == reason


def test_a_title_alone_is_an_article() -> None:
    article = read(b'{"title": "Bridge closed", "text": ""}')
    assert (article.title, article.text, article.blocks) == ("Bridge closed", "", [])


def test_one_word_under_a_title_is_an_article() -> None:
    assert read(b'{"title": "Bridge closed", "text": "Updating"}').text == "Updating"


def test_paragraphs_are_kept_as_the_input_gave_them() -> None:
    article = read(b'{"paragraphs": ["One two\\nthree.", "", {"text": "Four &amp; five."}]}')
    assert (article.text, article.blocks) == ("", ["One two\nthree.", "Four & five."])


def test_a_record_over_the_limit_is_refused() -> None:
    small = InputSettings(max_record_bytes=100)
    rejection = parse(raw(b'{"text": "' + b"x" * 100 + b'"}'), small, NOW)
    assert isinstance(rejection, Rejection)
    assert rejection.reason == "too_large"


def test_plain_text_has_its_title_in_the_first_line() -> None:
    body = "\n\n A “title” — here\r\n\r\nFirst one.\r\n\r\nSecond one.\n\nLeave a Reply"
    article = read(body.encode(), "text")
    assert article.title == "A “title” — here"
    assert article.text.split("\n\n") == ["First one.", "Second one.", "Leave a Reply"]
    assert (article.published_at, article.date_status) == (None, "missing")


def test_a_long_first_line_is_a_paragraph_and_no_title() -> None:
    long = "word " * 200
    article = read(f"{long}\n\nSecond one.".encode(), "text")
    assert article.title is None
    assert article.text.startswith("word word")
    assert article.text.endswith("Second one.")


def test_a_mapping_for_records_leaves_plain_text_alone() -> None:
    mapped = InputSettings(fields={"title": "headline", "text": "html"})
    article = parse(raw(b"Title here\n\nText here", "text"), mapped, NOW)
    assert isinstance(article, Article)
    assert (article.title, article.text) == ("Title here", "Text here")


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3)
    ),
    max_leaves=8,
)
NAMES = st.sampled_from(sorted(name for names in SYNONYMS.values() for name in names))
RECORDS = st.dictionaries(NAMES | st.text(max_size=8), JSON, max_size=8)


def check(result: Article | Rejection) -> None:
    if isinstance(result, Article):
        assert result.title or result.text or result.blocks
        assert CODER.decode(CODER.encode(result)) == result
    else:
        assert result.reason in REASONS
        assert REFUSED.decode(REFUSED.encode(result)) == result


@given(st.binary(max_size=200), st.sampled_from(["json", "text"]))
@example(b"\xff\xfe", "text")
@example(b"\xff\xfe\x00\xd8", "text")
@example(b"\x1f\x8b", "json")
def test_no_bytes_make_the_parser_raise(body: bytes, kind: str) -> None:
    check(parse(raw(body, kind), SETTINGS, NOW))


@settings(max_examples=200)
@given(RECORDS)
def test_no_json_object_makes_the_parser_raise(record: dict[str, object]) -> None:
    body = json.dumps(record).encode()
    result = parse(raw(body), SETTINGS, NOW)
    check(result)
    assert parse(raw(body), SETTINGS, NOW) == result


def test_articles_and_rejections_leave_on_their_own_outputs() -> None:
    bodies = [b'{"id": "a", "title": "A title"}', b"broken", b"{}"]
    with beam.Pipeline(FnApiRunner()) as pipeline:
        raws = pipeline | beam.Create([raw(body) for body in bodies])
        outputs = raws | parse_documents(SETTINGS, NOW)
        assert outputs.articles.element_type == Article
        assert outputs.rejections.element_type == Rejection
        ids = outputs.articles | beam.Map(lambda article: article.source_id)
        reasons = outputs.rejections | "Why" >> beam.Map(lambda rejection: rejection.reason)
        assert_that(ids, equal_to(["a"]), "articles")
        assert_that(reasons, equal_to(["bad_json", "no_text"]), "rejections")
    counters = pipeline.result.metrics().query()["counters"]
    found = {counter.key.metric.name: counter.committed for counter in counters}
    assert found == {"articles": 1, "rejected_bad_json": 1, "rejected_no_text": 1}


def test_what_nobody_foresaw_is_a_rejection_too(monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_: object) -> Article:
        raise ZeroDivisionError("\ud800")

    monkeypatch.setattr(module, "parse", broken)
    (output,) = module.Parse(SETTINGS, NOW).process(raw(b"{}"))
    assert isinstance(output, beam.pvalue.TaggedOutput)
    assert (output.tag, output.value.reason) == ("rejections", "failed")
    assert REFUSED.decode(REFUSED.encode(output.value)) == output.value
