from __future__ import annotations

import os
from pathlib import Path

import pytest

from transforms.errors import UsageError
from transforms.sources.files import SOURCES, FoundFiles, find_files


def touch(folder: Path, *names: str) -> None:
    for name in names:
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("x")


def names(found: FoundFiles, folder: Path) -> list[str]:
    return [os.path.relpath(file.path, folder) for file in found.files]


def test_a_directory_is_searched_to_any_depth_in_order(tmp_path: Path) -> None:
    touch(tmp_path, "b.jsonl", "a/deep/c.txt", "a/d.parquet", "e.jsonl.gz")
    found = find_files([str(tmp_path)])
    assert names(found, tmp_path) == ["a/d.parquet", "a/deep/c.txt", "b.jsonl", "e.jsonl.gz"]
    assert [file.format for file in found.files] == ["parquet", "text", "jsonl", "jsonl"]


def test_a_file_is_described_by_size_and_time(tmp_path: Path) -> None:
    touch(tmp_path, "a.txt")
    os.utime(tmp_path / "a.txt", (1_500_000_000, 1_500_000_000.5))
    (file,) = find_files([str(tmp_path / "a.txt")]).files
    assert (file.size, file.modified_at) == (1, 1_500_000_000_500_000)


@pytest.mark.parametrize(
    ("pattern", "expected"),
    [
        ("*.jsonl", ["a.jsonl", "b.jsonl"]),
        ("?.txt", ["d.txt"]),
        ("**/c.jsonl", ["sub/c.jsonl"]),
        ("sub/*", ["sub/c.jsonl"]),
        ("[ab].*", ["a.jsonl", "b.jsonl"]),
    ],
)
def test_globs_match_as_they_do_in_a_shell(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, pattern: str, expected: list[str]
) -> None:
    touch(tmp_path, "a.jsonl", "b.jsonl", "d.txt", "sub/c.jsonl")
    assert names(find_files([str(tmp_path / pattern)]), tmp_path) == expected
    monkeypatch.chdir(tmp_path)
    assert [file.path for file in find_files([pattern]).files] == expected


def test_a_name_with_special_characters_is_a_name_where_the_file_exists(tmp_path: Path) -> None:
    touch(tmp_path, "odd [1]*.txt", "odd [1]x.txt")
    path = str(tmp_path / "odd [1]*.txt")
    assert [file.path for file in find_files([path]).files] == [path]
    assert len(find_files([str(tmp_path)]).files) == 2


def test_a_file_named_twice_is_read_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    touch(tmp_path, "a.txt")
    monkeypatch.chdir(tmp_path)
    found = find_files(["a.txt", "./a.txt", str(tmp_path), str(tmp_path / "*.txt")])
    assert len(found.files) == 1


@pytest.mark.parametrize("given", ["missing.jsonl", "missing/", "missing/*.jsonl", "*.parquet"])
def test_a_path_that_does_not_exist_is_wrong_use(tmp_path: Path, given: str) -> None:
    touch(tmp_path, "a.jsonl")
    with pytest.raises(UsageError, match="does not exist") as raised:
        find_files([str(tmp_path / "a.jsonl"), str(tmp_path / given)])
    assert given.rstrip("/") in str(raised.value)


def test_an_empty_directory_is_reported_and_no_fault(tmp_path: Path) -> None:
    found = find_files([str(tmp_path)])
    assert (found.files, found.rejections) == ((), ())
    assert str(tmp_path) in found.notes[0]


def test_files_of_unknown_format_in_a_directory_are_rejected_one_by_one(tmp_path: Path) -> None:
    touch(tmp_path, "a.jsonl", "photo.png", "notes")
    found = find_files([str(tmp_path)])
    assert names(found, tmp_path) == ["a.jsonl"]
    assert [r.reason for r in found.rejections] == ["unknown_format"] * 2
    assert {os.path.basename(r.origin) for r in found.rejections} == {"photo.png", "notes"}


def test_a_named_file_of_unknown_format_is_wrong_use_unless_the_format_is_given(
    tmp_path: Path,
) -> None:
    touch(tmp_path, "dump")
    with pytest.raises(UsageError, match="--format"):
        find_files([str(tmp_path / "dump")])
    assert find_files([str(tmp_path / "dump")], "text").files[0].format == "text"


def test_hidden_and_marker_files_are_passed_over(tmp_path: Path) -> None:
    touch(tmp_path, ".DS_Store", "_SUCCESS", ".git/a.jsonl", "a.jsonl")
    found = find_files([str(tmp_path)])
    assert names(found, tmp_path) == ["a.jsonl"]
    assert found.rejections == ()


def test_a_name_that_is_not_utf8_is_rejected(tmp_path: Path) -> None:
    try:
        (tmp_path / os.fsdecode(b"caf\xe9.txt")).write_text("x")
    except OSError:
        pytest.skip("this file system has no such names")
    found = find_files([str(tmp_path)])
    assert [r.reason for r in found.rejections] == ["unreadable_file"]
    assert found.rejections[0].origin.encode()


def test_an_unknown_format_or_scheme_or_no_input_is_wrong_use(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="jsonl, parquet, text"):
        find_files([str(tmp_path)], "xml")
    with pytest.raises(UsageError, match="nowhere://x"):
        find_files(["nowhere://x/y.jsonl"])
    with pytest.raises(UsageError, match="at least one"):
        find_files([])


def test_every_source_says_its_format_and_endings() -> None:
    for name, source in SOURCES.items():
        assert source.format == name
        assert all(suffix.startswith(".") for suffix in source.suffixes)


def test_a_pattern_may_match_nothing_where_its_files_are_still_to_come(tmp_path: Path) -> None:
    assert find_files([str(tmp_path / "new" / "*.jsonl")], expected=False) == ((), (), ())
    assert find_files([str(tmp_path)], expected=False) == ((), (), ())
    with pytest.raises(UsageError, match="does not exist"):
        find_files([str(tmp_path / "new")], expected=False)


def test_a_file_that_is_moved_away_while_the_folder_is_listed_is_not_there(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    touch(tmp_path, "a.txt", "b.txt")
    listed = list(os.walk(tmp_path))
    (tmp_path / "a.txt").rename(tmp_path.parent / "moved-away.txt")
    monkeypatch.setattr(os, "walk", lambda folder: iter(listed))
    assert names(find_files([str(tmp_path)]), tmp_path) == ["b.txt"]
