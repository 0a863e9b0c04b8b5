"""Many small runs leave few files, and write no row more than a few times."""

from __future__ import annotations

from math import log2
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipelines.lake import Lake
from schemas.manifest import FileEntry
from tests.lakes import MARCH, batches, paragraph, write
from transforms.lake.tiers import FULL, SMALL, SPARE, groups, small, to_fold

BOUND = SPARE + log2(SMALL) + 1


def entry(number: int, rows: int) -> FileEntry:
    return FileEntry(
        table="paragraphs",
        partition="",
        path=f"paragraphs/{number:016x}.parquet",
        rows=rows,
        bytes=rows,
        sha256="0" * 64,
        fingerprint="x",
        content_hash="0" * 64,
    )


class Partition:
    """A partition that grows by runs: its files, and how often each row of one was written."""

    def __init__(self) -> None:
        self.files: list[FileEntry] = []
        self.depth: dict[str, int] = {}
        self.written = 0

    def add(self, rows: int) -> None:
        """Let a run bring ``rows`` rows."""
        folded = to_fold(self.files, rows)
        rows += sum(each.rows for each in folded)
        new = entry(self.written + len(self.files), rows)
        depth = 1 + max((self.depth[each.path] for each in folded), default=0)
        self.files = [each for each in self.files if each not in folded]
        new = new.model_copy(update={"path": f"paragraphs/{len(self.depth):016x}.parquet"})
        self.files.append(new)
        self.depth[new.path] = depth
        self.written += rows


@given(runs=st.lists(st.integers(1, SMALL * 2), max_size=60))
def test_any_runs_leave_few_small_files_and_no_row_is_written_often(runs: list[int]) -> None:
    partition = Partition()
    for rows in runs:
        partition.add(rows)
        assert len(small(partition.files)) <= BOUND
    assert sum(each.rows for each in partition.files) == sum(runs)
    assert max(partition.depth.values(), default=0) <= log2(SMALL) + 1


@pytest.mark.parametrize("rows", [1, 7, 300])
def test_thousands_of_runs_cost_a_logarithm(rows: int) -> None:
    partition = Partition()
    for _ in range(3000):
        partition.add(rows)
    assert len(small(partition.files)) <= BOUND
    assert partition.written <= 3000 * rows * 7  # Without folding by size it would be 1,500.
    assert max(partition.depth.values()) <= 9


def test_few_files_are_left_alone() -> None:
    assert to_fold([entry(n, 5) for n in range(SPARE - 1)], 5) == []
    assert len(to_fold([entry(n, 5) for n in range(SPARE)], 5)) == SPARE


def test_what_is_large_already_is_left_alone() -> None:
    held = [entry(n, SMALL) for n in range(50)]
    assert to_fold(held, 5) == []
    assert list(groups(held)) == []


def test_what_is_folded_stays_within_bounds() -> None:
    held = [entry(n, SMALL - 1) for n in range(50)]
    assert sum(each.rows for each in to_fold(held, SMALL - 1)) <= FULL
    assert sum(each.rows for each in to_fold(held, 0)) <= FULL
    assert all(sum(each.rows for each in group) <= FULL for group in groups(held))


def test_a_file_larger_than_all_others_together_waits() -> None:
    ladder = [entry(n, 2**n) for n in range(10)]
    folded = to_fold([*ladder, entry(10, 5000)], 1)
    assert [each.rows for each in folded] == [each.rows for each in ladder]


@given(rows=st.lists(st.integers(1, SMALL * 2), max_size=40))
def test_groups_hold_each_small_file_at_most_once(rows: list[int]) -> None:
    held = [entry(n, count) for n, count in enumerate(rows)]
    grouped = [each for group in groups(held) for each in group]
    assert len(grouped) == len({each.path for each in grouped})
    assert all(each.rows < SMALL for each in grouped)
    assert len(small(held)) - len(grouped) <= 2


def test_a_lake_of_many_runs_has_few_files_and_the_same_rows(tmp_path: Path) -> None:
    once, often = str(tmp_path / "once"), str(tmp_path / "often")
    rows = [paragraph(f"p{n}", "a1", "g1", "e1", "s1", time=MARCH + n) for n in range(40)]
    write(once, batches("paragraphs", *rows))
    for row in rows:
        write(often, batches("paragraphs", row))
    assert len(Lake(often).files("paragraphs")) <= SPARE + 4
    assert Lake(often).manifest.tables == Lake(once).manifest.tables
    assert len(Lake(often, 9).files("paragraphs")) == 1
    assert len(Lake(often, 8).files("paragraphs")) == 8
