"""A lake in S3, or in a store that speaks its language."""

from __future__ import annotations

import os
from collections.abc import Iterator
from email.utils import parsedate_to_datetime
from functools import lru_cache
from typing import Any

from transforms.lake.object_storage import ConflictError, Entry, ObjectStorage
from transforms.lake.storage import Found


class S3Storage(ObjectStorage):
    """``s3://bucket/lake``, through boto3 and what configures it: files, ``AWS_…`` variables.

    ``AWS_ENDPOINT_URL`` leads to stores other than Amazon's. They have to know ``If-None-Match``
    and ``If-Match`` when writing: the lock tries that before each run.
    """

    needs = "boto3: pip install 'storybeam[aws]'"

    def errors(self) -> tuple[type[Exception], ...]:
        """Return what boto3 raises."""
        from botocore.exceptions import BotoCoreError, ClientError

        return BotoCoreError, ClientError

    def broken(self) -> tuple[type[Exception], ...]:
        """Return what is raised in the middle of a body."""
        from botocore import exceptions as of

        return (
            of.IncompleteReadError,
            of.ResponseStreamingError,
            of.ReadTimeoutError,
            of.FlexibleChecksumError,
        )

    def _get(self, key: str) -> Found | None:
        answer = self._unless_missing("get_object", key)
        if answer is None:
            return None
        now = answer["ResponseMetadata"]["HTTPHeaders"].get("date")
        written = answer["LastModified"]
        idle = (parsedate_to_datetime(now) - written).total_seconds() if now else float("inf")
        return Found(answer["Body"].read(), answer["ETag"], idle)

    def _put(self, key: str, data: bytes, tag: str | None) -> str | None:
        from botocore.exceptions import ClientError

        condition = {"IfNoneMatch": "*"} if tag is None else {"IfMatch": tag}
        try:
            answer = _client().put_object(Bucket=self.bucket, Key=key, Body=data, **condition)
        except ClientError as error:
            if _status(error) == 412 or (tag is not None and _missing(error)):
                return None
            if _status(error) == 409:
                raise ConflictError(str(error)) from error
            raise
        return str(answer["ETag"])

    def _entry(self, key: str) -> Entry | None:
        answer = self._unless_missing("head_object", key)
        if answer is None:
            return None
        return Entry(answer["ContentLength"], answer["LastModified"].timestamp())

    def _keys(self, prefix: str) -> Iterator[str]:
        pages = _client().get_paginator("list_objects_v2")
        for page in pages.paginate(Bucket=self.bucket, Prefix=prefix):
            yield from (found["Key"] for found in page.get("Contents", ()))

    def _delete(self, key: str) -> None:
        _client().delete_object(Bucket=self.bucket, Key=key)

    def _unless_missing(self, what: str, key: str) -> Any:
        from botocore.exceptions import ClientError

        try:
            return getattr(_client(), what)(Bucket=self.bucket, Key=key)
        except ClientError as error:
            if _missing(error):
                return None
            raise


def _status(error: Any) -> int:
    return int(error.response.get("ResponseMetadata", {}).get("HTTPStatusCode", 0))


def _missing(error: Any) -> bool:
    """Whether the object is missing; a bucket that is not there is another matter."""
    return _status(error) == 404 and error.response["Error"].get("Code") != "NoSuchBucket"


def _client() -> Any:
    """Return this process's client: making one takes a tenth of a second."""
    given = {name: value for name, value in os.environ.items() if name.startswith("AWS_")}
    return _client_of(os.getpid(), tuple(sorted(given.items())))


@lru_cache(maxsize=4)
def _client_of(process: int, given: tuple[tuple[str, str], ...]) -> Any:
    import boto3
    from botocore.config import Config

    return boto3.session.Session().client("s3", config=Config(connect_timeout=10))
