"""The lock object: one holder, whoever dies, whatever clock jumps, whichever answer is lost."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime

import pytest

from schemas.holder import Holder, parse_holder
from tests.lakes import batches, rejection, write
from tests.transforms.lake.memory_store import MemoryStore
from transforms.errors import LakeError, LockedError
from transforms.lake.lock import writing
from transforms.lake.object_lock import LEASE, ObjectLock
from transforms.lake.storage import LOCK

SINCE = datetime(2031, 5, 6, 7, 8, 9, tzinfo=UTC)


class Clock:
    """Seconds that pass only while somebody sleeps; ``meanwhile`` happens in every sleep."""

    def __init__(self, meanwhile: Callable[[], object] = lambda: None) -> None:
        self.now, self.meanwhile = 100.0, meanwhile

    def __call__(self) -> float:
        return self.now

    def sleep(self, seconds: float) -> None:
        self.now += seconds
        self.meanwhile()


def holder(who: str) -> Holder:
    return Holder(what="storybeam run", who=who, pid=7, host="desk", since=SINCE, key=f"key {who}")


def lock(
    store: MemoryStore, who: str, clock: Clock | None = None, told: list[str] | None = None
) -> ObjectLock:
    clock = clock or Clock()
    tell = (told if told is not None else []).append
    return ObjectLock(store, holder(who), tell, clock=clock, sleep=clock.sleep)


def on_record(store: MemoryStore) -> Holder:
    found = parse_holder(store.objects[LOCK][0])
    assert found is not None
    return found


@pytest.fixture
def store() -> MemoryStore:
    return MemoryStore()


@pytest.fixture
def abandoned(store: MemoryStore) -> MemoryStore:
    """A store whose lock is held by somebody who gave the last sign of life long ago."""
    store.swap(LOCK, holder("ann").to_bytes(), None)
    store.time += 10_000
    return store


def test_a_second_one_is_told_at_once_who_holds_it_since_when(store: MemoryStore) -> None:
    first, clock = lock(store, "ann"), Clock()
    assert first.acquire() is None
    with pytest.raises(
        LockedError, match=r"storybeam run.*user ann.*desk.*2031-05-06 07:08:09 UTC"
    ):
        lock(store, "bob", clock).acquire()
    assert clock.now == 100.0
    first.release(True)
    second = lock(store, "bob")
    assert second.acquire() is None
    second.release(True)


def test_who_comes_after_one_that_failed_is_told(store: MemoryStore) -> None:
    first = lock(store, "ann")
    first.acquire()
    first.release(False)
    second = lock(store, "bob")
    before = second.acquire()
    second.release(True)
    assert before is not None
    assert before.who == "ann"


def test_a_dead_holder_is_watched_for_a_whole_lease_and_then_replaced(
    abandoned: MemoryStore,
) -> None:
    clock, told = Clock(), []
    taker = lock(abandoned, "bob", clock, told)
    before = taker.acquire()
    assert before is not None
    assert before.who == "ann"
    assert clock.now - 100.0 >= LEASE
    assert "up to 60 seconds" in told[0]
    taker.release(True)
    assert on_record(abandoned).state == "done"


def test_a_holder_that_moves_while_it_is_watched_is_alive(store: MemoryStore) -> None:
    first = lock(store, "ann")
    first.acquire()
    store.time += 10_000
    clock = Clock()
    clock.meanwhile = lambda: first.beat() if clock.now > 100.0 + LEASE / 2 else None
    with pytest.raises(LockedError, match="user ann"):
        lock(store, "bob", clock).acquire()
    first.check()
    first.release(True)


@pytest.mark.parametrize("jump", [-1e9, -1.0, LEASE, 1e9])
def test_a_store_whose_clock_jumps_does_not_make_the_living_dead(
    store: MemoryStore, jump: float
) -> None:
    first = lock(store, "ann")
    first.acquire()
    store.time += jump
    clock = Clock(meanwhile=first.beat)
    with pytest.raises(LockedError, match="user ann"):
        lock(store, "bob", clock).acquire()
    first.release(True)


def test_of_two_challengers_one_wins(abandoned: MemoryStore) -> None:
    clock, other = Clock(), lock(abandoned, "cid")

    def at_the_last_moment() -> None:
        if clock.now - 100.0 >= LEASE:
            other.acquire()

    clock.meanwhile = at_the_last_moment
    with pytest.raises(LockedError, match="user cid"):
        lock(abandoned, "bob", clock).acquire()
    other.check()
    other.release(True)


def test_one_who_comes_between_the_look_and_the_write_wins(
    store: MemoryStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    other, real = lock(store, "cid"), store.swap

    def swap(path: str, data: bytes, tag: str | None) -> str | None:
        monkeypatch.undo()
        other.acquire()
        return real(path, data, tag)

    monkeypatch.setattr(store, "swap", swap)
    with pytest.raises(LockedError, match="user cid"):
        lock(store, "bob").acquire()
    other.release(True)


def test_who_was_taken_for_dead_stops_before_its_commit_and_leaves_the_lock_alone(
    store: MemoryStore,
) -> None:
    first = lock(store, "ann")
    first.acquire()
    store.time += 10_000
    taker = lock(store, "bob")
    taker.acquire()
    with pytest.raises(LockedError, match=r"taken over by.*user bob"):
        first.check()
    first.beat()
    first.release(True)
    assert on_record(store).who == "bob"
    taker.check()
    taker.release(True)


def test_a_beat_whose_answer_was_lost_loses_no_lock(store: MemoryStore) -> None:
    first = lock(store, "ann")
    first.acquire()
    store.loses_answers = True
    with pytest.raises(LakeError, match="no answer"):
        first.beat()
    store.loses_answers = False
    first.beat()
    first.check()
    first.release(True)
    assert on_record(store).state == "done"


def test_a_store_that_is_down_for_some_beats_loses_no_lock(store: MemoryStore) -> None:
    first = lock(store, "ann")
    first.acquire()
    store.down = True
    with pytest.raises(LakeError, match="does not answer"):
        first.beat()
    store.down = False
    first.check()
    first.release(True)


def test_a_store_that_knows_no_conditions_is_refused() -> None:
    store = MemoryStore(honours=False)
    with pytest.raises(LakeError, match="If-None-Match"):
        lock(store, "ann").acquire()


def test_a_lock_that_says_nothing_readable_is_watched_like_any_other(store: MemoryStore) -> None:
    store.swap(LOCK, b"\xff{" * 10, None)
    with pytest.raises(LockedError, match="has not said who"):
        lock(store, "bob").acquire()
    store.time += 10_000
    taker = lock(store, "bob")
    taker.acquire()
    taker.release(True)


def test_a_commit_without_the_lock_that_was_held_does_not_happen() -> None:
    store = MemoryStore("lake that is nowhere")
    with writing(store, "storybeam run"):
        store.remove(LOCK)
        with pytest.raises(LockedError, match="taken over"):
            write(store.root, batches("rejections", rejection("r1")), storage=store)
    assert not store.paths("manifests")
