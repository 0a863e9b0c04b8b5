"""The state as tables is the whole state: what goes on from it goes on as if nothing had been."""

from __future__ import annotations

from collections.abc import Callable
from io import BytesIO

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from schemas.batches import decode_rows, encode_table
from tests.histories import BRISK, Window, histories, step, written
from tests.news import article, engine, read, report
from transforms.clustering.engine import Engine
from transforms.clustering.state import from_tables, to_tables
from transforms.errors import LakeError
from transforms.tables import step_batches


def _through_arrow(table: pa.Table) -> pa.Table:
    return decode_rows(encode_table(table))


def _through_parquet(table: pa.Table) -> pa.Table:
    sink = BytesIO()
    pq.write_table(table, sink, compression="zstd")
    return pq.read_table(BytesIO(sink.getvalue()))


CHANNELS = {"arrow": _through_arrow, "parquet": _through_parquet}


def _again(core: Engine, channel: Callable[[pa.Table], pa.Table]) -> Engine:
    restored = {name: channel(table) for name, table in to_tables(core).items()}
    return from_tables(restored, core.settings)


def _bytes(core: Engine) -> dict[str, bytes]:
    return {name: encode_table(table) for name, table in to_tables(core).items()}


@given(histories(10), st.sampled_from(sorted(CHANNELS)))
@settings(max_examples=15, deadline=None)
def test_an_engine_restored_before_every_window_does_the_same(
    windows: list[Window], channel: str
) -> None:
    whole, restored = engine(BRISK), engine(BRISK)
    for window in windows:
        restored = _again(restored, CHANNELS[channel])
        one, other = step(whole, window), step(restored, window)
        assert list(step_batches(one, whole, "month")) == list(
            step_batches(other, restored, "month")
        )
    assert _bytes(whole) == _bytes(restored)


@given(histories(8), st.integers(0, 8))
@settings(max_examples=10, deadline=None)
def test_the_state_that_is_read_is_the_state_that_was_written(
    windows: list[Window], cut: int
) -> None:
    core = engine(BRISK)
    written(core, windows[:cut])
    for channel in CHANNELS.values():
        assert _bytes(_again(core, channel)) == _bytes(core)


def test_a_new_engine_has_a_state_too() -> None:
    restored = _again(engine(), _through_parquet)
    assert (restored.clock, restored.done) == (None, 0)
    found = read(restored, article("n1", report("tea"), 0))
    assert len(found.placed) == 1


def test_tables_without_rows_may_be_missing() -> None:
    state = {name: table for name, table in to_tables(engine()).items() if table.num_rows}
    state["background"] = to_tables(engine())["background"]
    assert from_tables(state, BRISK).done == 0


def test_a_state_of_another_version_is_refused() -> None:
    state = to_tables(engine())
    meta = state["meta"].to_pylist()[0]
    state["meta"] = pa.Table.from_pylist([{**meta, "state_version": 99}])
    with pytest.raises(LakeError, match="version 99"):
        from_tables(state, BRISK)


def test_a_storyline_of_an_event_that_is_not_there_is_refused() -> None:
    core = engine()
    read(core, article("n1", report("tea"), 0))
    state = to_tables(core)
    state["active"] = state["active"].slice(0, 0)
    with pytest.raises(LakeError, match="names event"):
        from_tables(state, core.settings)


def test_a_copy_is_found_after_a_restart() -> None:
    core = engine()
    read(core, article("n1", report("tea"), 0))
    found = read(_again(core, _through_arrow), article("n2", report("tea"), 1))
    assert found.placed[0].record.duplicate_of == article("n1", report("tea"), 0).article.article_id
