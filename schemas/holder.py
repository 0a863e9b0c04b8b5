"""Who writes to a lake: the small JSON file or object beside its tables."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

MAX_BYTES = 10_000
"""A record beyond this is not one."""

_Text = Annotated[str, StringConstraints(max_length=300)]


class Holder(BaseModel):
    """One writer. What it says of time and place is for people: nothing is decided by it."""

    model_config = ConfigDict(frozen=True)

    what: _Text
    """The command, for example ``storybeam run``."""
    who: _Text
    pid: int
    host: _Text
    since: datetime
    key: _Text
    """Random: tells this writer from every other one."""
    state: Literal["held", "done", "failed"] = "held"
    beat: int = Field(default=0, ge=0)
    """How often it has said that it is alive."""

    def words(self) -> str:
        """Return who it is and since when, as part of a sentence."""
        since = self.since.astimezone(UTC).strftime("%Y-%m-%d %H:%M:%S UTC")
        return f"`{self.what}` (user {self.who}, process {self.pid} on {self.host}) since {since}"

    def to_bytes(self) -> bytes:
        """Return the file."""
        return self.model_dump_json().encode() + b"\n"


def parse_holder(data: bytes) -> Holder | None:
    """Return the writer that ``data`` names; None where it names none."""
    if len(data) > MAX_BYTES:
        return None
    try:
        return Holder.model_validate_json(data)
    except (ValueError, RecursionError):
        return None
