"""One writer a lake: the second is told who the first is. Readers need no lock.

The lock is the polite protection, which saves the second writer its work. What keeps a lake whole
is the commit, which succeeds only where nobody else has made the snapshot of that number.
"""

from __future__ import annotations

import contextlib
import getpass
import os
import platform
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Protocol

from schemas.holder import Holder, parse_holder
from transforms.errors import LakeError, LockedError, UsageError
from transforms.lake.storage import HOLDER, LOCK, Conditional, LocalStorage, Storage, in_words


class Lock(Protocol):
    """The lock of one lake, for one writer."""

    exclusive: bool
    """Whether it keeps others out; nothing of another writer's may be touched where it does not."""

    def acquire(self) -> Holder | None:
        """Take it at once and return who held it last, where that one did not finish.

        Raises:
            LockedError: Somebody else holds it.
            LakeError: The lake cannot be written.
        """
        ...

    def check(self) -> None:
        """Raise LockedError where it has been taken over, as from a process that was suspended."""
        ...

    def release(self, done: bool) -> None:
        """Give it up; whoever comes next is told when the work was not ``done``."""
        ...


class Hold:
    """A lock while it is held."""

    def __init__(self, lock: Lock) -> None:
        self.unfinished = lock.acquire()
        """Who wrote before and did not finish: it may have left something behind."""
        self.exclusive = lock.exclusive
        self.check = lock.check
        self.release = lock.release


_HELD: dict[str, Hold] = {}


@contextmanager
def writing(
    storage: Storage, what: str, tell: Callable[[str], None] = lambda text: None
) -> Iterator[Hold]:
    """Hold the lake of ``storage`` while ``what``, for example ``storybeam run``, writes to it.

    A folder is locked by the kernel, which frees the lock of a process that has died. A store with
    conditional writes has a lock object (:mod:`transforms.lake.object_lock`); ``tell`` is called
    with a sentence where its holder may be dead and has to be watched for a while. Any other
    store has no lock: two writers learn of each other only when they commit.

    Raises:
        LockedError: Somebody else is writing.
        UsageError: The lake's path is a file.
        LakeError: The lake cannot be written.
    """
    hold = Hold(_lock(storage, _me(what), tell))
    _HELD[storage.root] = hold
    done = False
    try:
        yield hold
        done = True
    except UsageError:
        done = True  # Raised before anything is written, so there is nothing to tidy up.
        raise
    finally:
        _HELD.pop(storage.root, None)
        hold.release(done)


def check(root: str) -> None:
    """Raise LockedError where this process had the lock of the lake ``root`` and has lost it."""
    if root in _HELD:
        _HELD[root].check()


def locked(storage: Storage, holder: Holder | None) -> LockedError:
    """Return what the second writer is told."""
    who = holder.words() if holder else "another process, which has not said who it is"
    return LockedError(
        f"{storage.root} is being written by {who}. This command stops; nothing was changed. "
        "Run it again when the other has ended."
    )


def _me(what: str) -> Holder:
    try:
        who = getpass.getuser()
    except (KeyError, OSError, ImportError):
        who = "unknown"
    now = datetime.now(UTC).replace(microsecond=0)
    host = platform.node()[:200] or "unknown"
    return Holder(
        what=what, who=who[:200], pid=os.getpid(), host=host, since=now, key=uuid.uuid4().hex
    )


def _lock(storage: Storage, me: Holder, tell: Callable[[str], None]) -> Lock:
    if isinstance(storage, LocalStorage):
        return FolderLock(storage, me)
    if isinstance(storage, Conditional):
        from transforms.lake.object_lock import ObjectLock

        return ObjectLock(storage, me, tell)
    return NoLock()


class NoLock:
    """What is left where a store can neither lock nor write on a condition."""

    exclusive = False

    def acquire(self) -> Holder | None:
        """Return at once; nobody can be told from anybody."""
        return None

    def check(self) -> None:
        """Return; there is nothing to lose."""

    def release(self, done: bool) -> None:
        """Return; there is nothing to give up."""


class FolderLock:
    """``flock`` on a file in the lake, and beside it who holds it."""

    exclusive = True

    def __init__(self, storage: LocalStorage, me: Holder) -> None:
        from filelock import FileLock

        self._storage, self._me, self._new = storage, me, False
        self._lock = FileLock(storage.full(LOCK), fallback_to_soft=False, thread_local=False)

    def acquire(self) -> Holder | None:
        """Take the lock, or say who has it."""
        root = self._storage.root
        if os.path.exists(root) and not os.path.isdir(root):
            raise UsageError(f"{root} is a file; a lake is a folder, which is made where missing.")
        self._new = not os.path.isdir(root)
        self._take()
        try:
            unfinished = self._holder()
            self._storage.write_once(HOLDER, self._me.to_bytes())
        except BaseException:
            self.release(done=False)
            raise
        return unfinished

    def _take(self) -> None:
        from filelock import Timeout

        path = self._storage.full(LOCK)
        with in_words(path):
            self._storage.make_folder(self._storage.root)
            _touch(path)
            try:
                self._lock.acquire(blocking=False)
            except Timeout:
                raise locked(self._storage, self._holder()) from None

    def check(self) -> None:
        """Return: the kernel takes no lock from a living process."""

    def release(self, done: bool) -> None:
        """Unlock, and take back the folder that was made for nothing."""
        try:
            with contextlib.suppress(LakeError, OSError):
                if done:
                    self._storage.remove(HOLDER)
                if self._new and set(os.listdir(self._storage.root)) <= {LOCK, HOLDER}:
                    self._clear()
        finally:
            self._lock.release()

    def _clear(self) -> None:
        for name in (HOLDER, LOCK):  # Whoever has opened the lock meanwhile sees it unlinked.
            self._storage.remove(name)
        os.rmdir(self._storage.root)

    def _holder(self) -> Holder | None:
        if not self._storage.size(HOLDER):
            return None
        return parse_holder(self._storage.read(HOLDER))


def _touch(path: str) -> None:
    """Make the file as the user's mask says, so that others who may write to the lake can lock."""
    os.close(os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o666))
