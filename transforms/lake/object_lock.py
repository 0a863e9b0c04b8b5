"""The lock of a lake in an object store: an object that its holder keeps writing.

Nobody compares the clocks of two machines. A holder counts as dead when its object stayed the same
while the challenger watched it for a whole lease by its own monotonic clock, which neither a
jump of the time of day nor another time zone can move. Of several challengers one wins, because
all of them write on the condition that the object is still the one they watched.
"""

from __future__ import annotations

import contextlib
import threading
import time
from collections.abc import Callable

from schemas.holder import Holder, parse_holder
from transforms.errors import LakeError, LockedError
from transforms.lake.lock import locked
from transforms.lake.storage import LOCK, Conditional, Found

LEASE = 60.0
"""Seconds without a sign of life after which a holder counts as dead."""

_BEATS, _LOOKS = 6, 20
"""Signs of life, and looks at another's, within a lease: so many may fail or be late."""

_FRESH = 0.5
"""Part of a lease up to which a sign of life, by the store's own clock, is believed at once."""


class ObjectLock:
    """See :class:`transforms.lake.lock.Lock`.

    Args:
        storage: Where the lake is.
        me: What others are told.
        tell: Is told when somebody has to be watched, which takes up to a lease.
        lease: Seconds; the same for all writers.
        clock: A monotonic clock, seconds.
        sleep: Waits so many seconds.
    """

    exclusive = True

    def __init__(
        self,
        storage: Conditional,
        me: Holder,
        tell: Callable[[str], None] = lambda text: None,
        lease: float = LEASE,
        clock: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        self._storage, self._me, self._tell = storage, me, tell
        self._lease, self._clock, self._sleep = lease, clock, sleep
        self._tag = ""
        self._lost = False
        self._ended = threading.Event()
        self._heart = threading.Thread(target=self._live, daemon=True)

    def acquire(self) -> Holder | None:
        """Take it where it is free or its holder is dead, and begin to give signs of life."""
        found = self._storage.look(LOCK)
        before = parse_holder(found.data) if found else None
        if found and (before is None or before.state == "held"):
            self._watch(found, before)
        tag = self._storage.swap(LOCK, self._me.to_bytes(), found.tag if found else None)
        if tag is None:
            raise self._taken()
        self._tag = tag
        try:
            self._check_store()
        except LakeError:
            self._give_up("failed")
            raise
        self._heart.start()
        return before if before and before.state != "done" else None

    def _watch(self, found: Found, holder: Holder | None) -> None:
        if 0 <= found.idle < self._lease * _FRESH:
            raise locked(self._storage, holder)
        who = holder.words() if holder else "somebody"
        self._tell(
            f"{self._storage.root} was being written by {who}; it takes up to "
            f"{self._lease:.0f} seconds to see whether that one is still alive."
        )
        started = self._clock()
        while self._clock() - started < self._lease:
            self._sleep(self._lease / _LOOKS)
            now = self._storage.look(LOCK)
            if now is None or now.tag != found.tag:
                raise locked(self._storage, parse_holder(now.data) if now else None)

    def _taken(self) -> LockedError:
        found = self._storage.look(LOCK)
        return locked(self._storage, parse_holder(found.data) if found else None)

    def _check_store(self) -> None:
        """A store that knows no conditions would overwrite commits without a word."""
        other = self._me.model_copy(update={"beat": 1})
        if self._storage.swap(LOCK, other.to_bytes(), None) is not None:
            raise LakeError(
                f"The store of {self._storage.root} writes over what is there although it was "
                "asked not to (If-None-Match): a snapshot could be lost. It cannot hold a lake."
            )

    def _live(self) -> None:
        while not self._ended.wait(self._lease / _BEATS) and not self._lost:
            # What could not be sent now may be sent at the next beat, within the lease.
            with contextlib.suppress(LakeError):
                self.beat()

    def beat(self) -> None:
        """Give a sign of life, or learn that nobody believes in it any more. Raises LakeError."""
        self._write("held")

    def _write(self, state: str) -> None:
        self._me = self._me.model_copy(update={"beat": self._me.beat + 1, "state": state})
        tag = self._storage.swap(LOCK, self._me.to_bytes(), self._tag)
        if tag is None and (found := self._own()):
            # An earlier beat did arrive, although nobody could say so at the time.
            tag = self._storage.swap(LOCK, self._me.to_bytes(), found.tag)
        self._lost = tag is None
        self._tag = tag or self._tag

    def _own(self) -> Found | None:
        found = self._storage.look(LOCK)
        holder = parse_holder(found.data) if found else None
        return found if holder and holder.key == self._me.key else None

    def _give_up(self, state: str) -> None:
        with contextlib.suppress(LakeError):
            self._write(state)

    def check(self) -> None:
        """Look whether the lock is still ours."""
        if self._lost or self._own() is None:
            found = self._storage.look(LOCK)
            holder = parse_holder(found.data) if found else None
            who = holder.words() if holder else "another process"
            raise LockedError(
                f"{self._storage.root} was taken over by {who}: this command had given no sign of "
                "life for too long. It stops before its commit, and the lake has nothing of it. "
                "Run it again when the other has ended."
            )

    def release(self, done: bool) -> None:
        """Say that it is free, unless it is another's by now."""
        self._ended.set()
        self._heart.join(self._lease)
        if not self._lost and not self._heart.is_alive():
            self._give_up("done" if done else "failed")
