from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from transforms.residue import RULES, SEGMENT_RULES, classify, cut
from transforms.residue.base import Rule
from transforms.residue.listing import listing

PAGE = Path(__file__).parents[2] / "docs" / "residue.md"
LONG = "The council voted on Monday to close the bridge for a year and to run a ferry instead. "

DROPPED = {
    "Leave a Reply": "comment_form",
    "Your email address will not be published. Required fields are marked *": "comment_form",
    "Save my name, email, and website in this browser for the next time I comment.": "comment_form",
    "Email *": "comment_form",
    "12 comments": "comment_form",
    "Share this:": "share_bar",
    "Click to share on Twitter (Opens in new window)": "share_bar",
    "Facebook Twitter Email Print": "share_bar",
    "Follow @example on Twitter": "follow_line",
    "Sign up for our daily newsletter": "newsletter",
    "Subscribe to our podcast for more.": "newsletter",
    "This site uses cookies. By continuing you agree to our policy.": "cookie_notice",
    "ADVERTISEMENT": "advertisement",
    "Publicité": "advertisement",
    "Story continued below": "continuation",
    "Read more:": "related_link",
    "RELATED: Ferry hits pier": "related_link",
    "Will the ferry ever sail again? Read more": "related_link",
    "MORE FROM THE HARBOUR DESK": "related_link",
    "Replay More Videos ... MUST WATCH A ferry at sea 00:48": "video_player",
    "Tags: ferries, harbour": "tags",
    "(Photo: Jane Roe/Getty Images)": "photo_credit",
    "Image credit: Jane Roe": "photo_credit",
    "(Jane Roe/Reuters)": "photo_credit",
    "By Jane Doe and John Roe, Staff writers": "byline",
    "BY JANE DOE AND JOHN ROE": "byline",
    "By Jane Doe , Associated Press": "byline",
    "Reuters": "source_line",
    "Jane Doe contributed to this report.": "contributors",
    "(Reporting by Jane Doe; Editing by John Roe)": "contributors",
    "— Jane Doe is a columnist for The Example.": "author_note",
    "The views expressed here are solely the author's own.": "disclaimer",
    "WASHINGTON (AP) —": "dateline",
    "March 4 , 2014 , 10 : 15 am": "date_line",
    "Last updated: 10:15 GMT, 4 March 2014": "date_line",
    "Copyright 2016 NPR. To see more, visit example.org.": "copyright",
    "© 2017 The Example": "copyright",
    "This column first appeared in The Example.": "origin_note",
    "OPINION": "section_label",
    "Chat with us in Facebook Messenger. Find out what's happening.": "site_notice",
    "• • •": "no_words",
}
KEPT = (
    "WASHINGTON (AP) — The council voted on Monday.",
    "Story highlights The bridge is shut; A ferry runs instead",
    "By Monday the bridge was shut.",
    "By the numbers, it was the worst year for ferries.",
    "BY THE NUMBERS",
    "Share prices fell on Monday.",
    "Share of ferries that were late",
    "Follow the money, the mayor said.",
    "Sign up for coverage by Friday, officials said, or pay a fine.",
    "Advertisement revenue fell by a tenth.",
    "The company said it uses cookies to track its readers.",
    "Copyright law does not cover ferries.",
    "He asked her to leave a reply at the desk.",
    "More than 40 people were on board.",
    "More: that was all the crew wanted.",
    "MORE: Ferry now safe in port — Harbour News (@harbournews) July 8, 2016",
    "Watch the skies, he told the crowd.",
    "No comment.",
    "Pause.",
    "Why?",
    "Jane Doe is a columnist. She was on board.",
    "The rain contributed to the accident, a report said.",
    "Reporting from the harbour showed that the ferry was late.",
    "This is a breaking point for the harbour.",
    "In 2014",
    "March 2014",
    "Reuters reported that the ferry sank.",
    "“The views expressed by the mayor are not mine,” she said on Monday.",
    "Photo by photo, the inquiry rebuilt the night. It took them a year to finish the work.",
    "An example of tags: the crew wore red ones.",
    "Jane Roe",
    "東京で会談が行われた。",
)


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.name)
def test_each_rule_drops_its_own_example(rule: Rule) -> None:
    assert classify(rule.example, 0, 9) == rule.name


@pytest.mark.parametrize(("text", "rule"), DROPPED.items())
def test_page_furniture_is_dropped_by_name(text: str, rule: str) -> None:
    assert classify(text, 0, 9) == rule


@pytest.mark.parametrize("text", KEPT)
@pytest.mark.parametrize("position", [0, 20, 39])
def test_what_only_looks_like_furniture_is_kept(text: str, position: int) -> None:
    assert classify(text, position, 40) is None
    assert cut(text) == (text, [])


def test_dates_and_agencies_in_the_middle_are_kept() -> None:
    assert classify("March 4, 2014", 20, 40) is None
    assert classify("CNN", 20, 40) is None


def test_labels_belong_to_the_form_above_them_only() -> None:
    assert classify("Name", 7, 9, before="comment_form") == "comment_form"
    assert classify("Post Comment", 8, 9, before="comment_form") == "comment_form"
    assert classify("Name", 7, 9) is None
    assert classify("The name of the ship", 7, 9, before="comment_form") is None


@pytest.mark.parametrize(
    ("residue", "rule"),
    [
        ("Leave a Reply Your email address will not be published.", "comment_form"),
        ("Leave a Reply", "comment_form"),
        ("Required fields are marked * Name * Email * Website", "comment_form"),
        ("Share this: Twitter Facebook", "share_bar"),
        ("Read or Share this story: https://example.org/x", "share_bar"),
        ("Sign up for our newsletter here.", "newsletter"),
        ("Follow her on Twitter: @janedoe.", "follow_line"),
        ("© 2017 The Example", "copyright"),
        ("(Reporting by Jane Doe; Editing by John Roe)", "contributors"),
        ("Jane Doe contributed to this report.", "contributors"),
        ("(Photo by Jane Roe/Getty Images)", "photo_credit"),
        ("REUTERS/Jane Roe", "photo_credit"),
        ("Read more", "related_link"),
        ("Advertisement", "advertisement"),
        ("Story continues below", "continuation"),
    ],
)
def test_residue_stuck_to_the_end_is_cut_off(residue: str, rule: str) -> None:
    rest, cuts = cut(LONG * 12 + residue)
    assert rest == (LONG * 12).strip()
    assert [(part.rule, part.text) for part in cuts] == [(rule, residue)]


@pytest.mark.parametrize(
    "residue",
    [
        "Your email address will not be published. Required fields are marked *",
        "Jane Doe contributed to this report.",
        "© 2017 The Example. All rights reserved.",
        "Click to share on Twitter (Opens in new window)",
    ],
)
def test_a_short_sentence_in_front_of_residue_survives(residue: str) -> None:
    text = f"The ferry left at noon. {residue}"
    assert classify(text, 39, 40) is None
    assert cut(text)[0] == "The ferry left at noon."


def test_several_pieces_are_cut_and_listed_in_the_order_of_the_text() -> None:
    text = f"Facebook Twitter Pinterest {LONG}(Photo by Jane Roe/Getty Images) Share this: Twitter"
    rest, cuts = cut(text)
    assert rest == LONG.strip()
    assert [part.rule for part in cuts] == ["share_bar", "photo_credit", "share_bar"]


def test_the_same_words_inside_a_paragraph_stay() -> None:
    text = f"{LONG}The page said “Leave a Reply” and nothing else. {LONG}".strip()
    assert cut(text) == (text, [])


@given(st.text())
def test_cutting_loses_nothing(text: str) -> None:
    text = " ".join(text.split())
    rest, cuts = cut(text)
    whole = "".join([rest, *(part.text for part in cuts)])
    assert sorted(letter for letter in whole if letter != " ") == sorted(
        letter for letter in text if letter != " "
    )


@given(st.text(), st.integers(0, 50), st.integers(1, 51))
def test_every_rule_given_is_documented(text: str, position: int, total: int) -> None:
    known = {None, *(rule.name for rule in RULES)}
    assert classify(text, position, total) in known


@pytest.mark.parametrize(
    "bit", ["a", "A ", "Aa ", ".", "(", "© ", "Share ", "Aa/", "Jan 1 ", "By Aa, "]
)
def test_long_hostile_paragraphs_are_kept(bit: str) -> None:
    text = (bit * 1_000_000)[:1_000_000].strip()
    assert classify(text, 0, 1) is None
    assert cut(text)[0] == text


def test_names_are_unique_and_described() -> None:
    names = [rule.name for rule in RULES] + list(SEGMENT_RULES)
    assert len(names) == len(set(names))
    assert all(rule.description.endswith(".") and rule.limit > 0 for rule in RULES)


def test_the_page_of_rules_is_up_to_date() -> None:
    command = "python -m transforms.residue.listing > docs/residue.md"
    assert PAGE.read_text("utf-8") == listing(), f"run: {command}"
