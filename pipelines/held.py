"""Holds a lake for one command that writes to it, and says what the command before left behind."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager

from pipelines.logs import note
from transforms.lake.lock import writing
from transforms.lake.recovery import Recovered, recover
from transforms.lake.storage import storage_of


@contextmanager
def held(lake: str, what: str, tell: Callable[[str], None] = note) -> Iterator[Recovered | None]:
    """Hold ``lake`` while ``what``, for example ``storybeam run``, writes to it.

    Yields what was tidied up after a writer that was killed; ``tell`` is given it in words.

    Raises:
        LockedError: Somebody else is writing.
        UsageError: The lake's path is a file.
        LakeError: The lake cannot be written, or cannot be tidied up.
    """
    storage = storage_of(lake)
    with writing(storage, what, tell) as hold:
        recovered = recover(storage, hold)
        if recovered:
            tell(recovered.words())
        yield recovered
