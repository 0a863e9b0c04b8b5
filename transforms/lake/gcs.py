"""A lake in Google Cloud Storage."""

from __future__ import annotations

import os
from collections.abc import Iterator
from functools import lru_cache
from typing import Any

from transforms.lake.object_storage import Entry, ObjectStorage
from transforms.lake.storage import Found


class GcsStorage(ObjectStorage):
    """``gs://bucket/lake``, through google-cloud-storage and its default credentials.

    An object's tag is its generation; creating asks for generation 0, which is none. Tried with an
    emulator (``STORAGE_EMULATOR_HOST``), never with the service itself.
    """

    needs = "google-cloud-storage: pip install 'storybeam[gcp]'"

    def errors(self) -> tuple[type[Exception], ...]:
        """Return what the library raises."""
        from google.api_core.exceptions import GoogleAPIError
        from google.auth.exceptions import GoogleAuthError
        from requests.exceptions import RequestException

        return GoogleAPIError, GoogleAuthError, RequestException

    def broken(self) -> tuple[type[Exception], ...]:
        """Return what is raised in the middle of a body."""
        from google.api_core.exceptions import NotFound
        from google.cloud.storage.exceptions import DataCorruption
        from requests.exceptions import ChunkedEncodingError, ConnectionError, ContentDecodingError

        # Written anew between the question for its generation and that for its bytes: NotFound.
        return DataCorruption, ChunkedEncodingError, ConnectionError, ContentDecodingError, NotFound

    def _get(self, key: str) -> Found | None:
        blob = self._bucket().get_blob(key)
        if blob is None:
            return None
        data = self._bucket().blob(key, generation=blob.generation).download_as_bytes()
        return Found(data, str(blob.generation), float("inf"))

    def _put(self, key: str, data: bytes, tag: str | None) -> str | None:
        from google.api_core.exceptions import NotFound, PreconditionFailed

        blob = self._bucket().blob(key)
        try:
            blob.upload_from_string(data, if_generation_match=int(tag or 0))
        except PreconditionFailed:
            return None
        except NotFound:
            if tag is None:
                raise
            return None
        return str(blob.generation)

    def _entry(self, key: str) -> Entry | None:
        blob = self._bucket().get_blob(key)
        return None if blob is None else Entry(blob.size, blob.updated.timestamp())

    def _keys(self, prefix: str) -> Iterator[str]:
        yield from (blob.name for blob in self._bucket().list_blobs(prefix=prefix))

    def _delete(self, key: str) -> None:
        from google.api_core.exceptions import NotFound

        try:
            self._bucket().blob(key).delete()
        except NotFound:
            return

    def _bucket(self) -> Any:
        return _client(os.getpid(), os.environ.get("STORAGE_EMULATOR_HOST")).bucket(self.bucket)


@lru_cache(maxsize=4)
def _client(process: int, emulator: str | None) -> Any:
    from google.auth.credentials import AnonymousCredentials
    from google.cloud.storage import Client

    return Client("emulated", AnonymousCredentials()) if emulator else Client()
