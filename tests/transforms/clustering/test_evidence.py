"""What a storyline keeps for its name is bounded, and copies count as reach."""

from __future__ import annotations

from tests.news import article, engine, read, report, sentence
from transforms.clustering import evidence
from transforms.clustering.evidence import article_terms, relabel
from transforms.clustering.storylines import Storyline


def _lines(count: int) -> Storyline:
    core = engine()
    for number in range(count):
        read(
            core,
            article(
                f"n{number}",
                report("tea", number),
                number,
                title=sentence("tea", number)[:50],
                source=f"Outlet {number}",
            ),
        )
    [line] = core.storylines.storylines.values()
    return line


def test_what_is_kept_is_bounded(monkeypatch) -> None:  # type: ignore[no-untyped-def]
    monkeypatch.setattr(evidence, "MAX_HEADLINES", 5)
    monkeypatch.setattr(evidence, "MAX_DAYS", 4)
    monkeypatch.setattr(evidence, "MAX_SOURCES", 3)
    monkeypatch.setattr(evidence, "MAX_TERMS", 5)
    line = _lines(12)
    assert len(line.headlines) == 5
    assert sorted(line.days) == [max(line.days) - 3 + n for n in range(4)]
    assert len(line.sources) == 3
    assert len(line.terms) <= 2 * 5 + 20
    assert line.articles == 12


def test_an_article_counts_once_however_many_passages_it_has_in_a_storyline() -> None:
    core = engine()
    read(core, article("n1", (*report("tea", 1, 4), *report("teb", 1, 4)), 0))
    counted = [line.articles for line in core.storylines.storylines.values()]
    assert set(counted) == {1}


def test_an_update_counts_no_second_time() -> None:
    core = engine()
    read(core, article("n1", report("tea", 1, 4), 0))
    read(core, article("n1", report("tea", 1, 5), 0, updated=1))
    [line] = core.storylines.storylines.values()
    assert line.articles == 1


def test_a_settled_storyline_keeps_its_name_until_it_has_grown() -> None:
    core = engine()
    read(core, article("n1", report("tea", 1), 0, title="Crown stolen from Lindenau museum"))
    [line] = core.storylines.storylines.values()
    line.label, line.labelled_at, line.articles = "A name", 100, 124
    relabel(line, core.events.background)
    assert line.label == "A name"
    line.articles = 125
    relabel(line, core.events.background)
    assert line.labelled_at == 125


def test_a_title_counts_once_however_many_passages_an_article_has() -> None:
    news = article("n1", report("tea", 1, 4), 0, title="Crown stolen")
    [passage] = news.passages
    once, twice = (article_terms("Crown stolen", [passage] * n) for n in (1, 2))
    assert once["crown"] == twice["crown"] == 3.0
    assert all(twice[term] == 2 * once[term] for term in once if term not in ("crown", "stolen"))
