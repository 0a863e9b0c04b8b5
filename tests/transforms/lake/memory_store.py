"""An object store in memory, with a clock that only tests move."""

from __future__ import annotations

import io
import itertools
from typing import BinaryIO

from transforms.errors import LakeError
from transforms.lake.storage import Found


class MemoryStore:
    """Honours conditions, unless told not to; ``down`` makes every request fail."""

    def __init__(self, root: str = "mem://lake", honours: bool = True) -> None:
        self.root, self.honours, self.down, self.time = root, honours, False, 0.0
        self.loses_answers = False
        self.objects: dict[str, tuple[bytes, str, float]] = {}
        self._tags = itertools.count(1)

    def look(self, path: str) -> Found | None:
        self._request()
        if path not in self.objects:
            return None
        data, tag, written = self.objects[path]
        return Found(data, tag, self.time - written)

    def swap(self, path: str, data: bytes, tag: str | None) -> str | None:
        self._request()
        held = self.objects.get(path)
        if self.honours and (held[1] if held else None) != tag:
            return None
        new = str(next(self._tags))
        self.objects[path] = (data, new, self.time)
        if self.loses_answers:
            raise LakeError(f"{self.full(path)}: no answer")
        return new

    def _request(self) -> None:
        if self.down:
            raise LakeError(f"{self.root} does not answer")

    def full(self, path: str) -> str:
        return f"{self.root}/{path}"

    def read(self, path: str) -> bytes:
        found = self.look(path)
        if found is None:
            raise LakeError(f"{self.full(path)} is missing")
        return found.data

    def open(self, path: str) -> BinaryIO:
        return io.BytesIO(self.read(path))

    def size(self, path: str) -> int | None:
        found = self.look(path)
        return None if found is None else len(found.data)

    def modified(self, path: str) -> float | None:
        return self.objects[path][2] if path in self.objects else None

    def paths(self, prefix: str) -> list[str]:
        return sorted(path for path in self.objects if path.startswith(prefix))

    def write_once(self, path: str, data: bytes) -> None:
        self.swap(path, data, None)

    def create(self, path: str, data: bytes) -> bool:
        return self.swap(path, data, None) is not None

    def remove(self, path: str) -> None:
        self.objects.pop(path, None)
