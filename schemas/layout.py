"""How a table is described: its columns, what names a row, how its files are laid out."""

from __future__ import annotations

from dataclasses import dataclass

import pyarrow as pa

SCHEMA_VERSION = 1
"""Raised by every change that a reader of the old files would notice."""

TIME = pa.timestamp("us", tz="UTC")


@dataclass(frozen=True)
class Column:
    """One column: name, Arrow type, what it means."""

    name: str
    type: pa.DataType
    description: str
    nullable: bool = False
    current: bool = False


@dataclass(frozen=True)
class Table:
    """One table: its columns, what identifies a row, how its files are laid out."""

    name: str
    description: str
    key: tuple[str, ...]
    """Columns whose values name a row: unique in a snapshot."""
    columns: tuple[Column, ...]
    date: str | None = None
    """Column whose UTC day or month is the ``date=`` partition; None: not partitioned."""
    scope: str | None = None
    """Column by whose value rows are removed together: all of an article, when it is updated."""

    @property
    def order(self) -> tuple[str, ...]:
        """Columns that the rows of a file are sorted by: time first, so that readers can skip."""
        first = () if self.date is None or self.date in self.key else (self.date,)
        return (*first, *self.key)

    @property
    def schema(self) -> pa.Schema:
        """The Arrow schema, with each column's description in its metadata."""
        fields = [
            pa.field(
                column.name,
                column.type,
                column.nullable,
                {
                    "description": column.description,
                    "as_of": "current" if column.current else "write",
                },
            )
            for column in self.columns
        ]
        return pa.schema(fields, {"table": self.name, "schema_version": str(SCHEMA_VERSION)})
