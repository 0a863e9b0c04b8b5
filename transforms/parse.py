"""Turn what a source found into articles, or say why it is none."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import apache_beam as beam
from apache_beam.metrics import Metrics
from apache_beam.pvalue import TaggedOutput

from schemas.records import Article, RawDocument, Rejection, reject
from schemas.settings import InputSettings
from transforms.article import RefusedError, article
from transforms.decode import to_text, without_surrogates
from transforms.text import normalise

LONGEST_TITLE = 500
"""Characters of the first line of a plain text above which it is a paragraph, not a title."""


def parse(document: RawDocument, settings: InputSettings, now: int) -> Article | Rejection:
    """Return the article in ``document``, or why there is none; never raises on bad input.

    ``now``, in microseconds since the epoch, only serves to refuse dates in the future, so it
    should be one value for a whole run.
    """
    try:
        return article(document, _record(document, settings), settings, now)
    except RefusedError as refused:
        return _rejection(document, refused.reason, refused.message)


class Parse(beam.DoFn):
    """Parse documents; what cannot be used goes to the output ``rejections``."""

    def __init__(self, settings: InputSettings, now: int) -> None:
        self._settings = settings
        self._now = now

    def process(self, element: RawDocument) -> Iterator[Article | TaggedOutput]:
        """Yield the article, or its rejection."""
        try:
            result = parse(element, self._settings, self._now)
        except Exception as error:  # One record that nobody foresaw must not stop a run.
            message = without_surrogates(f"{type(error).__name__}: {error}"[:500])
            result = _rejection(element, "failed", message)
        if isinstance(result, Rejection):
            Metrics.counter("parse", f"rejected_{result.reason}").inc()
            yield TaggedOutput("rejections", result)
        else:
            Metrics.counter("parse", "articles").inc()
            yield result


def parse_documents(settings: InputSettings, now: int) -> beam.ParDo:
    """Return the typed transform: main output ``articles``, side output ``rejections``."""
    typed = beam.ParDo(Parse(settings, now)).with_output_types(Article, rejections=Rejection)
    return typed.with_outputs("rejections", main="articles")


def _rejection(document: RawDocument, reason: str, message: str) -> Rejection:
    return reject(
        "parse",
        reason,
        message,
        document.origin,
        document.place,
        document.fetched_at,
        document.body,
    )


def _record(document: RawDocument, settings: InputSettings) -> dict[str, Any]:
    if len(document.body) > settings.max_record_bytes:
        size = f"{len(document.body):,} bytes, more than {settings.max_record_bytes:,}"
        raise RefusedError("too_large", f"The record has {size}.")
    text = to_text(document.body)
    if text is None:
        raise RefusedError("not_text", "No encoding of text fits the bytes of the record.")
    return _from_text(text) if document.kind == "text" else _from_json(text)


def _from_json(text: str) -> dict[str, Any]:
    try:
        value = json.loads(text.replace("\0", ""), strict=False)
    except RecursionError as error:
        raise RefusedError("bad_json", "The JSON is nested too deeply to be read.") from error
    except ValueError as error:
        raise RefusedError("bad_json", f"Not valid JSON: {error}.") from error
    if not isinstance(value, dict):
        kind = type(value).__name__
        raise RefusedError("not_an_object", f"Expected a JSON object with fields, found a {kind}.")
    return value


def _from_text(text: str) -> dict[str, Any]:
    first, _, rest = normalise(without_surrogates(text)).partition("\n")
    if len(first) > LONGEST_TITLE:
        return {"text": f"{first}\n{rest}"}
    return {"title": first, "text": rest}
