from __future__ import annotations

import gzip
import json
import tracemalloc
from pathlib import Path

import pytest

from schemas.settings import InputSettings
from tests.transforms.sources.reading import bodies, places, read, reasons, rejections
from transforms.sources.files import find_files
from transforms.sources.read import read_file

LINES = [
    json.dumps({"id": n, "text": f"Article number {n} of the day."}).encode() for n in range(5)
]


def write(path: Path, content: bytes) -> Path:
    path.write_bytes(gzip.compress(content) if path.suffix == ".gz" else content)
    return path


@pytest.mark.parametrize("name", ["a.jsonl", "a.jsonl.gz", "a.ndjson", "A.JSONL", "a.json.gz"])
@pytest.mark.parametrize("end", [b"\n", b"\r\n"])
@pytest.mark.parametrize("last", [b"", b"\n", b"\n\n"])
def test_every_line_is_a_document_with_its_number(
    tmp_path: Path, name: str, end: bytes, last: bytes
) -> None:
    records = read(write(tmp_path / name, end.join(LINES) + last))
    assert [body.rstrip(b"\r") for body in bodies(records)] == LINES
    assert places(records) == [f"line {n}" for n in range(1, 6)]
    assert reasons(records) == []


def test_blank_lines_count_but_are_no_records(tmp_path: Path) -> None:
    content = b"\n\r\n" + LINES[0] + b"\n   \n" + LINES[1]
    assert places(read(write(tmp_path / "a.jsonl", content))) == ["line 3", "line 5"]


def test_a_broken_line_is_passed_on_with_its_bytes_for_the_parser_to_refuse(tmp_path: Path) -> None:
    records = read(write(tmp_path / "a.jsonl", LINES[0] + b'\n{"text": \n' + LINES[1]))
    assert bodies(records)[1] == b'{"text": '
    assert len(records) == 3


def test_records_are_obtained_when_their_file_was_modified(tmp_path: Path) -> None:
    path = write(tmp_path / "a.jsonl", LINES[0])
    import os

    os.utime(path, (1_500_000_000, 1_500_000_000))
    assert read(path)[0].fetched_at == 1_500_000_000_000_000


@pytest.mark.parametrize("name", ["a.jsonl", "a.jsonl.gz"])
def test_an_empty_file_has_no_records_and_is_no_fault(tmp_path: Path, name: str) -> None:
    assert read(write(tmp_path / name, b"")) == []


@pytest.mark.parametrize("name", ["a.jsonl", "a.jsonl.gz"])
def test_a_line_over_the_limit_is_refused_and_reading_goes_on(tmp_path: Path, name: str) -> None:
    long = b'{"text": "' + b"x" * 1_000_000 + b'"}'
    content = b"\n".join([LINES[0], long, LINES[1]])
    records = read(write(tmp_path / name, content), max_record_bytes=1_000)
    assert bodies(records) == LINES[:2]
    assert places(records) == ["line 1", "line 3"]
    (refused,) = rejections(records)
    assert (refused.reason, refused.place) == ("too_large", "line 2")
    assert refused.sample == long[:400]
    assert f"{len(long):,}" in refused.message


def test_a_line_as_long_as_the_limit_is_read(tmp_path: Path) -> None:
    limit = len(LINES[0])
    records = read(
        write(tmp_path / "a.jsonl", LINES[0] + b"\n " + LINES[0]), max_record_bytes=limit
    )
    assert bodies(records) == [LINES[0]]
    assert reasons(records) == ["too_large"]


def test_a_line_of_100_megabytes_never_stands_in_memory_as_a_whole(tmp_path: Path) -> None:
    path = tmp_path / "bomb.jsonl.gz"
    with gzip.open(path, "wb", compresslevel=1) as packed:
        packed.write(LINES[0] + b'\n{"text": "')
        for _ in range(100):
            packed.write(b"x" * 1_000_000)
        packed.write(b'"}\n' + LINES[1] + b"\n")
    settings = InputSettings()
    (file,) = find_files([str(path)]).files
    tracemalloc.start()
    try:
        records = list(read_file(file, settings))
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert bodies(records) == LINES[:2]
    assert reasons(records) == ["too_large"]
    assert peak < 3 * settings.max_record_bytes


def test_a_truncated_gzip_gives_what_came_before_the_break(tmp_path: Path) -> None:
    import os

    lines = [json.dumps({"text": os.urandom(300).hex()}).encode() for _ in range(2_000)]
    packed = gzip.compress(b"\n".join(lines))
    path = tmp_path / "a.jsonl.gz"
    path.write_bytes(packed[: len(packed) // 2])
    records = read(path)
    found = bodies(records)
    assert found == lines[: len(found)]
    assert 900 < len(found) < 1_100
    assert reasons(records) == ["truncated"]
    assert records[-1].place == f"line {len(found)}"


def test_a_gzip_of_nothing_but_a_header_is_truncated(tmp_path: Path) -> None:
    path = tmp_path / "a.jsonl.gz"
    path.write_bytes(gzip.compress(b"x")[:5])
    assert reasons(read(path)) == ["truncated"]


def test_a_damaged_gzip_is_unreadable(tmp_path: Path) -> None:
    packed = bytearray(gzip.compress(b"\n".join(LINES)))
    packed[12:40] = bytes(28)
    path = tmp_path / "a.jsonl.gz"
    path.write_bytes(packed)
    assert reasons(read(path)) == ["unreadable_file"]


def test_the_content_tells_whether_a_file_is_compressed_not_its_name(tmp_path: Path) -> None:
    content = b"\n".join(LINES)
    plain, packed = tmp_path / "plain.jsonl.gz", tmp_path / "packed.jsonl"
    plain.write_bytes(content)
    packed.write_bytes(gzip.compress(content))
    assert bodies(read(plain)) == bodies(read(packed)) == LINES


def test_joined_gzip_files_are_read_to_the_end(tmp_path: Path) -> None:
    path = tmp_path / "a.jsonl.gz"
    path.write_bytes(gzip.compress(LINES[0] + b"\n") + gzip.compress(LINES[1]))
    assert bodies(read(path)) == LINES[:2]


@pytest.mark.parametrize("encoding", ["utf-16", "utf-32", "utf-16-be", "utf-32-le"])
def test_wide_encodings_are_cut_into_lines_after_decoding(tmp_path: Path, encoding: str) -> None:
    # U+0A0D has the byte of a line feed in it.
    lines = ['{"text": "one \u0a0d"}', '{"text": "two ’"}']
    text = "\n".join(lines) if encoding in {"utf-16", "utf-32"} else "\ufeff" + "\n".join(lines)
    records = read(write(tmp_path / "a.jsonl", text.encode(encoding)))
    assert [body.decode("utf-8-sig") for body in bodies(records)] == lines


def test_a_file_that_goes_away_is_one_rejection(tmp_path: Path) -> None:
    path = write(tmp_path / "a.jsonl", LINES[0])
    (file,) = find_files([str(path)]).files
    path.unlink()
    assert reasons(list(read_file(file, InputSettings()))) == ["unreadable_file"]
