from __future__ import annotations

import gzip
from pathlib import Path

from tests.transforms.sources.reading import documents, read, reasons

SAMPLE = "A “title” — with dashes\n\nFirst paragraph.\n\nLeave a Reply"


def test_a_file_is_one_document_without_a_place(tmp_path: Path) -> None:
    path = tmp_path / "a.txt"
    path.write_text(SAMPLE)
    (document,) = documents(read(path))
    assert (document.kind, document.place, document.origin) == ("text", "", str(path))
    assert document.body.decode() == SAMPLE


def test_compressed_text_is_read_as_well(tmp_path: Path) -> None:
    path = tmp_path / "a.txt.gz"
    path.write_bytes(gzip.compress(SAMPLE.encode()))
    assert documents(read(path))[0].body.decode() == SAMPLE


def test_half_an_article_is_no_article(tmp_path: Path) -> None:
    path = tmp_path / "a.txt.gz"
    path.write_bytes(gzip.compress(SAMPLE.encode())[:-12])
    records = read(path)
    assert documents(records) == []
    assert reasons(records) == ["truncated"]


def test_a_file_over_the_limit_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "a.txt"
    path.write_text("x" * 1_001)
    records = read(path, max_record_bytes=1_000)
    assert reasons(records) == ["too_large"]
    assert records[0].sample == b"x" * 400
    path.write_text("x" * 1_000)
    assert reasons(read(path, max_record_bytes=1_000)) == []


def test_an_empty_file_has_no_records(tmp_path: Path) -> None:
    path = tmp_path / "a.txt"
    path.touch()
    assert read(path) == []
