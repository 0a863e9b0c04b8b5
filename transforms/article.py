"""From a record with any publisher's field names to an article."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping
from typing import Any

from schemas.records import Article, RawDocument
from schemas.settings import InputSettings
from transforms.dates import judge
from transforms.decode import without_surrogates
from transforms.fields import is_empty, scalar, values
from transforms.identity import article_id, canonical_url, host_of
from transforms.text import normalise

TITLE_CHARACTERS = 2_000
NAME_CHARACTERS = 500
URL_CHARACTERS = 8_000


class RefusedError(Exception):
    """The record cannot be an article; it becomes a rejection with this reason and message."""

    def __init__(self, reason: str, message: str) -> None:
        super().__init__(reason, message)
        self.reason = reason
        self.message = message


class _Fields:
    """The fields of one record by storybeam's names, cleaned."""

    def __init__(self, record: Mapping[str, Any], mapping: Mapping[str, str], now: int) -> None:
        self._record = record
        self._mapping = mapping
        self._now = now

    def values(self, field: str) -> Iterator[Any]:
        return values(self._record, field, self._mapping)

    def line(self, field: str, limit: int | None = None) -> str | None:
        """Return the first usable value as one line of at most ``limit`` characters."""
        for value in self.values(field):
            text = scalar(value[0] if isinstance(value, list) else value)
            if text and (line := " ".join(_clean(text).split())):
                return line[:limit]
        return None

    def time(self, field: str) -> int | None:
        """Return the first time that can be right, in microseconds."""
        return self.verdict(field)[0]

    def verdict(self, field: str) -> tuple[int | None, str]:
        """Return the first time that can be right, else what is wrong with the likeliest."""
        verdicts = [judge(value, self._now) for value in self.values(field)]
        given = (verdict for verdict in verdicts if verdict[0] is not None)
        return next(given, verdicts[0] if verdicts else judge(None, self._now))


def article(
    document: RawDocument, record: Mapping[str, Any], settings: InputSettings, now: int
) -> Article:
    """Return the article that ``record``, decoded from ``document``, describes.

    ``now`` in microseconds since the epoch. Raises RefusedError where there is too little text.
    """
    # The names of a plain text are storybeam's own; a mapping is about other people's records.
    fields = _Fields(record, settings.fields if document.kind == "json" else {}, now)
    title = fields.line("title", TITLE_CHARACTERS)
    text, blocks = _body(fields)
    content = text or "\n\n".join(blocks)
    _check_length(title, content, settings.min_words)
    source_id = fields.line("id")
    url = _url(fields, source_id)
    source = _source(fields)
    published_at, status = fields.verdict("published")
    full = f"{title or ''}\0{content}"
    return Article(
        article_id=article_id(canonical_url(url) if url else None, source, source_id, full),
        digest=hashlib.blake2b(full.encode(), digest_size=16).hexdigest(),
        source_id=source_id[:NAME_CHARACTERS] if source_id else None,
        url=url,
        source=source or (host_of(url) if url else None),
        title=title,
        language=_language(fields),
        published_at=published_at,
        updated_at=fields.time("updated"),
        fetched_at=fields.time("fetched") or document.fetched_at,
        date_status=status,
        origin=document.origin,
        place=document.place,
        text=text,
        blocks=blocks,
    )


def _check_length(title: str | None, content: str, min_words: int) -> None:
    if title:
        return
    words = len(content.split(maxsplit=min_words))
    if not words:
        raise RefusedError("no_text", "The record has neither a text nor a title.")
    if words < min_words:
        message = f"The text has fewer than {min_words} words ({words}), and there is no title."
        raise RefusedError("too_short", message)


def _body(fields: _Fields) -> tuple[str, list[str]]:
    """Return the text, or the paragraphs where the record has a list of them."""
    found = [*fields.values("paragraphs"), *fields.values("text")]
    for value in found:
        if isinstance(value, list) and (blocks := _blocks(value)):
            return "", blocks
        if isinstance(value, str) and (text := _clean(value)):
            return text, []
    unusable = [type(value).__name__ for value in found if not isinstance(value, str | list)]
    if unusable:
        message = f"The text is of type {unusable[0]}; expected a text or a list of paragraphs."
        raise RefusedError("bad_field", message)
    return "", []


def _blocks(items: list[Any]) -> list[str]:
    texts = [scalar(item, ("text", "content", "value")) for item in items if not is_empty(item)]
    if None in texts:
        raise RefusedError("bad_field", "A paragraph in the list is not a text.")
    return [block for text in texts if text and (block := _clean(text))]


def _clean(text: str) -> str:
    return normalise(without_surrogates(text))


def _url(fields: _Fields, source_id: str | None) -> str | None:
    """Return the address; an id that is an address serves as well."""
    for value in fields.values("url"):
        # Not through normalise: "&copy=" in a query is not an entity.
        url = "".join(without_surrogates(value).split()) if isinstance(value, str) else ""
        if 0 < len(url) <= URL_CHARACTERS:
            return url.replace("\0", "")
    return source_id if source_id and canonical_url(source_id) else None


def _source(fields: _Fields) -> str | None:
    name = fields.line("source", NAME_CHARACTERS)
    return (host_of(name) or name) if name else None


def _language(fields: _Fields) -> str | None:
    code = fields.line("language", 35)
    return code.lower().replace("_", "-") if code else None
