"""A lake in any other store that Beam's file systems reach (``hdfs://``, ``azfs://``, …)."""

from __future__ import annotations

import io
import time
from typing import BinaryIO

from apache_beam.io.filesystem import BeamIOError, CompressionTypes, FileMetadata
from apache_beam.io.filesystems import FileSystems

from transforms.errors import LakeError


class BeamStorage:
    """Best effort: an object appears whole when it is closed, and data files cannot collide.

    Beam offers no conditional creation, so ``create`` looks first and writes then: of two runs
    that commit in the same second both may succeed, and the later one wins. Run one writer at a
    time on such a lake.
    """

    def __init__(self, root: str) -> None:
        self.root = root.rstrip("/")

    def full(self, path: str) -> str:
        """Return the object's address."""
        return f"{self.root}/{path}"

    def open(self, path: str) -> BinaryIO:
        """Return the object, read into memory."""
        return io.BytesIO(self.read(path))

    def read(self, path: str) -> bytes:
        """Return the object's bytes."""
        try:
            with FileSystems.open(
                self.full(path), compression_type=CompressionTypes.UNCOMPRESSED
            ) as file:
                content: bytes = file.read()
                return content
        except (BeamIOError, OSError) as error:
            raise LakeError(f"{self.full(path)} is missing or cannot be read: {error}") from error

    def size(self, path: str) -> int | None:
        """Return its bytes; None where there is no such object."""
        found = self._match(self.full(path))
        return found[0].size_in_bytes if found else None

    def modified(self, path: str) -> float | None:
        """Return when it was last written; now, where the store does not say."""
        found = self._match(self.full(path))
        return (found[0].last_updated_in_seconds or time.time()) if found else None

    def paths(self, prefix: str) -> list[str]:
        """Return the objects below ``prefix``."""
        cut = len(self.root) + 1
        found = self._match(f"{self.full(prefix).rstrip('/')}/**")
        return sorted(entry.path[cut:] for entry in found)

    def write_once(self, path: str, data: bytes) -> None:
        """Write the object unless one of this name and length is there."""
        if self.size(path) != len(data):
            self._write(path, data)

    def create(self, path: str, data: bytes) -> bool:
        """Write the object unless one of this name is there."""
        if self.size(path) is not None:
            return False
        self._write(path, data)
        return True

    def remove(self, path: str) -> None:
        """Delete the object; nothing happens where there is none."""
        if self.size(path) is None:
            return
        try:
            FileSystems.delete([self.full(path)])
        except (BeamIOError, OSError) as error:
            raise LakeError(f"{self.full(path)} could not be removed: {error}.") from error

    def _write(self, path: str, data: bytes) -> None:
        try:
            with FileSystems.create(
                self.full(path), compression_type=CompressionTypes.UNCOMPRESSED
            ) as file:
                file.write(data)
        except (BeamIOError, OSError) as error:
            raise LakeError(
                f"{self.full(path)} could not be written: {error}. "
                "The lake stays at its last snapshot."
            ) from error

    def _match(self, pattern: str) -> list[FileMetadata]:
        try:
            return list(FileSystems.match([pattern])[0].metadata_list)
        except (BeamIOError, OSError) as error:
            raise LakeError(f"{self.root} cannot be listed: {error}") from error
