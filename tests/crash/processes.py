"""Processes of one call each, forked from this one, which has imported all that is slow.

This process must stay without threads: whatever uses Beam, faiss or Arrow goes into a fork.
"""

from __future__ import annotations

import contextlib
import json
import os
import signal
import sys
import time
import traceback
from collections.abc import Callable
from typing import Any, NoReturn

KILLED = -signal.SIGKILL


def fork(call: Callable[[], object], output: str = os.devnull) -> int:
    """Start ``call`` in a process of its own and return its id; what it prints goes to a file."""
    sys.stdout.flush()
    sys.stderr.flush()
    pid = os.fork()
    if pid:
        return pid
    _become(call, output)


def _become(call: Callable[[], object], output: str) -> NoReturn:
    code = 1
    try:
        handle = os.open(output, os.O_WRONLY | os.O_CREAT | os.O_APPEND)
        os.dup2(handle, 1)
        os.dup2(handle, 2)
        call()
        code = 0
    except SystemExit as stop:
        code = stop.code if isinstance(stop.code, int) else int(stop.code is not None)
    except BaseException:
        traceback.print_exc()
    finally:
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(code)


def ended(pid: int) -> int:
    """Wait for the end of a process and return its exit code, or minus the signal."""
    return os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])


def killed_after(pid: int, seconds: float) -> int:
    """Kill the process unless it ends before; return as :func:`ended` does."""
    until = time.monotonic() + seconds
    while (left := until - time.monotonic()) > 0:
        found, status = os.waitpid(pid, os.WNOHANG)
        if found:
            return os.waitstatus_to_exitcode(status)
        time.sleep(min(left, 0.005))
    kill(pid)
    return ended(pid)


def kill(pid: int, number: int = signal.SIGKILL) -> None:
    """Send a signal, to a process that may have ended."""
    with contextlib.suppress(ProcessLookupError):
        os.kill(pid, number)


def answer(call: Callable[[], Any]) -> Any:
    """Return what ``call`` returns, as JSON, out of a process of its own.

    Raises:
        RuntimeError: It failed; with its traceback.
    """
    read, write = os.pipe()

    def tell() -> None:
        os.close(read)
        try:
            found = {"answer": call()}
        except BaseException:
            found = {"failed": traceback.format_exc()}
        with os.fdopen(write, "w") as pipe:
            json.dump(found, pipe)

    pid = fork(tell)
    os.close(write)
    with os.fdopen(read) as pipe:
        text = pipe.read()
    ended(pid)
    found = json.loads(text or '{"failed": "it ended without an answer"}')
    if "failed" in found:
        raise RuntimeError(found["failed"])
    return found["answer"]
