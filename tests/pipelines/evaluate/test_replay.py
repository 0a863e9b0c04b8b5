"""The replay decides as the pipeline does and knows where everything is at the end."""

from __future__ import annotations

import random

from pipelines.evaluate.replay import Fitted, Replay, replay
from schemas.records import EmbeddedArticle, SegmentedArticle
from tests.news import DIMENSION, SETTINGS, article, report
from transforms.clustering.background import Prior
from transforms.clustering.score import NAMES, Weights

TOPICS = ("harbour", "vaccine", "orbitqs")


def news() -> list[EmbeddedArticle]:
    return [
        article(f"{topic}{n}", report(topic, n), n / 4, title=f"{topic} {topic}nor")
        for n in range(6)
        for topic in TOPICS
    ]


def plain(one: EmbeddedArticle) -> SegmentedArticle:
    return SegmentedArticle(one.article, one.paragraphs, one.residue)


def places(result: Replay, articles: list[EmbeddedArticle]) -> list[tuple[str, str]]:
    events = [result.main_event(plain(one)) for one in articles]
    return [(event, result.storyline(event)) for event in events]


def test_every_paragraph_has_an_event_and_every_event_a_storyline() -> None:
    result = replay(news(), DIMENSION, SETTINGS)
    for one in news():
        events = result.paragraph_events(plain(one))
        assert len(events) == len(one.paragraphs)
        assert all(result.storyline(event) for event in events)


def test_the_order_of_the_articles_does_not_count() -> None:
    mixed = news()
    random.Random(3).shuffle(mixed)
    one, other = replay(news(), DIMENSION, SETTINGS), replay(mixed, DIMENSION, SETTINGS)
    assert places(one, news()) == places(other, news())


def test_the_pipelines_windows_are_used() -> None:
    result = replay(news(), DIMENSION, SETTINGS)
    assert result.windows == 6
    assert result.decisions == sum(len(one.passages) for one in news())


def test_an_articles_place_is_known_after_its_event_was_forgotten() -> None:
    old = article("old", report("harbour", 1), 0.0)
    later = [article(f"late{n}", report("vaccine", n), 300.0 * n) for n in range(1, 4)]
    result = replay([old, *later], DIMENSION, SETTINGS)
    event = result.main_event(plain(old))
    assert result.engine.events.find(event) is None
    assert result.storyline(event)
    assert result.label(result.storyline(event))


def test_other_weights_decide_otherwise() -> None:
    never = Weights.from_mapping({**dict.fromkeys(NAMES, 0.0), "bias": -1e9})
    result = replay(news(), DIMENSION, SETTINGS, Fitted(never))
    assert len({event for event, _ in places(result, news())}) == len(news())


def test_another_background_is_used() -> None:
    result = replay(news(), DIMENSION, SETTINGS, Fitted(None, Prior(7.0, {"harbour": 0.5})))
    assert result.engine.events.background.total == 7.0 + len(news())
