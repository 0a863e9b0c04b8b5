"""The pipeline's last step makes one snapshot, however its bundles are cut and repeated."""

from __future__ import annotations

import pickle
from pathlib import Path

import apache_beam as beam
import pytest
from apache_beam.options.pipeline_options import PipelineOptions
from apache_beam.testing.util import assert_that, equal_to

from pipelines.lake import Lake
from schemas.batches import TableBatch
from tests.lakes import batches, news, planned, rejection, sample, write
from transforms.lake.plan import SnapshotPlan
from transforms.lake.verify import verify
from transforms.lake.write import WriteSnapshot


def _run(plan: SnapshotPlan, given: list[TableBatch], expected: list[int], *flags: str) -> None:
    options = PipelineOptions(["--runner=FnApiRunner", *flags])
    with beam.Pipeline(options=options) as pipeline:
        rows = pipeline | beam.Create(given).with_output_types(TableBatch)
        assert_that(rows | WriteSnapshot(plan), equal_to(expected))


def test_it_writes_what_the_pure_writer_writes(tmp_path: Path) -> None:
    lake, other = str(tmp_path / "lake"), str(tmp_path / "other")
    _run(planned(lake, [news()]), sample()[::-1], [1])
    write(other, sample(), [news()])
    assert Lake(lake).manifest.same_as(Lake(other).manifest)
    assert verify(lake) == []


def test_repeated_bundles_change_nothing(tmp_path: Path) -> None:
    lake = str(tmp_path)
    _run(planned(lake, [news()]), sample(), [1], "--direct_runner_bundle_repeat=1")
    later = batches("rejections", rejection("r1", "truncated"), rejection("r9"))
    _run(planned(lake), later, [2], "--direct_runner_bundle_repeat=1")
    assert Lake(lake).manifest.counts.rejected == {"bad_json": 1, "no_text": 1, "truncated": 1}
    assert verify(lake) == []


def test_without_a_change_nothing_comes_out(tmp_path: Path) -> None:
    _run(planned(str(tmp_path), [news()]), sample(), [1])
    _run(planned(str(tmp_path), [news()]), sample(), [])
    _run(planned(str(tmp_path)), [], [])
    assert Lake(str(tmp_path)).snapshots() == [1]


def test_inputs_alone_are_a_snapshot(tmp_path: Path) -> None:
    _run(planned(str(tmp_path), [news()]), [], [1])
    assert Lake(str(tmp_path)).manifest.inputs == [news()]


def test_a_commit_that_comes_second_fails_the_run(tmp_path: Path) -> None:
    plan = planned(str(tmp_path))
    write(str(tmp_path), batches("rejections", rejection("r2")))
    with pytest.raises(Exception, match="Another run has committed snapshot 1"):
        _run(plan, sample(), [1])
    assert Lake(str(tmp_path)).table("articles").num_rows == 0


def test_the_transform_can_be_shipped(tmp_path: Path) -> None:
    plan = planned(str(tmp_path), [news()])
    assert pickle.loads(pickle.dumps(plan)) == plan  # noqa: S301
