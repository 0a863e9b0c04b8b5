from __future__ import annotations

import pickle

import apache_beam as beam
import pytest
from apache_beam.metrics import MetricsFilter
from apache_beam.runners.portability.fn_api_runner import FnApiRunner
from apache_beam.testing.util import assert_that, equal_to
from hypothesis import given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from schemas.reasons import REASONS
from schemas.records import Article, Rejection, Residue, SegmentedArticle
from schemas.settings import InputSettings, Settings
from transforms import segment as module
from transforms.segment import (
    BLOCK_CHARACTERS,
    GROUP_CHARACTERS,
    Segment,
    paragraphs,
    segment,
    segment_articles,
)
from transforms.sentences import SENTENCE_LIMIT

SETTINGS = Settings()
FIRST = "The bridge was shut on Monday after a lorry hit a pillar."
SECOND = "A ferry will run instead, the mayor said."


def article(text: str = "", title: str | None = None, blocks: list[str] | None = None) -> Article:
    missing = (None,) * 3
    return Article(
        "a1",
        "d",
        *missing,
        title,
        None,
        None,
        None,
        7,
        "missing",
        "in",
        "line 1",
        text,
        blocks or [],
    )


def segmented(given_article: Article, settings: Settings = SETTINGS) -> SegmentedArticle:
    result = segment(given_article, settings)
    assert isinstance(result, SegmentedArticle), result
    return result


def texts(result: SegmentedArticle) -> list[tuple[int, str]]:
    return [(paragraph.position, paragraph.text) for paragraph in result.paragraphs]


def test_blank_lines_separate_paragraphs() -> None:
    assert paragraphs(f"{FIRST}\nmore of it\n \n{SECOND}") == [f"{FIRST} more of it", SECOND]


def test_newlines_separate_where_there_are_no_blank_lines() -> None:
    assert paragraphs(f"{FIRST}\n{SECOND}\n") == [FIRST, SECOND]


def test_one_block_is_cut_into_groups_of_whole_sentences() -> None:
    found = paragraphs(" ".join([FIRST, SECOND] * 30))
    assert all(GROUP_CHARACTERS <= len(part) <= BLOCK_CHARACTERS for part in found[:-1])
    assert len(found[-1]) <= BLOCK_CHARACTERS
    assert all(part.startswith(("The bridge", "A ferry")) and part.endswith(".") for part in found)


def test_a_paragraph_up_to_the_limit_stays_whole() -> None:
    text = ("word " * 240).strip()
    assert len(text) < BLOCK_CHARACTERS
    assert paragraphs(text) == [text]


@given(st.text())
@hypothesis_settings(deadline=None)
def test_paragraphs_hold_every_character_once(text: str) -> None:
    found = paragraphs(text)
    assert "".join("".join(found).split()) == "".join(text.split())
    assert all(part and part == " ".join(part.split()) for part in found)


def test_a_text_without_spaces_is_cut_into_bounded_parts() -> None:
    found = paragraphs("a" * 100_000)
    assert max(map(len, found)) < SENTENCE_LIMIT + 2 * GROUP_CHARACTERS


def test_the_article_keeps_its_fields_but_not_its_text() -> None:
    result = segmented(article(f"{FIRST}\n{SECOND}", "Bridge shut"))
    assert texts(result) == [(0, FIRST), (1, SECOND)]
    assert (result.article.text, list(result.article.blocks)) == ("", [])
    assert (result.article.title, result.article.article_id) == ("Bridge shut", "a1")


def test_paragraphs_that_were_given_are_used_as_they_are() -> None:
    result = segmented(article(blocks=[f"{FIRST}\n{SECOND}", "  ", SECOND]))
    assert texts(result) == [(0, f"{FIRST} {SECOND}"), (1, SECOND)]


def test_positions_count_what_was_dropped() -> None:
    result = segmented(article(f"{FIRST}\nAdvertisement\n{SECOND}"))
    assert texts(result) == [(0, FIRST), (2, SECOND)]
    assert result.residue == [Residue(1, "advertisement", "Advertisement")]


def test_a_form_stuck_to_the_last_sentence_is_cut_off_and_recorded() -> None:
    form = "Leave a Reply Your email address will not be published. Required fields are marked *"
    result = segmented(article(f"{FIRST}\n\n{SECOND} {form}\n\nName *\n\nWebsite"))
    assert texts(result) == [(0, FIRST), (1, SECOND)]
    assert result.residue == [
        Residue(1, "comment_form", form),
        Residue(2, "comment_form", "Name *"),
        Residue(3, "comment_form", "Website"),
    ]


def test_what_is_left_after_a_cut_may_be_residue_itself() -> None:
    result = segmented(article(f"{FIRST}\nAdvertisement Share this: Twitter"))
    assert [part.rule for part in result.residue] == ["advertisement", "share_bar"]


@pytest.mark.parametrize(
    "title",
    [
        "Bridge shut after crash",
        "BRIDGE SHUT AFTER CRASH | The Example",
        "“Bridge shut” after crash!",
    ],
)
def test_a_first_line_that_repeats_the_title_is_dropped(title: str) -> None:
    result = segmented(article(f"Bridge shut after crash\n{FIRST}", title))
    assert texts(result) == [(1, FIRST)]
    assert result.residue == [Residue(0, "title_repeated", "Bridge shut after crash")]


@pytest.mark.parametrize(
    "title", [None, "", "Bridge shut after crash kills two", "Ferry to run", "!"]
)
def test_a_first_line_that_says_something_else_is_kept(title: str | None) -> None:
    result = segmented(article(f"Bridge shut after crash\n{FIRST}", title))
    assert texts(result)[0] == (0, "Bridge shut after crash")


def test_a_later_line_may_repeat_the_title() -> None:
    result = segmented(article(f"{FIRST}\nBridge shut", "Bridge shut"))
    assert texts(result)[-1] == (1, "Bridge shut")


def test_an_article_with_a_title_only_is_its_title() -> None:
    result = segmented(article("", "Bridge shut"))
    assert texts(result) == [(-1, "Bridge shut")]


def test_a_title_stands_in_for_a_text_that_is_all_residue() -> None:
    result = segmented(article("Advertisement\nShare this:", "Bridge shut"))
    assert texts(result) == [(-1, "Bridge shut")]
    assert len(result.residue) == 2


def test_residue_without_a_title_is_rejected_with_its_origin() -> None:
    result = segment(article("Advertisement\nShare this:"), SETTINGS)
    assert isinstance(result, Rejection)
    assert (result.step, result.reason) == ("segment", "only_residue")
    assert result.reason in REASONS
    assert (result.origin, result.place, result.fetched_at) == ("in", "line 1", 7)
    assert result.sample == b"Advertisement\nShare this:"


def test_what_is_beyond_the_limit_becomes_one_piece_of_residue() -> None:
    settings = Settings(input=InputSettings(max_paragraphs=3))
    lines = [f"Line {number} of the timetable is new." for number in range(5000)]
    result = segmented(article("\n".join(lines)), settings)
    assert [text for _, text in texts(result)] == lines[:3]
    assert result.residue == [Residue(3, "beyond_limit", "\n\n".join(lines[3:]))]


def test_ids_depend_on_the_article_the_text_and_how_often_it_came() -> None:
    result = segmented(article(f"{FIRST}\n{FIRST}\n{SECOND}"))
    again = segmented(article(f"New line first.\n{FIRST}\n{SECOND}"))
    ids = [paragraph.paragraph_id for paragraph in result.paragraphs]
    assert len(set(ids)) == 3
    assert [paragraph.paragraph_id for paragraph in again.paragraphs][1:] == [ids[0], ids[2]]
    other = segmented(article(FIRST)._replace(article_id="a2"))
    assert other.paragraphs[0].paragraph_id != ids[0]


@given(st.lists(st.sampled_from([FIRST, SECOND, "Advertisement", "Share this:", "Name", "* * *"])))
def test_every_line_is_kept_or_recorded(lines: list[str]) -> None:
    result = segmented(article("\n".join(lines), "Another title"))
    kept = [text for position, text in texts(result) if position >= 0]
    assert sorted(kept + [part.text for part in result.residue]) == sorted(lines)
    positions = [position for position, _ in texts(result)]
    assert positions == sorted(positions)


@pytest.mark.parametrize(
    "text", ["1. " * 50_000, "a" * 200_000, "By Aa, " * 20_000, "\n\n" * 50_000 + "a"]
)
def test_hostile_text_is_segmented(text: str) -> None:
    result = segmented(article(text, "A title"))
    assert len(result.paragraphs) <= SETTINGS.input.max_paragraphs


def test_the_input_is_not_changed() -> None:
    blocks = [FIRST, "Advertisement"]
    segment(article(blocks=blocks, title="t"), SETTINGS)
    assert blocks == [FIRST, "Advertisement"]


def test_the_step_sends_rejections_to_their_own_output_and_counts() -> None:
    good, bad = article(f"{FIRST}\nAdvertisement\n{SECOND}"), article("Advertisement")
    pipeline = beam.Pipeline(runner=FnApiRunner())
    outputs = pipeline | beam.Create([good, bad]) | segment_articles(SETTINGS)
    kept = outputs.articles | beam.Map(lambda one: len(one.paragraphs))
    refused = outputs.rejections | beam.Map(lambda one: one.reason)
    assert_that(kept, equal_to([2]), label="kept")
    assert_that(refused, equal_to(["only_residue"]), label="refused")
    result = pipeline.run()
    result.wait_until_finish()
    counters = result.metrics().query(MetricsFilter().with_namespace("segment"))["counters"]
    assert {counter.key.metric.name: counter.committed for counter in counters} == {
        "articles": 1,
        "paragraphs": 2,
        "residue_advertisement": 1,
        "rejected_only_residue": 1,
    }


def test_an_article_that_breaks_the_step_is_rejected(monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_: object) -> None:
        raise ValueError("no such thing")

    monkeypatch.setattr(module, "segment", broken)
    [output] = Segment(SETTINGS).process(article(FIRST))
    assert output.tag == "rejections"
    assert output.value.reason == "failed"
    assert output.value.message == "ValueError: no such thing"


def test_the_step_can_be_shipped_to_a_worker() -> None:
    step = pickle.loads(pickle.dumps(Segment(SETTINGS)))  # noqa: S301 - our own bytes
    [output] = step.process(article(FIRST))
    assert output == segment(article(FIRST), SETTINGS)


def test_records_survive_the_row_coder() -> None:
    coder = beam.coders.RowCoder.from_type_hint(SegmentedArticle, None)
    result = segmented(article(f"{FIRST}\nAdvertisement", "Bridge shut"))
    decoded = coder.decode(coder.encode(result))
    assert decoded.paragraphs[0].text == FIRST
    assert decoded.residue[0].rule == "advertisement"
