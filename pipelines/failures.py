"""From whatever was raised to one clear paragraph and an exit code."""

from __future__ import annotations

import logging
import re
import traceback
from collections.abc import Iterator
from contextlib import contextmanager

from pipelines import logs
from pipelines.console import err, line
from transforms import errors
from transforms.errors import StorybeamError, UsageError

DONE, FAILED, WRONG_USE, INTERRUPTED = 0, 1, 2, 130
"""Exit codes: done, the run failed, wrong use or configuration, stopped by Ctrl-C."""

_WRAPPED = re.compile(r"^(?:transforms\.errors\.)(\w+): (.*?)(?: \[while running .*)?$", re.M)
_MARK = re.compile(r" \[while running '[^']*'\]")


@contextmanager
def reported(debug: bool, interrupted: str = "Stopped by Ctrl-C.") -> Iterator[None]:
    """Say in one paragraph what went wrong inside, and exit with its code.

    Args:
        debug: show the traceback as well.
        interrupted: what to say after Ctrl-C.
    """
    try:
        yield
    except KeyboardInterrupt:
        if logs.as_json():
            logs.tell(interrupted, logging.WARNING)
        else:
            err().print(line("\n", (interrupted, "bold")), soft_wrap=True)
        raise SystemExit(INTERRUPTED) from None
    except Exception as error:
        told = unwrap(error)
        _tell(sentence(error, told), traceback.format_exc() if debug else None)
        raise SystemExit(WRONG_USE if isinstance(told, UsageError) else FAILED) from error


def _tell(message: str, trace: str | None) -> None:
    if logs.as_json():
        logs.tell(message, logging.ERROR, traceback=trace)
        return
    if trace:
        err().print(line(trace))
    err().print(line(("Error: ", "bold red"), message), soft_wrap=True)


def unwrap(error: BaseException) -> StorybeamError | None:
    """Return storybeam's own error behind ``error``, which a runner may have wrapped or printed."""
    seen: BaseException | None = error
    for _ in range(20):
        if seen is None:
            break
        if isinstance(seen, StorybeamError):
            return type(seen)(_MARK.sub("", str(seen)))
        seen = seen.__cause__ or seen.__context__
    for name, message in reversed(_WRAPPED.findall(str(error))):
        kind = getattr(errors, name, None)
        if isinstance(kind, type) and issubclass(kind, StorybeamError):
            return kind(_MARK.sub("", message))
    return None


def sentence(error: BaseException, told: StorybeamError | None) -> str:
    """Return what a user is told of ``error``."""
    if told is not None:
        return str(told)
    first = _MARK.sub("", str(error)).strip().rsplit("\n", 1)[-1]
    kind = "" if re.match(r"[\w.]+(Error|Exception)\b", first) else f"{type(error).__name__}: "
    return (
        f"The run failed in a way nobody foresaw ({kind}{first[:300]}). The lake stays at its "
        "last snapshot. --debug shows where it happened; please report it."
    )
