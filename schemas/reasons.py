"""Why a record is rejected: every code that may stand in the table of rejections."""

from __future__ import annotations

REASONS: dict[str, str] = {
    "unreadable_file": "the file could not be opened or decoded as its format",
    "unknown_format": "the file's name does not tell its format; it was not opened",
    "truncated": "a compressed file ended early; the records before the break were read",
    "too_large": "the record is longer than the limit on one record",
    "not_text": "the bytes are not text in any encoding that could be detected",
    "bad_json": "the line is not valid JSON",
    "not_an_object": "the JSON value is not an object with named fields",
    "bad_field": "a field has a type that cannot be used",
    "no_text": "the record has neither a text nor a title",
    "too_short": "the text has fewer words than an article can have, and there is no title",
    "only_residue": "nothing was left of the text when page furniture was dropped",
    "too_late": "its time was decided longer ago than events.lateness_days",
    "failed": "the step failed on this record in a way nobody foresaw",
}
