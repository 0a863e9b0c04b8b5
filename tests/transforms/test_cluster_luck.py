"""Whatever order, bundles, retries, moves and runs befall the ordered step: the same tables."""

from __future__ import annotations

import itertools
import random
from collections.abc import Iterator, Sequence
from typing import NamedTuple

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from schemas.batches import STATE, TableBatch, decode_rows
from schemas.records import EmbeddedArticle
from schemas.settings import Settings
from tests.histories import BRISK, Row, Window, cases, histories, tables
from tests.miniature import END, FINE, Luck, Miniature
from tests.news import DAY, DIMENSION, article, engine, read, report
from transforms import cluster
from transforms.cluster import Horizon
from transforms.clustering.engine import Engine
from transforms.clustering.state import from_tables
from transforms.tables import snapshot_batches, step_batches
from transforms.waiting import WAITING, unpack

WINDOW = BRISK.events.window
DISORDER = 3 * DAY
LAKE: dict[str, bytes] = {}
"""The state that the newest snapshot has: a run goes on from it."""


def _from_memory(lake: str, parent: int | None, settings: Settings, dimension: int) -> Engine:
    held = {name.removeprefix(STATE): decode_rows(rows) for name, rows in LAKE.items() if rows}
    return from_tables(held, settings) if "meta" in held else Engine(dimension, settings)


@pytest.fixture(autouse=True, scope="module")
def _no_disk() -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(cluster, "from_lake", _from_memory)
        patched.setattr(cluster, "CHECKPOINT_EVERY", 3)
        yield


def _time(article: EmbeddedArticle) -> int:
    return article.article.released(BRISK.events.lateness)


def _end(article: EmbeddedArticle) -> int:
    return (_time(article) // WINDOW + 1) * WINDOW


def _in_order(articles: Sequence[EmbeddedArticle]) -> list[TableBatch]:
    """Each window once, in the order of event time, by the core alone."""
    core, found = engine(BRISK), []
    for end in sorted(set(map(_end, articles))):
        step = core.step(end, [article for article in articles if _end(article) == end])
        found += step_batches(step, core, "month")
    return [*found, *snapshot_batches(core, "month")]


class Run(NamedTuple):
    """Some of the articles, and whether all windows are decided at its end."""

    articles: Sequence[EmbeddedArticle]
    drains: bool = True


class _Fate:
    """Draws what happens to the articles on their way."""

    def __init__(self, chance: random.Random) -> None:
        self._chance = chance

    def runs(self, articles: Sequence[EmbeddedArticle]) -> list[Run]:
        """Cut into runs: where windows end, or anywhere, and then what may go on waits."""
        if self._chance.random() < 0.5:
            ends = sorted(set(map(_end, articles)))
            borders = [0, *self._cuts(ends), END]
            pairs = itertools.pairwise(borders)
            return [Run([a for a in articles if low < _end(a) <= high]) for low, high in pairs]
        arrived = self.arrivals(articles)
        cuts = [0, *self._cuts(range(len(arrived))), len(arrived)]
        pairs = itertools.pairwise(cuts)
        return [*(Run(arrived[low:high], drains=False) for low, high in pairs), Run([])]

    def _cuts(self, places: Sequence[int]) -> list[int]:
        return sorted(self._chance.sample(places, min(len(places), self._chance.randint(0, 3))))

    def arrivals(self, articles: Sequence[EmbeddedArticle]) -> list[EmbeddedArticle]:
        """Any order in which nobody comes more than the disorder behind another."""
        drawn = [(_time(a) + self._chance.randint(0, DISORDER), a) for a in articles]
        return [article for _, article in sorted(drawn, key=lambda pair: pair[0])]

    def bundles(self, articles: Sequence[EmbeddedArticle]) -> Iterator[list[EmbeddedArticle]]:
        rest = list(articles)
        while rest:
            size = self._chance.randint(1, 6)
            yield rest[:size]
            rest = rest[size:]

    def luck(self) -> Luck:
        breaks = [
            (self._chance.randint(0, 1), self._chance.choice((0, 1, 2, 9)))
            for _ in range(self._chance.choice((0, 0, 1, 2)))
        ]
        return Luck(self._chance.randint(0, 1), breaks, self._chance.random() < 0.2)

    def watermark(self, low: int, high: int) -> int:
        """It may lag as it likes."""
        return self._chance.choice((low, high, self._chance.randint(low, max(low, high))))


def _play(run: Run, fate: _Fate) -> list[TableBatch]:
    """One run on what the last one left: a stream, or files whose windows may have to wait."""
    waiting = LAKE.pop(WAITING, b"")
    articles = (
        [unpack(row["article"]) for row in decode_rows(waiting).to_pylist()] if waiting else []
    )
    horizon = Horizon() if run.drains else Horizon(disorder=DISORDER)
    parent = 1 if LAKE else None
    cell = cluster._ClusterCell(BRISK, DIMENSION, "lake", parent, "month", horizon)
    runner, latest = Miniature(cell), 0
    if articles:
        runner.read(articles, fate.luck())
    for bundle in fate.bundles(fate.arrivals(run.articles)):
        runner.read(bundle, fate.luck())
        latest = max([latest, *map(_time, bundle)])
        if run.drains:
            runner.advance(fate.watermark(runner.watermark, latest - DISORDER), fate.luck())
    runner.advance(END, fate.luck())
    LAKE.update(_states(runner.output))
    return runner.output


def _states(batches: Sequence[TableBatch]) -> dict[str, bytes]:
    """The state that a lake keeps of these: the latest of each table."""
    found: dict[str, tuple[int, bytes]] = {}
    for batch in batches:
        if batch.table.startswith(STATE):
            held = found.get(batch.table, (0, b""))
            found[batch.table] = max(held, (batch.order, batch.rows))
    return {name: rows for name, (_, rows) in found.items()}


def _today(held: dict[str, list[Row]]) -> dict[str, list[Row]]:
    """Lead the storylines of events on, as readers do: a merger writes no event anew."""
    heirs = {row["storyline_id"]: row["merged_into"] for row in held["storylines"]}
    for row in held["events"]:
        while heirs.get(row["storyline_id"]):
            row["storyline_id"] = heirs[row["storyline_id"]]
    return held


@given(histories(10), st.integers(0, 2**32 - 1))
@settings(max_examples=cases(20, 1_000), deadline=None)
def test_order_bundles_retries_moves_and_runs_do_not_matter(
    windows: list[Window], seed: int
) -> None:
    LAKE.clear()
    articles = [news.article() for _, batch in windows for news in batch]
    fate, found = _Fate(random.Random(seed)), []
    for run in fate.runs(articles):
        found += _play(run, fate)
    wanted = _in_order(articles)
    assert _today(tables(found)) == _today(tables(wanted))
    left = {name: rows for name, rows in LAKE.items() if rows}
    assert left == (_states(wanted) if articles else {})


NEWS = [article(f"n{n}", report("tea", n), n / 4) for n in range(8)]


def _cell() -> cluster._ClusterCell:
    return cluster._ClusterCell(BRISK, DIMENSION, "lake", None, "month")


def _streamed(lucks: Sequence[Luck]) -> list[TableBatch]:
    """Every article in a bundle of its own, each window decided before the next one comes."""
    LAKE.clear()
    runner = Miniature(_cell())
    for one, luck in zip(NEWS, lucks, strict=True):
        runner.read([one], luck)
        runner.advance(_end(one), luck)
    runner.advance(END, lucks[-1])
    return runner.output


def test_a_key_that_moves_to_another_worker_with_every_bundle_is_decided_alike() -> None:
    moving = _streamed([Luck(worker=number % 2) for number in range(len(NEWS))])
    assert moving == _streamed([FINE] * len(NEWS))


def test_a_worker_whose_work_was_thrown_away_does_not_go_on_from_it() -> None:
    """It has played the whole bundle, another one was believed, then it gets the next one."""
    back = [Luck(worker=number % 2, breaks=[(1 - number % 2, 9)]) for number in range(len(NEWS))]
    assert _streamed(back) == _streamed([FINE] * len(NEWS))


def test_a_timer_that_fires_twice_decides_once() -> None:
    twice = _streamed([Luck(again=True)] * len(NEWS))
    wanted = _streamed([FINE] * len(NEWS))
    assert tables(twice) == tables(wanted)
    assert _states(twice) == _states(wanted)


def test_windows_without_articles_and_an_idle_source_cost_nothing() -> None:
    LAKE.clear()
    runner = Miniature(_cell())
    for one in NEWS[:2]:
        runner.read([one])
        for hours in range(1, 100):
            runner.advance(_end(one) + hours * DAY // 24)
    decided = [batch for batch in runner.output if batch.table == "articles"]
    assert len(decided) == 2
    runner.advance(END)
    assert runner.output == _in_order(NEWS[:2])


def test_a_return_to_an_earlier_wording_is_a_version_though_the_one_between_still_waits() -> None:
    first = article("n1", report("tea"), 0)
    between = article("n1", report("xua"), 0, updated=5)
    again = article("n1", report("tea"), 0, updated=5.5)
    LAKE.clear()
    found: list[TableBatch] = []
    for run in (Run([first]), Run([between, again], drains=False), Run([])):
        found += _play(run, _Fate(random.Random(0)))
    wanted = _in_order([first, between, again])
    assert tables(found) == tables(wanted)
    assert [row["version"] for row in tables(found)["articles"]] == [3]


def test_what_is_read_again_does_not_move_the_clock() -> None:
    core = engine()
    read(core, article("n1", report("tea"), 0))
    before = core.clock
    read(core, article("n1", report("tea"), 3))
    assert core.clock == before
