"""What a watch knows of the files it looks at: which are whole, and which the lake has had.

No clock and no lake in here: the time and what the lake has read are given.
"""

from __future__ import annotations

from collections.abc import Callable, Container, Mapping, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from schemas.records import Rejection
from transforms.sources.base import InputFile
from transforms.sources.files import FoundFiles, RealPaths

Consumed = Container[tuple[str, str]]
"""Origin and SHA-256 of what the lake has read to its end."""
SLACK = 0.05
"""Seconds by which two looks may be closer than asked for: clocks and sleeps are not exact."""


class Look(NamedTuple):
    """What one look came to."""

    ready: FoundFiles
    """Whole, and not had yet."""
    sums: Mapping[str, str]
    """SHA-256 of the files in ``ready`` by path; empty where one cannot be read."""
    unsettled: int
    """Files that may still be written."""
    files: int
    """All files there are."""

    @property
    def news(self) -> bool:
        """Whether there is anything to run for."""
        return bool(self.ready.files or self.ready.rejections)


@dataclass
class _Seen:
    """A file as the last look found it. Times are those of the looks, seconds."""

    version: tuple[int, int]
    """Size and time of modification."""
    since: float
    """The first look that found this version."""
    behind_since: float
    """The first look that found a version which no run has had."""
    sha256: str = ""
    had: bool = False


@dataclass
class Looker:
    """Remembers files between looks, so that none is read again to find out that it is old.

    Args:
        stable: seconds for which size and time of modification must not change. A writer that
            pauses for longer is taken to be done; what it adds is read later, as a change.
        growing: seconds after which a file that changes all the time is read all the same, and
            again after as many. Only where a part of a file is of use: plain JSON Lines.
        sha256_of: reads a file; empty where it cannot be read.
    """

    stable: float
    growing: float
    sha256_of: Callable[[InputFile], str]
    _seen: dict[str, _Seen] = field(default_factory=dict)
    _told: set[str] = field(default_factory=set)

    def look(self, found: FoundFiles, now: float, consumed: Consumed) -> Look:
        """Take in what is there now and return what a run should read.

        Args:
            found: all files.
            now: seconds, of a clock that never goes back.
            consumed: what the lake has had.
        """
        versions = {file.path: (file.size, file.modified_at) for file in found.files}
        versions |= {refused.origin: (0, refused.fetched_at) for refused in found.rejections}
        self._seen = {path: self._again(path, version, now) for path, version in versions.items()}
        files = tuple(file for file in found.files if self._reads(file, now, consumed))
        refused = tuple(refused for refused in found.rejections if self._tells(refused, now))
        sums = {file.path: self._seen[file.path].sha256 for file in files}
        unsettled = sum(not s.had and not self._settled(s, now) for s in self._seen.values())
        return Look(FoundFiles(files, refused, ()), sums, unsettled, len(found.files))

    def had(self, look: Look) -> None:
        """Note that a run has read what the last look found ready."""
        for file in look.ready.files:
            self._seen[file.path].had = True
        for refused in look.ready.rejections:
            self._seen[refused.origin].had = True
            self._told.add(refused.rejection_id)

    def forget(self) -> None:
        """Ask the lake again for each file: somebody else has written to it."""
        for seen in self._seen.values():
            seen.had = False
        self._told.clear()

    def _again(self, path: str, version: tuple[int, int], now: float) -> _Seen:
        seen = self._seen.get(path)
        if seen is None:
            return _Seen(version, now, now)
        if seen.version != version:
            return _Seen(version, now, now if seen.had else seen.behind_since)
        return seen

    def _reads(self, file: InputFile, now: float, consumed: Consumed) -> bool:
        seen = self._seen[file.path]
        if seen.had and seen.sha256:
            return False
        if not self._settled(seen, now) and not self._grows(file, seen, now):
            return False
        if not seen.sha256:
            seen.sha256 = self.sha256_of(file)
            if seen.had and not seen.sha256:  # It could not be read before, and that was told.
                return False
        seen.had = (file.path, seen.sha256) in consumed
        return not seen.had

    def _tells(self, refused: Rejection, now: float) -> bool:
        known = refused.rejection_id in self._told
        return not known and self._settled(self._seen[refused.origin], now)

    def _settled(self, seen: _Seen, now: float) -> bool:
        return now - seen.since >= self.stable - SLACK

    def _grows(self, file: InputFile, seen: _Seen, now: float) -> bool:
        in_lines = file.format == "jsonl" and not file.path.lower().endswith(".gz")
        return in_lines and now - seen.behind_since >= self.growing


def without(found: FoundFiles, own: Sequence[str]) -> FoundFiles:
    """Leave out the files in ``own``, and those below them: what a watch writes is no news.

    Args:
        found: all files.
        own: full paths of files and folders, links followed.
    """
    full, below = RealPaths(), tuple(f"{path}/" for path in own)

    def foreign(path: str) -> bool:
        real = full(path)
        return real not in own and not real.startswith(below)

    files = tuple(file for file in found.files if foreign(file.path))
    refused = tuple(refused for refused in found.rejections if foreign(refused.origin))
    return found._replace(files=files, rejections=refused)
