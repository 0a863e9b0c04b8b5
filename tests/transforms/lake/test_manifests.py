"""A manifest is read with care: it may be damaged, from the future, or point out of the lake."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from tests.lakes import sample, write
from transforms.errors import LakeError
from transforms.lake import manifests
from transforms.lake.manifests import newest, read_manifest, snapshots, to_bytes
from transforms.lake.storage import LocalStorage


@pytest.fixture
def lake(tmp_path: Path) -> LocalStorage:
    write(str(tmp_path), sample())
    return LocalStorage(str(tmp_path))


def _path(lake: LocalStorage) -> Path:
    return Path(lake.root) / "manifests/00000001.json"


def _edit(lake: LocalStorage, **values: Any) -> None:
    _path(lake).write_text(json.dumps({**json.loads(_path(lake).read_text()), **values}))


def test_it_survives_the_way_to_disk(lake: LocalStorage) -> None:
    manifest = read_manifest(lake, 1)
    assert to_bytes(manifest) == _path(lake).read_bytes()
    assert newest(lake) == manifest


def test_one_from_before_rollbacks_is_read(lake: LocalStorage) -> None:
    held = read_manifest(lake, 1)
    old = json.loads(_path(lake).read_text())
    del old["restores"], old["operation"]
    _path(lake).write_text(json.dumps(old))
    assert read_manifest(lake, 1) == held


def test_only_numbered_files_are_snapshots(lake: LocalStorage) -> None:
    for name in (".tmp-1", "1.json", "00000002.json.bak", "notes.txt"):
        (Path(lake.root) / "manifests" / name).write_text("x")
    assert snapshots(lake) == [1]


def test_one_from_the_future_says_what_to_install(lake: LocalStorage) -> None:
    _edit(lake, schema_version=2, files="in a shape that nobody knows yet")
    with pytest.raises(LakeError, match="has schema version 2; this storybeam reads up to 1"):
        read_manifest(lake, 1)


@pytest.mark.parametrize(
    "path",
    [
        "articles/../../secret/0123456789abcdef.parquet",
        "/articles/0123456789abcdef.parquet",
        "../articles/0123456789abcdef.parquet",
        "articles/date=../../../etc/0123456789abcdef.parquet",
        "articles/date=2017-03-01/0123456789abcdef.parquet\n",
        "paragraphs/date=2017-03-01/0123456789abcdef.parquet",
        "articles/date=2017-04-01/0123456789abcdef.parquet",
    ],
)
def test_a_path_out_of_its_place_is_refused(lake: LocalStorage, path: str) -> None:
    files = json.loads(_path(lake).read_text())["files"]
    assert files[0]["table"] == "articles"
    _edit(lake, files=[{**files[0], "path": path}, *files[1:]])
    with pytest.raises(LakeError, match=r"00000001\.json is damaged: files\.0"):
        read_manifest(lake, 1)


@pytest.mark.parametrize(
    "text",
    ["", "{", "[]", "{}", '{"schema_version": "1"}', '{"schema_version": 1}', "[" * 100_000],
)
def test_a_damaged_one_is_named(lake: LocalStorage, text: str) -> None:
    _path(lake).write_text(text)
    with pytest.raises(LakeError, match=r"manifests/00000001\.json is damaged"):
        read_manifest(lake, 1)


def test_one_of_another_number_is_refused(lake: LocalStorage) -> None:
    _path(lake).rename(_path(lake).with_name("00000007.json"))
    with pytest.raises(LakeError, match="it says that it is snapshot 1"):
        read_manifest(lake, 7)


def test_one_beyond_all_bounds_is_not_read(
    lake: LocalStorage, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(manifests, "MAX_BYTES", 10)
    with pytest.raises(LakeError, match="10 are possible"):
        read_manifest(lake, 1)
