"""Whatever is done to a lake in whatever order, each snapshot holds what it should."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipelines.lake import Lake
from schemas.batches import TableBatch, encode_table
from tests.lakes import batches, rejection, write
from transforms.lake import tiers
from transforms.lake.compact import compact
from transforms.lake.expire import Rule, expire
from transforms.lake.rollback import roll_back
from transforms.lake.verify import verify

_ROWS = st.lists(
    st.tuples(st.integers(0, 30), st.sampled_from(["bad_json", "no_text"])), min_size=1, max_size=4
)
_DEED = (
    st.tuples(st.just("write"), _ROWS)
    | st.tuples(st.just("rollback"), st.integers(0, 20))
    | st.tuples(st.just("expire"), st.integers(1, 4))
    | st.tuples(st.just("compact"), st.none())
)
State = tuple[dict[str, str], int]
"""Rejections with their reasons, and what the ordered step keeps."""


@pytest.fixture(autouse=True, scope="module")
def _folding_begins_early() -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(tiers, "SPARE", 2)
        patched.setattr(tiers, "SMALL", 8)
        patched.setattr(tiers, "FULL", 32)
        yield


class Model:
    """A lake, and what each of its snapshots should hold."""

    def __init__(self, lake: str) -> None:
        self.lake = lake
        write(lake, batches("rejections", rejection("r1")))
        self.states: dict[int, State] = {1: ({"r1": "bad_json"}, 0)}

    def write(self, rows: list[tuple[int, str]]) -> None:
        held, turn = self.states[self.newest]
        news = {f"r{number}": reason for number, reason in rows}
        given = batches("rejections", *(rejection(*pair) for pair in news.items()))
        terms = encode_table(pa.table({"n": [turn + 1]}))
        made = write(self.lake, [*given, TableBatch("state/terms", "", terms)])
        self.states[self.newest + 1] = ({**held, **news}, turn + 1)
        assert made == self.newest

    def rollback(self, choice: int) -> None:
        numbers = sorted(self.states)
        to = numbers[choice % len(numbers)]
        if roll_back(self.lake, to).snapshot is not None:
            self.states[self.newest + 1] = self.states[to]

    def expire(self, last: int) -> None:
        gone = expire(self.lake, Rule(last=last, grace=timedelta())).snapshots
        assert gone == sorted(self.states)[:-last]
        self.states = {n: state for n, state in self.states.items() if n not in gone}

    def compact(self, _: None) -> None:
        if compact(self.lake).snapshot is not None:
            self.states[self.newest + 1] = self.states[self.newest]

    @property
    def newest(self) -> int:
        return max(self.states)

    def check(self) -> None:
        assert verify(self.lake) == []
        assert Lake(self.lake).snapshots() == sorted(self.states)
        for number, (held, turn) in self.states.items():
            lake = Lake(self.lake, number)
            rows = lake.table("rejections").to_pylist()
            assert {row["rejection_id"]: row["reason"] for row in rows} == held
            assert len(rows) == len(held)
            if turn:
                assert lake.table("state/terms")["n"].to_pylist() == [turn]


@settings(max_examples=25, deadline=None)
@given(deeds=st.lists(_DEED, max_size=12))
def test_any_deeds_leave_a_sound_lake_that_holds_what_it_should(
    tmp_path_factory: pytest.TempPathFactory, deeds: list[tuple[str, object]]
) -> None:
    model = Model(str(tmp_path_factory.mktemp("lake") / "lake"))
    for name, argument in deeds:
        getattr(model, name)(argument)
    model.check()
