"""Shorthands for the tests of sources."""

from __future__ import annotations

import json
from pathlib import Path

from schemas.records import RawDocument, Rejection
from schemas.settings import InputSettings
from transforms.sources.base import Record
from transforms.sources.files import find_files
from transforms.sources.read import read_file


def read(path: Path, format: str | None = None, **settings: object) -> list[Record]:
    """Read everything behind one path."""
    chosen = InputSettings.model_validate(settings)
    files = find_files([str(path)], format).files
    return [record for file in files for record in read_file(file, chosen)]


def documents(records: list[Record]) -> list[RawDocument]:
    return [record for record in records if isinstance(record, RawDocument)]


def bodies(records: list[Record]) -> list[bytes]:
    return [record.body for record in documents(records)]


def objects(records: list[Record]) -> list[object]:
    return [json.loads(record.body) for record in documents(records)]


def places(records: list[Record]) -> list[str]:
    return [record.place for record in documents(records)]


def rejections(records: list[Record]) -> list[Rejection]:
    return [record for record in records if isinstance(record, Rejection)]


def reasons(records: list[Record]) -> list[str]:
    return [record.reason for record in rejections(records)]
