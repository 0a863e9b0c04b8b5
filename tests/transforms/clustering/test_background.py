"""What the background promises."""

from __future__ import annotations

import math

import pytest

from transforms.clustering import background
from transforms.clustering.background import NO_PRIOR, Background, Prior, default_prior

WORDS = Prior(100.0, {"said": 0.5, "senate": 0.1})


def test_without_a_prior_a_term_is_as_common_as_it_was_seen() -> None:
    seen = Background(prior=NO_PRIOR)
    seen.add(["senate", "vote"])
    seen.add(["senate"])
    assert (seen.total, seen.df("senate"), seen.df("vote"), seen.df("rain")) == (2.0, 2.0, 1.0, 0.0)
    assert seen.idf("vote") == pytest.approx(math.log(3.0 / 1.5))


def test_a_prior_tells_common_terms_before_the_first_article() -> None:
    fresh = Background(prior=WORDS)
    assert fresh.idf("said") < fresh.idf("senate") < fresh.idf("lindenau")
    assert fresh.df("said") == 50.0


def test_the_stream_outweighs_the_prior_in_time() -> None:
    stream = Background(prior=WORDS)
    for _ in range(10_000):
        stream.add(["lindenau"])
    assert stream.idf("lindenau") < stream.idf("said")


def test_counts_and_total_restore_it_exactly() -> None:
    before = Background(prior=WORDS)
    before.add(["senate", "lindenau"])
    after = Background(before.counts, before.total, WORDS)
    assert all(after.idf(t) == before.idf(t) for t in ("said", "senate", "lindenau", "x"))


def test_a_term_that_is_everywhere_weighs_nothing_and_never_less() -> None:
    stream = Background(prior=NO_PRIOR)
    for _ in range(5):
        stream.add(["said"])
    assert 0.0 <= stream.idf("said") < 0.1


def test_terms_seen_once_are_forgotten_first(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(background, "MAX_TERMS", 3)
    stream = Background(prior=NO_PRIOR)
    stream.add(["a", "b"])
    stream.add(["a", "c"])
    stream.add(["a", "d"])
    assert set(stream.counts) == {"a"}


def test_by_number_terms_weigh_what_they_weigh_by_name() -> None:
    stream = Background(prior=WORDS)
    stream.add(["said", "lindenau"])
    numbers = stream.lexicon.encode(["said", "senate", "lindenau", "rain"])
    expected = [stream.idf(term) for term in ("said", "senate", "lindenau", "rain")]
    assert stream.idfs(numbers).tolist() == pytest.approx(expected)


def test_new_numbers_change_no_count_and_drop_what_is_forgotten(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(background, "MAX_TERMS", 3)
    stream = Background(prior=NO_PRIOR)
    for terms in (["a", "b"], ["a", "c"], ["a", "d"], ["e"]):
        stream.add(terms)
    before = stream.counts
    stream.renumber()
    assert stream.counts == before == {"a": 3.0, "e": 1.0}
    assert set(stream.lexicon) == {"a", "e"}
    stream.add(["a", "f"])
    assert (stream.df("a"), stream.df("f"), stream.df("b")) == (4.0, 1.0, 0.0)


def test_the_packaged_shares_are_shares() -> None:
    prior = default_prior()
    assert prior.articles > 0
    assert all(0.0 < share <= 1.0 for share in prior.shares.values())
    assert prior.shares["president"] > 0.05
