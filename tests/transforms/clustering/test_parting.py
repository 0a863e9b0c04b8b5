"""An event that has become two, from the window it is seen in to what readers find."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipelines.lake import Lake
from schemas.settings import EventSettings, Settings
from schemas.tables import TABLES
from tests import lakes
from tests.histories import BRISK, Row, Window, histories, step, tables, written
from tests.news import article, engine, read, read_one_by_one, report, sentence
from transforms.clustering.engine import Engine
from transforms.clustering.step import Step
from transforms.lake.verify import verify
from transforms.tables import snapshot_batches, step_batches

EASILY = Settings(events=EventSettings(split_passages=4))


def _both(number: int) -> tuple[str, ...]:
    """A first report, in which two stories are still one."""
    numbers = range(100 * number, 100 * number + 3)
    return tuple(f"{sentence('tea', n)[:-1]} {sentence('xua', n)}" for n in numbers)


def _stream(reports: int = 4) -> list[tuple[str, tuple[str, ...], float]]:
    """Two reports of both, then some of each."""
    first = [(f"both{n}", _both(n), n / 10) for n in range(2)]
    later = [
        (f"{topic}{n}", report(topic, 20 + n), (2 + n) / 10 + place / 20)
        for n in range(reports)
        for place, topic in enumerate(("tea", "xua"))
    ]
    return first + later


def _told(core: Engine, reports: int = 4) -> list[Step]:
    articles = [
        article(name, text, day, title=f"{name} {text[0][:30]}", source=f"Outlet {name[-1]}")
        for name, text, day in _stream(reports)
    ]
    return read_one_by_one(core, articles)


def _events(core: Engine) -> dict[str, set[str]]:
    """Today's events of each article, by what the registry says."""
    names = {article(n, text, day).article.article_id: n for n, text, day in _stream(9)}
    return {names[r.article_id]: set(r.events) for r in core.registry.records.values()}


def _changes(steps: list[Step], level: str, change: str) -> list[tuple[str, str, str]]:
    found = [c for one in steps for c in one.changes if (c.level, c.change) == (level, change)]
    return [(c.id, c.other, c.reason) for c in found]


def test_two_stories_that_began_as_one_part_and_all_reports_go_with_their_side() -> None:
    core = engine(EASILY)
    steps = _told(core)
    [(born, old, reason)] = _changes(steps, "event", "split_from")
    assert {e.event_id for e in core.events.active.events} == {born, old}
    assert "passages would not join the others: log-odds -" in reason
    found = _events(core)
    assert all(found[f"tea{n}"] == {old} for n in range(4))
    assert all(found[f"xua{n}"] == {born} for n in range(4))
    assert {name for name, other, _ in _changes(steps, "event", "born")} == {born, old}


def test_every_passage_that_left_and_was_written_has_a_row_that_says_so() -> None:
    core = engine(EASILY)
    steps = _told(core)
    [(born, _, reason)] = _changes(steps, "event", "split_from")
    moved = _changes(steps, "passage", "moved_to")
    assert {other for _, other, _ in moved} == {born}
    [last] = [one for one in steps if one.splits]
    new = {d.passage_id for placed in last.placed for _, d in placed.decisions}
    assert new.isdisjoint(name for name, _, _ in moved)
    places = [p for r in core.registry.records.values() for p in r.places.values()]
    before = {p.passage_id for p in places if p.event_id == born and p.time < last.time - 1}
    assert {name for name, _, _ in moved} == before
    with_it = {name for name in new if _is_in(core, name, born)}
    assert reason.startswith(f"{len(before | with_it)} of ")


def _is_in(core: Engine, passage: str, event: str) -> bool:
    records = core.registry.records.values()
    return any(
        (p.passage_id, p.event_id) == (passage, event) for r in records for p in r.places.values()
    )


def test_what_left_has_a_storyline_with_a_name_and_counts() -> None:
    core = engine(EASILY)
    steps = _told(core)
    [(born, old, _)] = _changes(steps, "event", "split_from")
    line, other = core.storyline_of(born), core.storyline_of(old)
    assert [(line, other)] == [c[:2] for c in _changes(steps, "storyline", "split_from")]
    event, storyline = core.events.find(born), core.storylines.storylines[line]
    assert event is not None
    assert (storyline.articles, storyline.sources) == (event.articles, event.sources)
    assert storyline.label.lower().startswith("xu")


def test_the_side_of_an_update_and_of_a_copy_is_that_of_what_they_follow() -> None:
    core = engine(EASILY)
    _told(core, 2)
    [shared] = [e.event_id for e in core.events.active.events]
    text = report("xua", 20)
    read(core, article("copy", text, 0.5))
    read(core, article("xua1", (*report("xua", 21), sentence("xua", 9)), 0.35, updated=0.5))
    steps = [
        read(core, article(f"{topic}{n}", report(topic, 20 + n), 0.5 + n / 10))
        for n in range(2, 5)
        for topic in ("tea", "xua")
    ]
    [(born, old, _)] = _changes(steps, "event", "split_from")
    assert old == shared
    records = {r.article_id: r for r in core.registry.records.values()}
    copy = records[article("copy", text, 0.5).article.article_id]
    update = records[article("xua1", report("xua", 21), 0.35).article.article_id]
    assert copy.duplicate_of
    assert (set(copy.events), set(update.events), update.version) == ({born}, {born}, 2)
    event = core.events.find(born)
    assert event is not None
    assert event.copies == 1


def test_what_was_merged_in_error_parts_again_passage_by_passage() -> None:
    core = engine(EASILY)
    usual = core.events.settings
    core.events.settings = usual.model_copy(update={"merge_margin": -99, "split_margin": 99})
    stream = [one for one in _stream(4) if "both" not in one[0]]
    steps = read_one_by_one(core, [article(*each) for each in stream])
    [(loser, winner, _)] = _changes(steps, "event", "merged_into")
    assert [e.event_id for e in core.events.active.events] == [winner]
    core.events.settings = usual
    steps = [read(core, article("tea8", report("tea", 28), 1))]
    [(born, old, _)] = _changes(steps, "event", "split_from")
    assert old == winner == core.heir(loser)
    assert born not in (winner, loser)
    found = _events(core)
    sides = {topic: {e for n in range(4) for e in found[f"{topic}{n}"]} for topic in ("tea", "xua")}
    assert sides == {"tea": {winner}, "xua": {born}}
    assert len(_changes(steps, "passage", "moved_to")) == 4


def test_readers_find_every_row_where_it_is_today_and_old_ids_still_lead_somewhere(
    tmp_path: Path,
) -> None:
    core, lake = engine(EASILY), str(tmp_path / "lake")
    told: list[Step] = []
    for name, text, day in _stream():
        told.append(read(core, article(name, text, day, title=name)))
        found = [*step_batches(told[-1], core, "month"), *snapshot_batches(core, "month")]
        lakes.write(lake, [batch for batch in found if batch.table in TABLES])
    assert verify(lake) == []
    [(born, old, reason)] = _changes(told, "event", "split_from")
    for table in ("articles", "paragraphs", "passages"):
        _check(Lake(lake).table(table).to_pylist(), core, table)
    written = Lake(lake).table("paragraphs", as_of="write").to_pylist()
    assert {row["event_id"] for row in written} == {born, old}
    events = {row["event_id"]: row for row in Lake(lake).table("events").to_pylist()}
    assert {name: row["merged_into"] for name, row in events.items()} == {born: None, old: None}
    assert events[born]["articles"] + events[old]["articles"] == len(_stream())
    kept = ("level", "change", "id", "other", "reason")
    rows = {tuple(row[name] for name in kept) for row in Lake(lake).table("lineage").to_pylist()}
    assert ("event", "split_from", born, old, reason) in rows


def _check(rows: list[Row], core: Engine, table: str) -> None:
    """What readers are told is what the engine knows."""
    assert rows
    for row in rows:
        record = core.registry.records[row["article_id"]]
        assert {row["event_id"]} == set(record.events), table
        assert row["storyline_id"] == core.storyline_of(row["event_id"])


@given(histories(12))
@settings(max_examples=25, deadline=None)
def test_the_sides_are_known_passage_by_passage_whatever_comes(windows: list[Window]) -> None:
    core = engine(BRISK)
    for window in windows:
        step(core, window)
        known = {p.event_id for r in core.registry.records.values() for p in r.places.values()}
        live = {core.heir(name) for name in known} & core.events.active.slots.keys()
        assert live == {name for name in live if core.events.find(name) is not None}
        for event in core.events.active.events:
            if event.part is not None:
                assert 0 < event.part.passages < event.passages
                assert event.part.dated <= event.dated
                assert event.first == min(event.part.first, event.part.rest_first)
        assert all(event.part is None for event in core.events.dormant.events)


@given(histories(12), st.booleans())
@settings(max_examples=15, deadline=None)
def test_moves_in_the_lineage_lead_to_where_the_engine_has_the_passages(
    windows: list[Window], merging: bool
) -> None:
    margin = 0.0 if merging else 9.0
    brisk = BRISK.events.model_copy(update={"merge_margin": margin})
    core = engine(BRISK.model_copy(update={"events": brisk}))
    held = tables(written(core, windows))
    moved = [row for row in held["lineage"] if row["change"] == "moved_to"]
    last = {row["id"]: row["other"] for row in sorted(moved, key=lambda row: row["time"])}
    merged = {row["event_id"]: row["merged_into"] for row in held["events"]}
    now = {p.passage_id: p for r in core.registry.records.values() for p in r.places.values()}
    for row in held["passages"]:
        if row["passage_id"] in now:
            name = last.get(row["passage_id"], row["event_id"])
            while merged[name]:
                name = merged[name]
            assert name == core.heir(now[row["passage_id"]].event_id)


@pytest.mark.parametrize(("passages", "reports"), [(4, 4), (6, 8)])
def test_a_window_of_everything_at_once_parts_as_well(passages: int, reports: int) -> None:
    core = engine(Settings(events=EventSettings(split_passages=passages)))
    found = read(core, *(article(name, text, day) for name, text, day in _stream(reports)))
    assert len(found.splits) == 1
    assert _changes([found], "passage", "moved_to") == []
    rows = tables(list(step_batches(found, core, "month")))
    assert len({row["event_id"] for row in rows["passages"]}) == 2
