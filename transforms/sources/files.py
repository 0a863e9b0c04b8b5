"""From what a user names (files, directories, globs, buckets) to the files to be read."""

from __future__ import annotations

import os
import re
import stat
import time
from collections.abc import Iterator, Sequence
from contextlib import suppress
from typing import NamedTuple

from apache_beam.io.filesystem import BeamIOError, FileMetadata
from apache_beam.io.filesystems import FileSystems

from schemas.records import Rejection
from transforms.decode import without_surrogates
from transforms.errors import UsageError
from transforms.sources import jsonl, parquet, text
from transforms.sources.base import InputFile, Source, refuse

_MAGIC = re.compile(r"[*?[]")
"""What makes a name a pattern."""

SOURCES: dict[str, Source] = {
    source.format: source for source in (jsonl.SOURCE, parquet.SOURCE, text.SOURCE)
}


class RealPaths:
    """Full paths with all links followed: each folder is looked up once, for there may be many
    files in it. Addresses stay as they are."""

    def __init__(self) -> None:
        self._folders: dict[str, str] = {}

    def __call__(self, path: str) -> str:
        """Return the path that two names of one file have in common."""
        if "://" in path:
            return path
        if os.path.islink(path):
            return os.path.realpath(path)
        folder, name = os.path.split(path)
        if folder not in self._folders:
            self._folders[folder] = os.path.realpath(folder)
        return os.path.join(self._folders[folder], name)


class FoundFiles(NamedTuple):
    """What the inputs come to."""

    files: tuple[InputFile, ...]
    """Sorted by path, each once."""
    rejections: tuple[Rejection, ...]
    """Files in directories and globs whose format is not known."""
    notes: tuple[str, ...]
    """What a user should be told: directories without a file."""


def find_files(
    inputs: Sequence[str], format: str | None = None, expected: bool = True
) -> FoundFiles:
    """Return the files behind ``inputs``; the suffix tells the format unless it is given.

    Directories are searched to any depth; names that begin with a dot or an underscore are
    passed over there. A pattern may match nothing where its files are not ``expected`` yet.
    Raises UsageError for a path that does not exist, a pattern that matches nothing, a named file
    of unknown format, and an unknown ``format``.
    """
    if format is not None and format not in SOURCES:
        raise UsageError(f"The format {format!r} is not known. Known are: {', '.join(SOURCES)}.")
    if not inputs:
        raise UsageError("No input was given. Name at least one file, directory or glob.")
    files: dict[str, InputFile] = {}
    rejections: dict[str, Rejection] = {}
    notes: list[str] = []
    key = RealPaths()
    for given in inputs:
        found = list(_matches(given, expected))
        if not found and expected:
            notes.append(f"The directory {given} holds no files; nothing was read from it.")
        for metadata in found:
            file = _describe(metadata, format)
            if not _encodable(file.path):
                file = file._replace(path=without_surrogates(file.path))
                message = "The name of the file is not UTF-8. Rename it."
                rejections[file.path] = refuse(file, "unreadable_file", message)
            elif file.format:
                files[key(file.path)] = file
            elif metadata.path == given:
                raise UsageError(_unknown(given))
            else:
                rejections[key(file.path)] = refuse(file, "unknown_format", _unknown(file.path))
    return FoundFiles(
        tuple(sorted(files.values())), tuple(sorted(rejections.values())), tuple(notes)
    )


def _describe(metadata: FileMetadata, format: str | None) -> InputFile:
    seconds = metadata.last_updated_in_seconds or time.time()
    return InputFile(
        metadata.path,
        int(metadata.size_in_bytes),
        round(seconds * 1_000_000),
        format or _format_of(metadata.path),
    )


def _format_of(path: str) -> str:
    name = path.lower().removesuffix(".gz")
    return next((key for key, source in SOURCES.items() if name.endswith(source.suffixes)), "")


def _matches(given: str, expected: bool) -> Iterator[FileMetadata]:
    """Yield the files behind one input; none for an empty directory."""
    expected = expected or not _MAGIC.search(given)
    if FileSystems.get_scheme(given) is not None:
        yield from _remote(given, expected)
    elif os.path.isdir(given):
        yield from _directory(given)
    elif os.path.exists(given):
        yield from _match(given, exact=True)
    else:
        yield from _glob(given, expected)


def _directory(given: str) -> Iterator[FileMetadata]:
    for folder, folders, names in os.walk(given):
        folders[:] = [name for name in folders if _visible(name)]
        for name in filter(_visible, names):
            path = os.path.join(folder, name)
            with suppress(OSError, ValueError):  # It may have been moved away since it was listed.
                found = os.stat(path)
                if stat.S_ISREG(found.st_mode):
                    yield FileMetadata(path, found.st_size, found.st_mtime)


def _remote(given: str, expected: bool) -> Iterator[FileMetadata]:
    found = list(_match(given)) or list(_match(f"{given.rstrip('/')}/**"))
    if not found and expected:
        raise UsageError(_missing(given))
    yield from (item for item in found if _visible(item.path.rsplit("/", 1)[-1]))


def _glob(given: str, expected: bool) -> Iterator[FileMetadata]:
    # Beam lists nothing for a pattern without a folder.
    pattern = given if os.path.isabs(given) else os.path.join(os.curdir, given)
    found = [item for item in _match(pattern) if _visible(os.path.basename(item.path))]
    if not found and expected:
        raise UsageError(_missing(given))
    for item in found:
        yield FileMetadata(
            os.path.normpath(item.path), item.size_in_bytes, item.last_updated_in_seconds
        )


def _match(path: str, exact: bool = False) -> Iterator[FileMetadata]:
    try:
        if exact:  # A name may hold characters that are special in a pattern.
            yield FileSystems.get_filesystem(path).metadata(path)
        else:
            yield from FileSystems.match([path])[0].metadata_list
    except (BeamIOError, ValueError, OSError) as error:
        raise UsageError(f"The input {path} cannot be listed: {error}") from error


def _encodable(path: str) -> bool:
    return path == without_surrogates(path)


def _visible(name: str) -> bool:
    return bool(name) and not name.startswith((".", "_"))


def _missing(given: str) -> str:
    return (
        f"The input {given} does not exist: there is no file or directory of that name, and as "
        "a pattern it matches nothing. Check the spelling; quote patterns for the shell."
    )


def _unknown(path: str) -> str:
    known = ", ".join(suffix for source in SOURCES.values() for suffix in source.suffixes)
    return (
        f"The format of {path} is not known from its name. Known endings are {known}, "
        f"each also with .gz; --format says it for all files ({', '.join(SOURCES)})."
    )
