"""Which small files become one, so that a lake of many runs does not fall into crumbs.

A partition grows by a file with each run. Folding all of them at each run would write every row
as often as there are runs; here a file is folded only into one of at least twice its rows, so
that a row is written at most ``log2(SMALL)`` times more, however many runs there are.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import accumulate

from schemas.manifest import FileEntry

SMALL = 16_384
"""A file with fewer rows is small."""
FULL = 65_536
"""Rows folded into one file at most: with vectors some 200 MB of memory. Four times ``SMALL``:
of small files that hold more than that together, some always fit."""
SPARE = 8
"""Small files of a partition that are left alone."""


def small(entries: Sequence[FileEntry]) -> list[FileEntry]:
    """Return the small ones of ``entries``, those with the fewest rows first."""
    found = (entry for entry in entries if entry.rows < SMALL)
    return sorted(found, key=lambda entry: (entry.rows, entry.path))


def to_fold(entries: Sequence[FileEntry], rows: int) -> list[FileEntry]:
    """Return the files of a partition to be written together with ``rows`` rows of a new one.

    None while there are at most ``SPARE`` small ones. Otherwise as many as possible, smallest
    first, such that the largest of them (the new one counts among them) has no more rows than
    the others together. Where no such set exists, each file is larger than all smaller ones
    together, and there are at most ``log2(SMALL)`` + 1 of them.
    """
    few = small(entries)
    if len(few) + (0 < rows < SMALL) <= SPARE:
        return []
    ranked: list[tuple[int, FileEntry | None]] = [(entry.rows, entry) for entry in few]
    if 0 < rows < SMALL:
        ranked = sorted([(rows, None), *ranked], key=lambda pair: pair[0])
    count = _largest_prefix([size for size, _ in ranked])
    return [entry for _, entry in ranked[:count] if entry is not None]


def _largest_prefix(sizes: Sequence[int]) -> int:
    sums = list(accumulate(sizes, initial=0))
    fitting = (
        count
        for count in range(2, len(sizes) + 1)
        if sizes[count - 1] <= sums[count - 1] and sums[count] <= FULL
    )
    return max(fitting, default=0)


def groups(entries: Sequence[FileEntry]) -> Iterator[list[FileEntry]]:
    """Yield small files that fit into one of at most ``FULL`` rows; two or more each time."""
    group: list[FileEntry] = []
    for entry in small(entries):
        if group and sum(held.rows for held in group) + entry.rows > FULL:
            yield from [group] if len(group) > 1 else []
            group = []
        group.append(entry)
    yield from [group] if len(group) > 1 else []
