"""What a program that runs for months says: one line an event, for people or as JSON."""

from __future__ import annotations

import json
import logging
from datetime import UTC, datetime
from typing import Any, Literal, cast, get_args

from pipelines.console import err, line, plain
from transforms.errors import UsageError

Form = Literal["text", "json"]
LOG = logging.getLogger("storybeam")
_FIELDS = "storybeam_fields"


class JsonLines(logging.Formatter):
    """One JSON object a line: ``time`` (UTC), ``level``, ``message``, and the event's fields.

    Lines of other loggers have ``logger`` beside them, errors with a traceback ``traceback``.
    """

    def format(self, record: logging.LogRecord) -> str:
        """Return the line, in ASCII."""
        line = {
            "time": _time(record),
            "level": record.levelname.lower(),
            "message": record.getMessage(),
            **getattr(record, _FIELDS, {}),
        }
        if record.name != LOG.name:
            line["logger"] = record.name
        if record.exc_info:
            line["traceback"] = self.formatException(record.exc_info)
        return json.dumps(line, default=str)


class TextLines(logging.Formatter):
    """``2025-08-28T10:00:00Z info    Read 3 files. snapshot=12 seconds=1.5``."""

    def format(self, record: logging.LogRecord) -> str:
        """Return the line; nothing in it moves a terminal."""
        fields = getattr(record, _FIELDS, {})
        told = " ".join(f"{key}={_value(value)}" for key, value in fields.items())
        line = f"{_time(record)} {record.levelname.lower():<7} {plain(record.getMessage())}"
        line += f"  {told}" if told else ""
        return f"{line}\n{self.formatException(record.exc_info)}" if record.exc_info else line


def form(given: str) -> Form:
    """Return the form of the lines; UsageError for one that does not exist."""
    if given in get_args(Form):
        return cast(Form, given)
    raise UsageError(f"--log-format {given} is not known. Known are: text, json.")


def set_up(form: Form, debug: bool = False) -> None:
    """Send the program's own lines to standard error, and with ``debug`` everybody else's."""
    handler = logging.StreamHandler()
    handler.setFormatter(JsonLines() if form == "json" else TextLines())
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(logging.INFO if debug else logging.CRITICAL)
    LOG.setLevel(logging.DEBUG if debug else logging.INFO)


def as_json() -> bool:
    """Return whether standard error is for programs: then nothing but JSON goes there."""
    handlers = logging.getLogger().handlers
    return any(isinstance(handler.formatter, JsonLines) for handler in handlers)


def tell(message: str, level: int = logging.INFO, **fields: Any) -> None:
    """Write one line; fields without a value are left out."""
    told = {key: value for key, value in fields.items() if value is not None}
    LOG.log(level, "%s", message, extra={_FIELDS: told})


def note(text: str) -> None:
    """Say something beside the results on standard error, as people or programs read it."""
    if as_json():
        tell(text, logging.WARNING)
    else:
        err().print(line(("Note: ", "yellow"), text), soft_wrap=True)


def _time(record: logging.LogRecord) -> str:
    return datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds")


def _value(value: Any) -> str:
    text = plain(value)
    return json.dumps(text, ensure_ascii=False) if " " in text or not text else text
