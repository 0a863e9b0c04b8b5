"""Write ``regional.parquet`` from ``regional.toml``: ``python examples/_regional/make_parquet.py``.

The folder's name begins with an underscore so that reading ``examples/`` passes over it.
"""

from __future__ import annotations

import tomllib
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

FOLDER = Path(__file__).parent
TARGET = FOLDER.parent / "regional.parquet"
SCHEMA = pa.schema(
    [
        ("id", pa.string()),
        ("url", pa.string()),
        ("title", pa.string()),
        ("published", pa.timestamp("us", tz="UTC")),
        ("source", pa.string()),
        ("language", pa.string()),
        ("paragraphs", pa.list_(pa.string())),
    ]
)


def table(source: Path = FOLDER / "regional.toml") -> pa.Table:
    """Return the articles of ``source``, one row each, in the order of the file."""
    with source.open("rb") as stream:
        rows = tomllib.load(stream)["article"]
    return pa.Table.from_pylist(rows, schema=SCHEMA)


if __name__ == "__main__":
    pq.write_table(table(), TARGET, compression="zstd")
