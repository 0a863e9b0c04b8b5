"""What waits in a lake comes back as it was."""

from __future__ import annotations

from tests.news import article, report
from transforms.waiting import WAITING, pack, unpack, waiting_batch


def test_an_article_comes_back_as_it_was_and_packs_the_same_every_time() -> None:
    one = article("n1", report("tea"), 0)
    assert unpack(pack(one)) == one
    assert pack(unpack(pack(one))) == pack(one)


def test_nothing_that_waits_leaves_no_file() -> None:
    batch = waiting_batch([], 7)
    assert (batch.table, batch.rows, batch.order) == (WAITING, b"", 7)
