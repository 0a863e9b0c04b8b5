"""Everything storybeam raises. Each error says what was given, what was expected, what to do."""

from __future__ import annotations


class StorybeamError(Exception):
    """Base of all errors: one message, which is what a user sees. Picklable."""


class UsageError(StorybeamError):
    """The command or its configuration is wrong; nothing was read or written (exit code 2)."""


class ModelError(UsageError):
    """The embedding model cannot be loaded, or is not the one the lake was written with."""


class LakeError(StorybeamError):
    """The lake is damaged or cannot be written; its last snapshot stays as it is (exit code 1)."""


class LockedError(LakeError):
    """Somebody else is writing to the lake, or has taken it over; nothing was changed."""
