"""From SIGTERM and Ctrl-C to an end within seconds, whatever the process is doing."""

from __future__ import annotations

import os
import select
import signal
import threading
from collections.abc import Callable
from types import FrameType, TracebackType

GRACE = 6.0
"""Seconds that a batch has to finish after the first signal."""
LAST = 2.0
"""Seconds that an abandoned batch has to let go before the process ends without it."""


class Stopped(KeyboardInterrupt):
    """The time to finish is over: what runs is abandoned."""


class Stopping:
    """Turns a signal into a wish first, an exception after a while, and the end at last.

    A second signal ends the process at once. As a lake changes by one atomic step, ending at any
    point leaves it whole. To be used on the main thread, as a context.

    Args:
        end: ends the process with an exit code, without waiting for its threads.
        grace: seconds until :class:`Stopped` is raised on the main thread.
        last: seconds after that until the process ends, wherever its main thread is stuck;
            ``last_words`` is called before.
    """

    def __init__(
        self,
        end: Callable[[int], object] = os._exit,
        grace: float = GRACE,
        last: float = LAST,
    ) -> None:
        self._end = end
        self.last_words: Callable[[], object] = lambda: None
        self._grace, self._last = grace, last
        self._number: int | None = None
        # A pipe and no Event: its lock could be held by the very code that the signal interrupts.
        reader, writer = os.pipe()
        self._reader, self._writer = os.fdopen(reader, "rb", 0), os.fdopen(writer, "wb", 0)
        self._done = threading.Event()
        self.over = False
        """Whether :class:`Stopped` was raised. A runner may have made another error of it."""

    @property
    def asked(self) -> bool:
        """Whether a signal has come."""
        return self._number is not None

    @property
    def exit_code(self) -> int:
        """0 after SIGTERM, which is how services are stopped; 130 after Ctrl-C."""
        return 130 if self._number == signal.SIGINT else 0

    def wait(self, seconds: float) -> None:
        """Sleep for so long, or until a signal comes."""
        select.select([self._reader], [], [], max(seconds, 0.0))

    def __enter__(self) -> Stopping:
        handlers = {
            signal.SIGTERM: self._ask,
            signal.SIGINT: self._ask,
            signal.SIGALRM: self._time_is_up,
        }
        self._before = {number: signal.signal(number, to) for number, to in handlers.items()}
        os.set_blocking(self._writer.fileno(), False)
        self._pipe_before = signal.set_wakeup_fd(self._writer.fileno())
        threading.Thread(target=self._enforce, name="stopping", daemon=True).start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        signal.setitimer(signal.ITIMER_REAL, 0)
        for number, handler in self._before.items():
            signal.signal(number, handler)
        signal.set_wakeup_fd(self._pipe_before)
        self._done.set()
        self._writer.write(b".")  # Lets the other thread go.

    def _ask(self, number: int, frame: FrameType | None) -> None:
        if self.asked:
            self._end(128 + number)
            return
        self._number = number
        signal.setitimer(signal.ITIMER_REAL, self._grace)

    def _time_is_up(self, number: int, frame: FrameType | None) -> None:
        self.over = True
        raise Stopped

    def _enforce(self) -> None:
        """Wait for a signal beside the main thread, which a library may keep from hearing it."""
        select.select([self._reader], [], [])
        if not self._done.wait(self._grace + self._last):
            self.last_words()
            self._end(self.exit_code)
