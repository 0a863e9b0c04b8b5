"""The manifest: what one snapshot of a lake consists of. One JSON file a snapshot."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, model_validator

TableName = Annotated[str, StringConstraints(pattern=r"^(state/)?[a-z][a-z0-9_]{0,63}$")]
Partition = Annotated[str, StringConstraints(pattern=r"^(date=[0-9]{4}-[0-9]{2}-[0-9]{2})?$")]
Sha256 = Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{64}$")]
DATA_FILE = r"^(state/)?[a-z][a-z0-9_]{0,63}/(date=[0-9-]{10}/)?[0-9a-f]{16}\.parquet$"
FilePath = Annotated[str, StringConstraints(pattern=DATA_FILE)]
"""Below the lake, never out of it."""


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True)


class ModelInfo(_Part):
    """The embedding model that every vector of the lake comes from."""

    name: str
    dimension: int = Field(gt=0)
    digest: str


class InputFile(_Part):
    """An input that was read to its end."""

    origin: str
    size: int = Field(ge=0)
    sha256: str


class FileEntry(_Part):
    """One Parquet file. It is named by its content and never changes."""

    table: TableName
    partition: Partition
    path: FilePath
    rows: int = Field(gt=0)
    bytes: int = Field(gt=0)
    sha256: Sha256
    fingerprint: str
    """Of the schema: names, types and what may be null."""
    content_hash: Sha256
    """Of the rows, whatever their order; those of several files add up, see
    :mod:`transforms.lake.hashing`."""
    first_time: int | None = None
    """Least value of the table's date column, µs UTC."""
    last_time: int | None = None
    tally: dict[str, int] = Field(default_factory=dict)
    """Rows by reason (rejections) or status (events, storylines); copies (articles)."""

    @model_validator(mode="after")
    def _lies_where_it_says(self) -> FileEntry:
        folder = f"{self.table}/{self.partition}" if self.partition else self.table
        if self.path.rsplit("/", 1)[0] != folder:
            raise ValueError(f"{self.path} does not lie in {folder}")
        return self


class TableEntry(_Part):
    """One table as a whole."""

    rows: int = Field(ge=0)
    content_hash: Sha256


class Counts(_Part):
    """Rows in the snapshot; events and storylines without those merged into others."""

    articles: int = 0
    duplicates: int = 0
    paragraphs: int = 0
    passages: int = 0
    events: int = 0
    storylines: int = 0
    rejected: dict[str, int] = Field(default_factory=dict)


class Manifest(_Part):
    """One snapshot."""

    schema_version: int = Field(gt=0)
    snapshot: int = Field(gt=0)
    parent: int | None
    parent_sha256: Sha256 | None
    """SHA-256 of the parent's manifest file."""
    operation: Literal["write", "compact", "rollback"] = "write"
    """What made it: a run, small files made large ones, or the return to an earlier snapshot."""
    restores: int | None = None
    """The snapshot that a rollback returned to."""
    storybeam: str
    """Version of the program."""
    created_at: datetime
    """The only value that depends on the clock."""
    partition: Literal["month", "day"]
    model: ModelInfo
    settings_digest: str
    settings: dict[str, Any]
    passage_settings: dict[str, Any] | None = None
    """Those that all passages of the lake were made with; None where they changed on the way."""
    watermark: int | None
    """The latest event time decided, µs UTC; None before the first article."""
    inputs: list[InputFile]
    """Read to their end by this snapshot; state/inputs has all since the beginning."""
    counts: Counts
    tables: dict[TableName, TableEntry]
    files: list[FileEntry]

    def of(self, table: str, partition: str | None = None) -> list[FileEntry]:
        """Return the files of ``table``, or of one partition of it, by path."""
        return [
            file
            for file in self.files
            if file.table == table and partition in (None, file.partition)
        ]

    def same_as(self, other: Manifest) -> bool:
        """Return whether both are the same but for the clock: a commit that was tried twice."""
        ignored = {"created_at"}
        return self.model_dump(exclude=ignored) == other.model_dump(exclude=ignored)
