"""Signatures tell how much of their wording two articles share."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.news import report, sentence
from transforms import signature as module
from transforms.signature import PERMUTATIONS, resemblance, signature, sketch_of

TEXT = report("tea", 1, 12)


def test_the_same_text_has_the_same_signature_whatever_the_case_or_spacing() -> None:
    other = [paragraph.upper().replace(" ", "  ") for paragraph in TEXT]
    assert signature(TEXT) == signature(other)
    assert len(signature(TEXT)) == 4 * PERMUTATIONS


def test_the_order_of_paragraphs_does_not_matter() -> None:
    assert signature(TEXT[::-1]) == signature(TEXT)


def test_a_changed_paragraph_is_a_near_copy_and_another_report_is_none() -> None:
    changed = [*TEXT[:-1], sentence("xua", 3)]
    assert 0.7 < resemblance(signature(TEXT), signature(changed)) < 1.0
    assert resemblance(signature(TEXT), signature(report("tea", 2, 12))) < 0.2


def test_the_estimate_is_near_the_share_of_shingles() -> None:
    half = [*TEXT[:6], *report("xua", 1, 6)]
    shared = 6 / 18
    assert abs(resemblance(signature(TEXT), signature(half)) - shared) < 0.15


@pytest.mark.parametrize("empty", [[], [""], ["  "]])
def test_a_text_without_words_is_like_nothing(empty: list[str]) -> None:
    assert signature(empty) == b""
    assert resemblance(b"", b"") == resemblance(signature(TEXT), b"") == 0.0


def test_a_text_shorter_than_a_shingle_has_one() -> None:
    assert resemblance(signature(["two words"]), signature(["Two words"])) == 1.0
    assert resemblance(signature(["two words"]), signature(["two others"])) < 0.2


def test_words_beyond_the_limit_are_not_looked_at(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "MAX_WORDS", 28)
    assert signature(TEXT[:2]) == signature(TEXT)


@given(st.lists(st.text(max_size=40), max_size=5))
@settings(max_examples=40, deadline=None)
def test_any_text_has_one_and_it_can_be_read_back(paragraphs: list[str]) -> None:
    found = signature(paragraphs)
    if found:
        assert sketch_of(found).hashvalues.astype("<u4").tobytes() == found
        assert resemblance(found, found) == 1.0
