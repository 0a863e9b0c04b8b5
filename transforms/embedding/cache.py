"""Vectors kept on disk between runs, by text and model."""

from __future__ import annotations

import hashlib
import sqlite3
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path

import numpy as np

from transforms.embedding.base import Embedder, Vectors, pack, unpack

_SCHEMA = (
    "CREATE TABLE IF NOT EXISTS vectors (key BLOB PRIMARY KEY, vector BLOB NOT NULL) WITHOUT ROWID"
)
_LOOKUP = 500


class CachedEmbedder:
    """Wrap an embedder; look each text up in an SQLite file before computing it.

    The key is a hash of the model's digest and the text, the value float16 bytes: reading the
    file runs no code, and two models share a file without harm. Several processes may use one
    file. A vector from the cache is bit-equal to a computed one.
    """

    def __init__(self, inner: Embedder, path: str | Path) -> None:
        self.inner = inner
        self.name, self.digest, self.dimension = inner.name, inner.digest, inner.dimension
        self.hits = 0
        self._database = sqlite3.connect(path, timeout=60, check_same_thread=False)
        # Another process may be switching the same new file to WAL: whoever is first does it.
        with suppress(sqlite3.OperationalError):
            self._database.execute("PRAGMA journal_mode=WAL")
        self._database.execute(_SCHEMA)

    def embed(self, texts: Sequence[str]) -> Vectors:
        """Return float32 ``[len(texts), dimension]``, computing only what is not stored yet."""
        keys = [self._key(text) for text in texts]
        known = self._read(list(dict.fromkeys(keys)))
        self.hits += sum(key in known for key in keys)
        missing = {key: text for key, text in zip(keys, texts, strict=True) if key not in known}
        if missing:
            computed = self.inner.embed(list(missing.values()))
            self._write({key: pack(row) for key, row in zip(missing, computed, strict=True)})
            known.update(zip(missing, computed, strict=True))
        if not keys:
            return np.zeros((0, self.dimension), np.float32)
        return np.stack([known[key] for key in keys])

    def _key(self, text: str) -> bytes:
        return hashlib.blake2b(f"{self.digest}\0{text}".encode(), digest_size=16).digest()

    def _read(self, keys: list[bytes]) -> dict[bytes, Vectors]:
        found: dict[bytes, Vectors] = {}
        for start in range(0, len(keys), _LOOKUP):
            part = keys[start : start + _LOOKUP]
            query = f"SELECT key, vector FROM vectors WHERE key IN ({','.join('?' * len(part))})"
            for key, packed in self._database.execute(query, part):
                if len(packed) == 2 * self.dimension:
                    found[key] = unpack(packed)
        return found

    def _write(self, rows: dict[bytes, bytes]) -> None:
        with self._database:
            self._database.executemany("INSERT OR IGNORE INTO vectors VALUES (?, ?)", rows.items())
