"""Find storybeam's fields in a record, under whatever name its publisher gave them."""

from __future__ import annotations

import math
import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from functools import lru_cache
from typing import Any

SYNONYMS: dict[str, tuple[str, ...]] = {
    "id": ("id", "articleid", "docid", "guid", "uuid"),
    "url": ("url", "link", "canonicalurl", "permalink", "articleurl"),
    "title": ("title", "headline"),
    "text": (
        "text", "fulltext", "maintext", "storytext", "articletext", "articlebody", "body",
        "content", "article",
    ),
    "paragraphs": ("paragraphs",),
    "published": (
        "published", "publishedat", "publishedon", "publishdate", "publisheddate",
        "datepublished", "datepublish", "publicationdate", "publishtime", "pubdate", "date",
        "createdat", "created",
    ),
    "updated": ("updated", "updatedat", "dateupdated", "modified", "modifiedat", "datemodified",
                "datemodify", "lastmodified"),
    "fetched": ("fetched", "fetchedat", "crawled", "crawledat", "datedownload", "downloadedat",
                "scrapedat"),
    "source": ("source", "publisher", "outlet", "sourcename", "sitename", "site", "domain",
               "sourcedomain"),
    "language": ("language", "lang"),
}  # fmt: skip
"""Names in order of preference, folded: lower case, letters and digits only."""

MAX_NAME_CHARACTERS = 100
_PUNCTUATION = re.compile(r"[\W_]+")


@lru_cache(maxsize=4096)
def fold(name: str) -> str:
    """Return ``name`` in lower case without punctuation: ``pubDate`` and ``pub_date`` agree."""
    return _PUNCTUATION.sub("", name).lower()


def values(record: Mapping[str, Any], field: str, mapping: Mapping[str, str]) -> Iterator[Any]:
    """Yield what ``record`` has for ``field``, the likeliest first, empty values left out.

    A name in ``mapping`` is taken alone, as it is or as a path with dots (``source.name``).
    """
    if field in mapping:
        candidates = [_at(record, mapping[field])]
    else:
        folded = _folded(record)
        candidates = [folded.get(name) for name in SYNONYMS[field]]
    yield from (value for value in map(_unwrap, candidates) if not is_empty(value))


def is_column(
    name: str, mapping: Mapping[str, str], fields: Collection[str] = SYNONYMS.keys()
) -> bool:
    """Tell whether a column of that name can hold one of ``fields``."""
    mapped = {mapping[field] for field in fields if field in mapping}
    known = (SYNONYMS[field] for field in fields if field not in mapping)
    roots = {path.partition(".")[0] for path in mapped}
    return name in mapped | roots or any(fold(name) in names for names in known)


def is_empty(value: object) -> bool:
    """Tell whether ``value`` stands for nothing: None, not a number, blank, no items."""
    if isinstance(value, float):
        return not math.isfinite(value)
    if isinstance(value, str):
        return not value.strip()
    return value is None or (isinstance(value, list | dict) and not value)


def scalar(value: object, names: Sequence[str] = ("name", "title", "id")) -> str | None:
    """Return a text or number as text, of an object the first of ``names`` it has, else None."""
    if isinstance(value, dict):
        folded = _folded(value)
        value = next((folded[name] for name in names if name in folded), None)
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    if isinstance(value, bool) or not isinstance(value, str | int | float):
        return None
    # An int of thousands of digits cannot be printed; none of that size names anything.
    return None if isinstance(value, int) and value.bit_length() > 256 else str(value)


def _folded(record: Mapping[str, Any]) -> dict[str, Any]:
    """Return the values that are there; of two names that fold alike the plainer one counts."""
    folded: dict[str, Any] = {}
    for key, value in record.items():
        if len(key) > MAX_NAME_CHARACTERS or is_empty(value):
            continue
        name = fold(key)
        if name == key or name not in folded:
            folded[name] = value
    return folded


def _at(record: Mapping[str, Any], path: str) -> object:
    if path in record:
        return record[path]
    value: object = record
    for name in path.split("."):
        value = value.get(name) if isinstance(value, Mapping) else None
    return value


def _unwrap(value: object) -> object:
    """Take a MongoDB export's ``{"$oid": ...}``, ``{"$date": {"$numberLong": ...}}`` apart."""
    for _ in range(3):
        if not (isinstance(value, dict) and len(value) == 1):
            break
        key, inner = next(iter(value.items()))
        if not str(key).startswith("$"):
            break
        value = inner
    return value
