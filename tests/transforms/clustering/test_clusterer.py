"""What the clusterer of events promises, on invented news."""

from __future__ import annotations

import numpy as np

from schemas.settings import EventSettings
from tests.news import DIMENSION, article, report, sentence
from transforms.clustering.clusterer import Decision, EventClusterer
from transforms.clustering.events import DAY
from transforms.clustering.score import Weights

WEIGHTS = Weights(-3.0, np.array([6.0, 3.0, -0.5, 1.0]))
PLAIN = EventSettings(dormant_after_days=10, retire_after_days=50, leave_margin=0.5)


def clusterer(settings: EventSettings = PLAIN) -> EventClusterer:
    return EventClusterer(DIMENSION, settings, WEIGHTS)


def events_of(decisions: list[list[Decision]]) -> list[set[str]]:
    return [{decision.event_id for decision in found} for found in decisions]


def stories(count: int = 4) -> list:
    """``count`` reports on each of three subjects, one after the other."""
    return [article(f"{t}{n}", report(t, n)) for n in range(count) for t in ("tea", "xua", "kob")]


def test_reports_of_one_occurrence_meet_and_others_stay_apart() -> None:
    found = events_of(clusterer().step(stories()))
    assert len(set().union(*found)) == 3
    assert found[0] == found[3] == found[6]


def test_the_first_article_opens_its_event() -> None:
    [[decision]] = clusterer().step([article("n1", report("tea", 1))])
    assert (decision.kind, decision.score, decision.features) == ("opened", None, ())


def test_a_decision_carries_what_it_rests_on() -> None:
    one = clusterer()
    decisions = one.step(stories())
    joined = decisions[3][0]
    assert joined.kind == "joined"
    assert joined.score is not None
    assert joined.score > 0
    assert len(joined.features) == 4
    assert np.isclose(WEIGHTS.score(np.array([joined.features]))[0], joined.score)


def test_two_runs_agree_to_the_bit() -> None:
    assert clusterer().step(stories()) == clusterer().step(stories())


def test_a_restored_clusterer_goes_on_as_if_nothing_had_been() -> None:
    whole, first, second = clusterer(), clusterer(), clusterer()
    news = stories()
    whole.step(news[:6])
    first.step(news[:6])
    second.active.restore(first.active.events)
    second.background = first.background
    assert second.step(news[6:]) == whole.step(news[6:])


def test_forgetting_terms_that_nobody_has_changes_nothing() -> None:
    whole, tidy = clusterer(), clusterer()
    news = stories()
    for one in news:
        tidy._most_terms = 0
        assert tidy.step([one]) == whole.step([one])
    assert len(tidy.background.lexicon) <= len(whole.background.lexicon)


def test_articles_decided_together_go_where_they_go_one_by_one() -> None:
    together, alone = clusterer(), clusterer()
    news = stories()
    one_by_one = [alone.step([one])[0] for one in news]
    assert events_of(together.step(news)) == events_of(one_by_one)


def test_an_article_that_stays_together_counts_once_in_its_event() -> None:
    one = clusterer(EventSettings(leave_margin=50.0))
    mixed = article("mix", (*report("tea", 1), *report("xua", 1)))
    decisions = one.step([mixed])[0]
    assert len(decisions) == len(mixed.passages)
    assert len({d.event_id for d in decisions}) == 1
    event = one.find(decisions[0].event_id)
    assert event is not None
    assert (event.passages, event.articles) == (1, 1)


def test_the_parts_of_a_digest_go_to_their_own_events() -> None:
    one = clusterer()
    known = one.step(stories())
    digest = article("digest", (*report("tea", 9), *report("kob", 9)))
    placed = one.step([digest])[0]
    assert len(digest.passages) == 2
    assert {d.event_id for d in placed} == {known[0][0].event_id, known[2][0].event_id}


def test_each_passage_of_an_article_gets_one_decision_in_its_order() -> None:
    one = clusterer()
    one.step(stories())
    mixed = article("mix", (*report("tea", 9), sentence("zza", 1), *report("kob", 9)))
    placed = one.step([mixed])[0]
    assert [d.passage_id for d in placed] == [p.passage_id for p in mixed.passages]


def test_a_silent_event_sleeps_and_is_forgotten_in_the_end() -> None:
    one = clusterer()
    [[decision]] = one.step([article("n1", report("tea", 1))])
    event = one.find(decision.event_id)
    assert event is not None
    asleep, forgotten = one.sleep(event.last + 11 * DAY)
    assert ([e.event_id for e in asleep], forgotten) == ([decision.event_id], [])
    assert one.active.get(decision.event_id) is None
    assert one.find(decision.event_id) is event
    _, forgotten = one.sleep(event.last + 51 * DAY)
    assert forgotten == [event]
    assert one.find(decision.event_id) is None


def test_a_sleeping_event_wakes_for_what_clearly_belongs_to_it() -> None:
    one = clusterer()
    [[decision]] = one.step([article("n1", report("tea", 1))])
    event = one.find(decision.event_id)
    assert event is not None
    one.sleep(event.last + 11 * DAY)
    [[woken]] = one.step([article("n2", report("tea", 1), 12.0)])
    assert (woken.kind, woken.event_id) == ("revived", decision.event_id)


def test_the_longest_silent_sleep_first_where_there_are_too_many() -> None:
    one = clusterer(EventSettings(max_active=2))
    for number, topic in enumerate(("tea", "xua", "kob")):
        one.step([article(topic, report(topic), float(number))])
    last = max(event.last for event in one.active.events)
    asleep, _ = one.sleep(last)
    assert [event.first for event in asleep] == [
        min(e.first for e in [*asleep, *one.active.events])
    ]


def test_events_that_are_one_occurrence_merge_into_the_larger() -> None:
    one = clusterer(EventSettings(threshold=50.0))
    decisions = one.step(stories())
    names = [found[0].event_id for found in decisions]
    assert len(set(names)) == 12
    one.settings = EventSettings(merge_margin=0.5)
    merges = one.merge(names)
    assert len(one.active) == 3
    assert len(merges) == 9
    for merge in merges:
        assert one.find(merge.loser.event_id) is None
        assert "log-odds" in merge.reason
    assert sum(event.articles for event in one.active.events) == 12


def test_a_merge_asks_for_more_than_a_join() -> None:
    one = clusterer(EventSettings(threshold=50.0))
    names = [found[0].event_id for found in one.step(stories())]
    one.settings = EventSettings(merge_margin=100.0)
    assert one.merge(names) == []
    assert len(one.active) == 12


def test_a_copy_follows_its_original_and_weighs_nothing() -> None:
    one = clusterer()
    original = article("n1", report("tea", 1))
    [[decision]] = one.step([original])
    event = one.find(decision.event_id)
    assert event is not None
    before = event.total.copy()
    [copied] = one.follow(article("n2", report("tea", 1), source="Mirror"), [decision.event_id])
    assert (copied.kind, copied.event_id) == ("copied", decision.event_id)
    assert np.array_equal(event.total, before)
    assert (event.copies, event.passages) == (1, 1)
    assert "Mirror" in event.sources
