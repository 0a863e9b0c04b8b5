from __future__ import annotations

from dataclasses import dataclass, field

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from transforms.clustering.headlines import clean
from transforms.clustering.labels import (
    LEAD,
    UNTITLED,
    Evidence,
    Headline,
    Label,
    keep,
    label,
    score,
)
from transforms.clustering.phrases import repeats
from transforms.clustering.terms import count_terms, tokenise


@dataclass
class Stream:
    counts: dict[str, float] = field(default_factory=dict)
    total: float = 1000.0

    def df(self, term: str) -> float:
        return self.counts.get(term, 1.0)


STREAM = Stream({"official": 400.0, "harbour": 5.0})


def evidence(*headlines: str, text: str = "", weight: float = 1.0) -> Evidence:
    terms: dict[str, float] = {}
    for headline in headlines or ("",):
        for term, count in zip(*count_terms(headline, [text]), strict=True):
            terms[term] = terms.get(term, 0.0) + count
    return Evidence([Headline(h, weight) for h in headlines], terms, max(len(headlines), 1))


def text_of(*headlines: str, text: str = "") -> str:
    return label(evidence(*headlines, text=text), STREAM).text


HARBOUR = (
    "Arvenia harbour strike enters second week",
    "Dockers vote to extend the harbour strike in Arvenia",
    "Talks fail to end Arvenia harbour strike",
)


def test_the_words_that_headlines_share_name_the_storyline() -> None:
    assert text_of(*HARBOUR, text="dockers harbour strike") == "Arvenia harbour strike"


def test_the_same_evidence_in_another_order_gives_the_same_label() -> None:
    assert label(evidence(*HARBOUR[::-1]), STREAM) == label(evidence(*HARBOUR), STREAM)


def test_one_article_is_named_from_its_title() -> None:
    words = tokenise(text_of("Minister Odran Vell opens new bridge", text="bridge bridge Vell"))

    assert {"bridge", "vell"} <= set(words)


def test_without_headlines_the_terms_of_the_texts_name_it() -> None:
    found = label(Evidence([], {"meteorite": 9.0, "crater": 7.0, "2014": 9.0}, 2), STREAM)

    assert found == Label("Meteorite crater", "", ("meteorite", "crater"), 0.0)


@pytest.mark.parametrize("found", [Evidence([], {}, 0), Evidence([Headline("?! — …")], {}, 1)])
def test_without_a_word_it_is_untitled(found: Evidence) -> None:
    assert label(found, STREAM).text == UNTITLED


def test_shouted_headlines_do_not_give_a_shouted_label() -> None:
    found = text_of("HARBOUR STRIKE IN ARVENIA GOES ON", "FBI LOOKS AT ARVENIA HARBOUR STRIKE")

    assert found == "Arvenia Harbour Strike"


def test_words_are_written_as_in_the_middle_of_sentences() -> None:
    found = text_of("Arvenia Harbour Strike", "Why the harbour strike in Arvenia matters to us")

    assert found == "Arvenia harbour strike"


def test_acronyms_keep_their_capitals_in_title_case() -> None:
    assert "JJB" in text_of("JJB Sports Goes Into Administration", "Buyers Look At JJB Sports")


@pytest.mark.parametrize(
    ("printed", "meant"),
    [
        ("OPINION: Why the strike matters", "Why the strike matters"),
        ("Breaking: Live updates: Strike begins", "Strike begins"),
        ("Strike begins - Fox News", "Strike begins"),
        ("Strike begins | The Arvenia Times", "Strike begins"),
        ("Strike begins - what we know", "Strike begins - what we know"),
        ("<b>Strike</b>&nbsp;begins\u202e\x00", "Strike begins"),
        ("Analysis", "Analysis"),
    ],
)
def test_rubrics_outlets_and_markup_are_cleaned_away(printed: str, meant: str) -> None:
    assert clean(printed, "Arvenia Times") == meant


def test_a_name_is_not_cut_in_half() -> None:
    found = text_of(
        "Protests outside the White House grow",
        "White House protests enter third day",
        "Inside the White House protests",
    )

    assert found == "White House protests"


def test_a_preposition_after_a_name_does_not_join() -> None:
    assert (
        text_of("Morrow on Vell: no deal", "Morrow on Vell again", "Morrow on Vell")
        == "Morrow Vell"
    )


def test_the_central_headline_is_the_heaviest_of_those_that_fit() -> None:
    heavy = Headline("Arvenia harbour strike ends", 5.0)
    found = Evidence([Headline("Arvenia harbour strike begins"), heavy], {"strike": 4.0}, 2)

    assert label(found, STREAM).headline == "Arvenia harbour strike ends"


def test_characteristic_terms_come_before_common_ones() -> None:
    found = label(Evidence([], {"harbour": 5.0, "official": 6.0}, 3), STREAM)

    assert found.terms == ("harbour", "official")


def test_the_current_label_stays_while_no_other_is_clearly_better() -> None:
    now = evidence(*HARBOUR)
    best = label(now, STREAM)
    close = "Harbour strike in Arvenia"

    assert best.text != close
    assert best.score < LEAD * score(close, now, STREAM)
    assert keep(close, now, STREAM).text == close
    assert keep(close, now, STREAM).headline == best.headline


def test_a_label_that_no_longer_fits_is_replaced() -> None:
    now = evidence(*HARBOUR)

    assert keep("Budget vote", now, STREAM) == label(now, STREAM)
    assert keep(UNTITLED, now, STREAM) == label(now, STREAM)
    assert keep(None, now, STREAM) == label(now, STREAM)


def test_a_fitting_label_scores_more_than_half_of_it_and_a_foreign_one_near_nothing() -> None:
    now = evidence(*HARBOUR, text="harbour strike dockers")

    assert score("Arvenia harbour strike", now, STREAM) > score("Arvenia strike", now, STREAM)
    assert score("Arvenia strike", now, STREAM) > score("Strike", now, STREAM)
    assert score("Budget vote", now, STREAM) < 0.1


@pytest.mark.parametrize(
    ("terms", "same"),
    [
        (["immigrant", "immigration"], True),
        (["vote", "voter"], True),
        (["north", "korea", "north"], True),
        (["trump", "tariff"], False),
        (["ban", "bank"], False),
    ],
)
def test_forms_of_one_word_are_repeats(terms: list[str], same: bool) -> None:
    assert repeats(terms) is same


WORDS = st.sampled_from(
    [
        "Trump",
        "TARIFFS",
        "the",
        "of",
        "on",
        "White",
        "House",
        "says",
        "strike",
        "2018",
        "Fox",
        "News:",
        "-",
        "|",
        "“Deal”",
        "<b>",
        "U.S.",
        "bank's",
    ]
)
TITLES = st.one_of(st.lists(WORDS, max_size=12).map(" ".join), st.text(max_size=60))


@settings(max_examples=150, deadline=None)
@given(st.lists(TITLES, max_size=5), st.text(max_size=60))
def test_any_evidence_gives_a_clean_bounded_label(titles: list[str], text: str) -> None:
    found = label(evidence(*titles, text=text), STREAM)

    assert found.text.strip() == found.text != ""
    assert len(found.text) <= 250
    assert found.text.isprintable()
    assert 0.0 <= found.score <= 1.0
    if found.score > 0:
        assert len(tokenise(found.text)) <= 6
        assert not repeats(tokenise(found.text))
        first, last = found.text.lower().split()[0], found.text.lower().split()[-1]
        assert not {first, last} & {"the", "of", "on", "says", "and"}
    assert keep(found.text, evidence(*titles, text=text), STREAM).text == found.text


def test_hostile_headlines_are_bounded() -> None:
    found = label(evidence("<" * 100_000, "x" * 1_000_000, "strike " * 100_000), STREAM)

    assert found.text == "Strike"
