"""Keep freed memory from piling up in a process of many threads."""

from __future__ import annotations

import ctypes
import os
from contextlib import suppress

_M_ARENA_MAX = -8
"""From glibc's malloc.h."""
ARENAS = 2


def share_arenas() -> None:
    """Let threads share two heaps, and Arrow use them too; to be called before either starts.

    By default glibc gives each thread a heap of its own and Arrow keeps a third kind; what one
    frees the others cannot use, which doubles the peak of a long run. Elsewhere it does nothing.
    """
    os.environ.setdefault("ARROW_DEFAULT_MEMORY_POOL", "system")
    with suppress(OSError, AttributeError):
        ctypes.CDLL("libc.so.6").mallopt(_M_ARENA_MAX, ARENAS)


def give_back() -> None:
    """Return freed memory to the system, where the C library is glibc: its heaps keep it."""
    with suppress(OSError, AttributeError):
        ctypes.CDLL("libc.so.6").malloc_trim(0)
