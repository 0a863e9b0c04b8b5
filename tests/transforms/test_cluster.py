"""The ordered step in Beam: whatever the runner does, the windows and their rows are the same."""

from __future__ import annotations

import pickle
import random
from collections import Counter
from collections.abc import Iterable
from typing import Any

import apache_beam as beam
import pytest
from apache_beam.options.pipeline_options import PipelineOptions, StandardOptions
from apache_beam.runners.direct.direct_runner import BundleBasedDirectRunner
from apache_beam.runners.portability.fn_api_runner import FnApiRunner
from apache_beam.testing.test_stream import TestStream
from apache_beam.transforms.window import TimestampedValue
from apache_beam.utils.timestamp import Timestamp

from schemas.batches import TableBatch
from schemas.records import EmbeddedArticle
from tests.histories import tables
from tests.news import DIMENSION, SETTINGS, START, article, at, engine, report
from transforms import cluster
from transforms.cluster import ClusterArticles
from transforms.tables import snapshot_batches, step_batches
from transforms.waiting import ARTICLE

WINDOW = SETTINGS.events.window_minutes * 60_000_000
TOPICS = ("tea", "teb", "xua", "xub", "gaa")
ARTICLES = [
    article(f"n{n}", report(TOPICS[n % 5], n // 5), n / 300, source=f"Outlet {n % 3}")
    for n in range(30)
]
"""Thirty articles in about ten windows."""


FOUND: dict[str, list[TableBatch]] = {}
"""What the last pipeline made, by table and partition."""


class _Collect(beam.PTransform):
    """Keeps what arrives behind a shuffle: what a runner took back never gets there."""

    def expand(self, batches: beam.PCollection[TableBatch]) -> beam.PCollection[None]:
        FOUND.clear()
        keyed = beam.Map(_keyed).with_output_types(tuple[str, TableBatch])
        return batches | keyed | beam.GroupByKey() | beam.Map(_note)


def _keyed(batch: TableBatch) -> tuple[str, TableBatch]:
    return f"{batch.table} {batch.partition}", batch


def _note(pair: tuple[str, Iterable[TableBatch]]) -> None:
    FOUND[pair[0]] = list(pair[1])


def _append(batch: TableBatch) -> None:
    FOUND.setdefault(_keyed(batch)[0], []).append(batch)


def _found() -> list[TableBatch]:
    return [batch for _, batches in sorted(FOUND.items()) for batch in batches]


def _cluster(lake: str) -> ClusterArticles:
    return ClusterArticles(SETTINGS, DIMENSION, lake, None, "month")


def _run(articles: Iterable[EmbeddedArticle], lake: str, repeat: int = 0) -> list[TableBatch]:
    """Run in process; ``repeat`` plays each bundle that many times more, with state rolled back."""
    options = PipelineOptions([f"--direct_runner_bundle_repeat={repeat}"])
    with beam.Pipeline(runner=FnApiRunner(), options=options) as pipeline:
        _ = (
            pipeline
            | beam.Create(list(articles)).with_output_types(EmbeddedArticle)
            | _cluster(lake)
            | _Collect()
        )
    return _found()


def _expected(articles: Iterable[EmbeddedArticle]) -> list[TableBatch]:
    """The same windows through the core alone."""
    core = engine()
    windows: dict[int, list[EmbeddedArticle]] = {}
    for one in articles:
        windows.setdefault((one.article.time // WINDOW + 1) * WINDOW, []).append(one)
    batches: list[TableBatch] = []
    for end in sorted(windows):
        batches += step_batches(core.step(end, windows[end]), core, "month")
    batches += snapshot_batches(core, "month")
    return sorted(batches, key=lambda batch: (batch.table, batch.partition))


def test_the_windows_are_those_of_event_time_in_order(tmp_path: Any) -> None:
    shuffled = random.Random(7).sample(ARTICLES, len(ARTICLES))
    assert _run(shuffled, str(tmp_path)) == _expected(ARTICLES)


def test_bundles_that_are_played_twice_change_nothing(tmp_path: Any) -> None:
    once = _run(ARTICLES, str(tmp_path))
    twice = _run(ARTICLES, str(tmp_path), repeat=1)
    assert twice == once


def test_cells_do_not_mix(tmp_path: Any) -> None:
    halves = {"0": ARTICLES[::2], "1": ARTICLES[1::2]}
    pairs = [(key, one) for key, some in halves.items() for one in some]
    cell = cluster._ClusterCell(SETTINGS, DIMENSION, str(tmp_path), None, "month")
    with beam.Pipeline(runner=FnApiRunner()) as pipeline:
        _ = (
            pipeline
            | beam.Create(pairs).with_output_types(tuple[str, EmbeddedArticle])
            | beam.ParDo(cell).with_output_types(TableBatch)
            | _Collect()
        )
    assert set(_found()) == {*_expected(halves["0"]), *_expected(halves["1"])}


def test_the_step_can_be_sent_to_a_worker() -> None:
    cell = cluster._ClusterCell(SETTINGS, DIMENSION, "lake", None, "month")
    again = pickle.loads(pickle.dumps(cell))  # noqa: S301
    assert vars(again) == vars(cell)


# On a stream


def _stream(events: TestStream, lake: str) -> list[TableBatch]:
    FOUND.clear()
    options = PipelineOptions()
    options.view_as(StandardOptions).streaming = True
    with beam.Pipeline(runner=BundleBasedDirectRunner(), options=options) as pipeline:
        _ = pipeline | events | _cluster(lake) | beam.Map(_append)
    return _found()


def _element(one: EmbeddedArticle) -> TimestampedValue:
    return TimestampedValue(one, Timestamp(micros=one.article.time))


def _new_stream() -> TestStream:
    return TestStream(coder=ARTICLE)


def _rows(batches: list[TableBatch], table: str) -> list[dict[str, Any]]:
    return tables(batches)[table]


def test_windows_fire_as_the_watermark_passes_and_skip_what_is_empty(tmp_path: Any) -> None:
    one, two = article("n1", report("tea"), 0), article("n2", report("xua"), 1)
    stream = _new_stream().advance_watermark_to(Timestamp(micros=START))
    stream = stream.add_elements([_element(two), _element(one)])
    stream = stream.advance_watermark_to(Timestamp(micros=at(0.5)))
    stream = stream.advance_watermark_to(Timestamp(micros=at(3))).advance_watermark_to_infinity()
    assert _stream(stream, str(tmp_path)) == _expected([one, two])


def test_one_leap_of_the_watermark_decides_windows_one_by_one(tmp_path: Any) -> None:
    stream = _new_stream().advance_watermark_to(Timestamp(micros=START))
    stream = stream.add_elements([_element(one) for one in reversed(ARTICLES)])
    stream = stream.advance_watermark_to_infinity()
    assert _stream(stream, str(tmp_path)) == _expected(ARTICLES)


def test_a_late_article_joins_the_next_window_and_is_marked(tmp_path: Any) -> None:
    early, late = article("n1", report("tea"), 0), article("n2", report("xua"), 0.001)
    after = article("n3", report("gaa"), 1)
    stream = _new_stream().advance_watermark_to(Timestamp(micros=START))
    stream = stream.add_elements([_element(early)])
    stream = stream.advance_watermark_to(Timestamp(micros=at(0.5)))
    stream = stream.add_elements([_element(late)])
    stream = stream.advance_watermark_to(Timestamp(micros=at(0.6)))
    stream = stream.add_elements([_element(after)]).advance_watermark_to_infinity()
    found = _stream(stream, str(tmp_path))
    rows = {row["source_id"]: row["late"] for row in _rows(found, "articles")}
    assert rows == {"n1": False, "n2": True, "n3": False}
    orders = [batch.order for batch in found if batch.table == "articles"]
    assert orders == sorted(orders)
    assert len(set(orders)) == 3


def _in_three_leaps() -> TestStream:
    stream = _new_stream().advance_watermark_to(Timestamp(micros=START))
    for start in range(0, 30, 10):
        stream = stream.add_elements([_element(one) for one in ARTICLES[start : start + 10]])
        decided = ARTICLES[start + 9].article.time // WINDOW * WINDOW
        stream = stream.advance_watermark_to(Timestamp(micros=decided))
    return stream.advance_watermark_to_infinity()


def _states(batches: list[TableBatch]) -> set[TableBatch]:
    return {batch for batch in batches if batch.table.startswith("state/")}


def test_a_worker_that_forgets_everything_between_bundles_does_the_same(
    tmp_path: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    start = cluster._ClusterCell.start_bundle

    def forget(cell: Any) -> None:
        cell.setup()
        start(cell)

    monkeypatch.setattr(cluster._ClusterCell, "start_bundle", forget)
    monkeypatch.setattr(cluster, "CHECKPOINT_EVERY", 3)
    built = Counter[str]()
    build = cluster._ClusterCell._build
    monkeypatch.setattr(
        cluster._ClusterCell,
        "_build",
        lambda cell, chunks, *rest: (
            built.update(["chunks" if chunks else "lake"]) or build(cell, chunks, *rest)
        ),
    )
    found, wanted = _stream(_in_three_leaps(), str(tmp_path)), _expected(ARTICLES)
    assert built["chunks"] > 1
    assert tables(found) == tables(wanted)
    assert _states(found) == _states(wanted)


class _FailsOnce:
    """Breaks the n-th call of a method midway, after its work is done."""

    def __init__(self, inner: Any, call: int) -> None:
        self.inner, self.left = inner, call

    @property
    def method(self) -> Any:
        def call(*args: Any) -> Any:
            result = self.inner(*args)
            self.left -= 1
            if self.left == 0:
                raise RuntimeError("the worker stumbles")
            return result

        return call


@pytest.mark.parametrize("call", [1, 2, 5])
def test_a_bundle_that_fails_midway_and_is_retried_gives_the_same(
    tmp_path: Any, monkeypatch: pytest.MonkeyPatch, call: int
) -> None:
    failing = _FailsOnce(cluster._ClusterCell._step, call)
    monkeypatch.setattr(cluster._ClusterCell, "_step", failing.method)
    monkeypatch.setattr(cluster, "CHECKPOINT_EVERY", 4)
    found = _stream(_in_three_leaps(), str(tmp_path))
    assert failing.left < 0
    assert tables(found) == tables(_expected(ARTICLES))
