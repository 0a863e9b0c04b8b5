"""The ordered core: articles, versions and copies in; places, lineage and rows out."""

from __future__ import annotations

from collections import Counter

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from schemas.settings import DuplicateSettings, EventSettings, Settings
from tests.histories import BRISK, Row, Window, histories, play, step, tables, written
from tests.news import DAY, article, at, engine, read, read_one_by_one, report, sentence
from transforms.clustering import registry
from transforms.clustering.engine import Engine
from transforms.clustering.step import Placed, Step
from transforms.tables import snapshot_batches, step_batches

SHORT_LIVED = Settings(
    events=EventSettings(dormant_after_days=5, retire_after_days=20, lateness_days=1_000)
)
LONG = report("tea", length=5)


def _places(placed: Placed) -> dict[str, tuple[str, str]]:
    """Passage and event of each paragraph."""
    return {
        paragraph.text: (place.passage_id, place.event_id)
        for paragraph in placed.article.paragraphs
        for place in [placed.record.places[paragraph.paragraph_id]]
    }


def _event_of(found: Step) -> str:
    return found.placed[0].decisions[0][1].event_id


def _kinds(found: Step) -> list[str]:
    return [decision.kind for placed in found.placed for _, decision in placed.decisions]


# What is new


def test_reports_of_one_thing_share_an_event_and_others_do_not() -> None:
    core = engine()
    one, other, else_ = read_one_by_one(
        core,
        [
            article("n1", report("tea", 1), 0),
            article("n2", report("tea", 2), 1),
            article("n3", report("xua", 3), 2),
        ],
    )
    assert _event_of(one) == _event_of(other) != _event_of(else_)


def test_an_article_about_two_things_lies_in_both() -> None:
    core = engine()
    tea, xua = report("tea", 1), report("xua", 1)
    read(core, article("n1", tea, 0), article("n2", xua, 0))
    digest = read(core, article("n3", (*report("tea", 2), *report("xua", 2)), 1))
    assert len({decision.event_id for _, decision in digest.placed[0].decisions}) == 2


def test_an_article_in_its_window_is_not_late_and_one_before_it_is() -> None:
    core = engine()
    window = core.settings.events.window_minutes / (24 * 60)
    found = read(
        core,
        article("n1", report("tea", 1), 10),
        article("n2", report("xua", 1), 10 - 0.9 * window),
        article("n3", report("xub", 1), 3),
        end=10 + 0.05 * window,
    )
    late = {placed.article.article.source_id: placed.late for placed in found.placed}
    assert late == {"n1": False, "n2": False, "n3": True}


# Again


def test_reading_the_same_again_changes_nothing() -> None:
    core = engine()
    same = [article("n1", report("tea", 1), 0), article("n2", report("xua", 1), 0)]
    read(core, *same)
    events, storylines = core.take_changed()
    assert (len(events), len(storylines)) == (2, 2)
    again = read(core, *same, *same)
    assert again.unchanged == 4
    assert (again.placed, again.changes, core.take_changed()) == ([], [], ([], []))


@pytest.mark.parametrize("newer_first", [False, True])
def test_of_two_versions_the_newer_wins_whichever_comes_first(newer_first: bool) -> None:
    core = engine()
    old = article("n1", LONG[:3], 0, fetched=1)
    new = article("n1", LONG, 0, fetched=1, updated=2)
    for version in (new, old) if newer_first else (old, new):
        read(core, version)
    record = core.registry.records[new.article.article_id]
    assert record.digest == new.article.digest
    assert record.version == (1 if newer_first else 2)


def test_two_versions_in_one_window_are_both_seen_and_the_newer_stays() -> None:
    core = engine()
    old = article("n1", LONG[:3], 0, fetched=1)
    new = article("n1", LONG, 0, fetched=2)
    found = read(core, new, old)
    assert [placed.record.version for placed in found.placed] == [1, 2]
    assert core.registry.records[new.article.article_id].digest == new.article.digest


def test_paragraphs_that_did_not_change_keep_their_ids_and_places() -> None:
    core = engine()
    text = report("tea", 1, 4)
    before = read(core, article("n1", text, 0)).placed[0]
    changed = (text[0], sentence("tea", 900), *text[2:], sentence("tea", 901))
    after = read(core, article("n1", changed, 0, updated=1)).placed[0]
    kept = {text[0], *text[2:]}
    assert {p.text: p.paragraph_id for p in after.article.paragraphs if p.text in kept} == {
        p.text: p.paragraph_id for p in before.article.paragraphs if p.text in kept
    }
    assert {t: p for t, p in _places(after).items() if t in kept} == {
        t: p for t, p in _places(before).items() if t in kept
    }


def test_what_an_update_adds_is_decided_and_what_it_drops_is_gone() -> None:
    core = engine()
    read(core, article("n0", report("xua", 1), 0))
    tea, xua = report("tea", 1), report("xua", 2)
    both = read(core, article("n1", (*tea, *xua), 0)).placed[0]
    passages = _places(both)
    less = read(core, article("n1", tea, 0, updated=1)).placed[0]
    assert set(less.gone) == {passages[xua[0]][0]}
    more = read(core, article("n1", (*tea, *report("xua", 3)), 0, updated=2)).placed[0]
    assert more.gone == {}
    assert [decision.kind for _, decision in more.decisions] == ["kept", "joined"]
    assert _places(more)[tea[0]] == passages[tea[0]]


def test_an_update_weighs_on_no_centroid_for_what_was_there_before() -> None:
    core = engine()
    read(core, article("n1", LONG[:4], 0))
    [event] = core.events.active.events
    total, passages = event.total.copy(), event.passages
    read(core, article("n1", LONG, 0, updated=1))
    assert event.passages == passages
    np.testing.assert_array_equal(event.total, total)


def test_an_update_after_its_event_was_forgotten_is_decided_anew() -> None:
    lasting = SHORT_LIVED.model_copy(update={"duplicates": DuplicateSettings(memory_days=300)})
    core = engine(lasting)
    read(core, article("n1", LONG[:3], 0))
    read(core, article("n2", report("xua", 1), 90))
    found = read(core, article("n1", LONG, 0, updated=91))
    assert _kinds(found) == ["opened"]
    assert {place[1] for place in _places(found.placed[0]).values()} == {_event_of(found)}


# Copies


def test_a_copy_points_to_its_original_and_counts_as_reach_only() -> None:
    core = engine()
    read(core, article("n1", LONG, 0, source="Wire"))
    [event] = core.events.active.events
    total = event.total.copy()
    found = read(core, article("n2", LONG, 1, source="Herald", title="Another title"))
    original = article("n1", LONG, 0, source="Wire").article.article_id
    assert found.placed[0].record.duplicate_of == original
    assert _kinds(found) == ["copied"]
    [line] = core.storylines.storylines.values()
    assert (event.articles, event.copies, event.passages) == (1, 1, 1)
    assert (line.articles, line.copies, line.passages) == (1, 1, 1)
    assert event.sources == line.sources == {"Wire": 1, "Herald": 1}
    np.testing.assert_array_equal(event.total, total)


def test_the_oldest_of_copies_in_one_window_is_the_original() -> None:
    core = engine()
    copies = [article(f"n{n}", LONG, n / 1000, source=f"Outlet {n}") for n in range(4)]
    found = read(core, *reversed(copies))
    names = [placed.record.duplicate_of for placed in found.placed]
    assert names == ["", *[copies[0].article.article_id] * 3]


def test_a_report_with_other_words_is_no_copy() -> None:
    core = engine()
    read(core, article("n1", report("tea", 1), 0))
    found = read(core, article("n2", report("tea", 2), 1))
    assert found.placed[0].record.duplicate_of == ""


# Time


def test_a_silent_event_sleeps_wakes_for_what_fits_and_is_forgotten_at_last() -> None:
    core = engine(SHORT_LIVED)
    born = _event_of(read(core, article("n1", LONG, 0, title=LONG[0][:40])))
    asleep = read(core, article("n2", report("xua", 1), 8))
    assert ("event", born, "dormant") in {(c.level, c.id, c.change) for c in asleep.changes}
    woken = read(core, article("n3", LONG[1:], 9, title=LONG[0][:40]))
    assert (_kinds(woken), _event_of(woken)) == (["revived"], born)
    assert ("event", born, "revived") in {(c.level, c.id, c.change) for c in woken.changes}
    forgotten = read(core, article("n4", report("xub", 1), 60))
    retired = {(c.level, c.change) for c in forgotten.changes if c.change == "retired"}
    assert retired == {("event", "retired"), ("storyline", "retired")}
    assert core.events.find(born) is None


def test_an_article_from_before_all_that_is_remembered_is_still_placed() -> None:
    core = engine(SHORT_LIVED)
    read(core, article("n1", report("tea", 1), 100))
    held = tables(written(core, [(101.0, [])]))
    assert len(held["events"]) == 1
    found = read(core, article("n2", report("xua", 1), 0))
    assert found.placed[0].late
    assert found.storyline_of[_event_of(found)]


def test_an_undated_article_does_not_move_the_clock() -> None:
    core = engine(SHORT_LIVED)
    read(core, article("n1", report("tea", 1), 0))
    read(core, article("n2", report("tea", 2), None, fetched=900))
    assert core.clock == at(0)
    assert [event.last for event in core.events.active.events] == [at(0)]


def test_what_was_read_long_ago_is_still_known_though_its_copies_are_not_found() -> None:
    core = engine(Settings(duplicates=DuplicateSettings(memory_days=10)))
    first = article("n1", LONG, 0)
    read(core, first)
    read(core, article("n2", report("xua", 1), 30))
    assert read(core, first).unchanged == 1
    assert read(core, article("n3", LONG, 30)).placed[0].record.duplicate_of == ""
    changed = read(core, article("n1", report("xub", 1), 40, updated=40)).placed[0]
    assert (changed.before, changed.record.version) == (at(0), 2)
    assert list(changed.gone.values()) == [at(0)]


def test_articles_are_forgotten_whatever_their_own_time_was(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(registry, "KNOWN_DAYS", 10)
    core = engine(
        Settings(
            duplicates=DuplicateSettings(memory_days=5), events=EventSettings(lateness_days=9_000)
        )
    )
    read(core, article("n1", report("tea", 1), 50))
    read(core, article("n2", report("xua", 2), None, fetched=5_000))
    read(core, article("n3", report("xub", 3), 1))
    assert len(core.registry.records) == 3
    read(core, article("n4", report("tea", 4), 65))
    assert [record.article_id for record in core.registry.records.values()] == [
        article("n4", report("tea", 4), 65).article.article_id
    ]


def test_memory_is_bounded_on_an_endless_stream(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(registry, "KNOWN_DAYS", 10)
    core = engine(
        Settings(
            events=EventSettings(dormant_after_days=5, retire_after_days=10, max_active=5),
            duplicates=DuplicateSettings(memory_days=5),
        )
    )
    topics = [f"{one}{two}a" for one in "bdfgk" for two in "aeiou"]
    for day in range(75):
        read(core, article(f"n{day}", report(topics[day % 25], day, 1), day))
        assert len(core.events.active) <= 5
        assert len(core.registry.records) <= 12
        assert len(core.storylines.storylines) <= len(core.storylines.of_event) <= 12


# Whatever comes


@given(histories(8), st.randoms(use_true_random=False))
@settings(max_examples=12, deadline=None)
def test_the_order_within_a_window_does_not_matter(windows: list[Window], chance) -> None:  # type: ignore[no-untyped-def]
    shuffled = [(day, chance.sample(batch, len(batch))) for day, batch in windows]
    assert written(engine(BRISK), windows) == written(engine(BRISK), shuffled)


@given(histories(10))
@settings(max_examples=25, deadline=None)
def test_the_tables_hold_together_after_whatever_has_come(windows: list[Window]) -> None:
    held = tables(written(engine(BRISK), windows))
    ids = {name: [row[f"{name[:-1]}_id"] for row in held[name]] for name in _NAMED}
    for name, found in ids.items():
        assert max(Counter(found).values(), default=0) <= 1, name
    for row in held["articles"] + held["paragraphs"] + held["passages"]:
        assert row["article_id"] in ids["articles"]
        assert row["event_id"] in ids["events"]
        assert row["storyline_id"] in ids["storylines"]
    for row in held["articles"]:
        own = [p for p in held["paragraphs"] if p["article_id"] == row["article_id"]]
        assert len(own) == row["paragraphs"]
    passages = {row["passage_id"] for row in held["passages"]}
    assert passages == {row["passage_id"] for row in held["paragraphs"]}
    _check_lineage(held)


_NAMED = ("articles", "paragraphs", "passages", "events", "storylines")


def _check_lineage(held: dict[str, list[Row]]) -> None:
    """Everything was born; whatever merged, split or ended has a row that says so."""
    told = {(row["level"], row["id"], row["change"]) for row in held["lineage"]}
    pairs = {(r["level"], r["id"], r["other"]) for r in held["lineage"] if "merged" in r["change"]}
    for level in ("event", "storyline"):
        for row in held[f"{level}s"]:
            name = row[f"{level}_id"]
            assert (level, name, "born") in told
            if row["status"] == "retired":
                assert (level, name, "retired") in told
            if row["merged_into"] or row["status"] == "merged":
                assert (level, name, row["merged_into"]) in pairs
    known = {row["storyline_id"] for row in held["storylines"]}
    known |= {row["event_id"] for row in held["events"]}
    assert {row["id"] for row in held["lineage"] if row["level"] != "passage"} <= known
    assert all(row["reason"] for row in held["lineage"])


@given(histories(10))
@settings(max_examples=15, deadline=None)
def test_every_event_is_in_one_storyline_and_ids_are_unique(windows: list[Window]) -> None:
    core = engine(BRISK)
    for window in windows:
        step(core, window)
        live = [e.event_id for s in (core.events.active, core.events.dormant) for e in s.events]
        assert sorted(live) == sorted(core.storylines.of_event)
        assert len(live) == len(set(live))


def test_the_same_windows_give_the_same_steps() -> None:
    batch = [article(f"n{n}", report("tea", n), n / 100) for n in range(20)]

    def run(core: Engine) -> str:
        return repr([(s.changes, s.placed) for s in [read(core, *batch[:9]), read(core, *batch)]])

    assert run(engine()) == run(engine())


def test_an_empty_window_is_no_work() -> None:
    core = engine()
    found = play(core, [(1.0, []), (2.0, [])])
    assert [(one.placed, one.changes) for one in found] == [([], [])] * 2
    assert core.done == at(2.0)
    assert at(1.0) - at(0.0) == DAY


# Lateness


PUNCTUAL = Settings(events=EventSettings(lateness_days=2))


def test_an_article_within_the_lateness_is_placed_and_marked_a_later_one_is_turned_away() -> None:
    core = engine(PUNCTUAL)
    read(core, article("n1", report("tea", 1), 10))
    window = PUNCTUAL.events.window_minutes * 60_000_000
    end = core.done + window
    found = core.step(
        end, [article("n2", report("xua", 1), 8.5), article("n3", report("xub", 1), 7)]
    )
    assert [placed.late for placed in found.placed] == [True]
    assert [late.article.source_id for late in found.rejected] == ["n3"]
    assert len(core.registry.records) == 2


def test_what_is_known_or_has_no_date_is_never_too_late() -> None:
    core = engine(PUNCTUAL)
    old = article("n1", report("tea", 1), 0)
    read(core, old)
    read(core, article("n2", report("xua", 1), 30))
    undated = article("n3", report("xub", 1), None, fetched=1)
    newer = article("n1", report("tea", 1, 2), 0, updated=1)
    found = core.step(core.done + 1, [old, undated, newer])
    assert (found.unchanged, len(found.placed), found.rejected) == (1, 2, [])


def test_the_latest_time_seen_is_not_moved_by_what_is_turned_away() -> None:
    core = engine(PUNCTUAL)
    read(core, article("n1", report("tea", 1), 10))
    clock = core.clock
    core.step(core.done + 1, [article("n2", report("xua", 1), 1)])
    assert core.clock == clock


# In many runs


@given(histories())
@settings(max_examples=30, deadline=None)
def test_rows_handed_over_after_every_window_come_to_those_handed_over_once(
    windows: list[Window],
) -> None:
    core, found = engine(BRISK), []
    for window in windows:
        found += step_batches(step(core, window), core, "month")
        found += snapshot_batches(core, "month")
    assert tables(found) == tables(written(engine(BRISK), windows))
