"""What is damaged is told in a sentence that names the file; what is not can still be read."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from pipelines.lake import Lake, verify
from tests.lakes import batches, sample, storyline, write
from tests.pipelines.commands import storybeam
from transforms.errors import LakeError


@pytest.fixture
def lake(tmp_path: Path) -> Path:
    """Two snapshots: the second has another file of storylines."""
    write(str(tmp_path / "lake"), sample())
    write(str(tmp_path / "lake"), batches("storylines", storyline("s1", articles=7)))
    return tmp_path / "lake"


def _file(lake: Path) -> Path:
    return Path(Lake(str(lake)).files("storylines")[0])


def _manifest(lake: Path) -> Path:
    return lake / "manifests" / "00000002.json"


def _truncate(file: Path) -> None:
    file.write_bytes(file.read_bytes()[: file.stat().st_size // 2])


def _empty(file: Path) -> None:
    file.write_bytes(b"")


def _from_the_future(file: Path) -> None:
    file.write_text(json.dumps({**json.loads(file.read_text()), "schema_version": 99}))


DATA = [_truncate, _empty, Path.unlink]
MANIFEST = [_truncate, _empty, _from_the_future]
Damage = Callable[[Path], None]


@pytest.mark.parametrize("damage", DATA)
def test_a_damaged_data_file_is_named_and_the_snapshot_before_is_whole(
    lake: Path, damage: Damage
) -> None:
    file = _file(lake)
    damage(file)
    shown = storybeam("show", lake)
    assert (shown.exit_code, shown.stderr.count("\n")) == (1, 1)
    assert str(file) in shown.stderr
    verified = storybeam("verify", lake)
    assert verified.exit_code == 1
    assert f"problem: {file.relative_to(lake)}: " in verified.stdout
    assert Lake(str(lake), snapshot=1).table("storylines").num_rows == 2


def test_a_flipped_byte_is_named_by_verify_and_never_read_as_another_row(lake: Path) -> None:
    """A reader that meets it says so; one that does not, reads what was written."""
    file = _file(lake)
    whole, rows, told = file.read_bytes(), Lake(str(lake)).table("storylines"), 0
    for place in range(7, len(whole), len(whole) // 80):
        file.write_bytes(whole[:place] + bytes([whole[place] ^ 0x10]) + whole[place + 1 :])
        try:
            assert Lake(str(lake)).table("storylines").equals(rows), place
        except LakeError as error:
            told += str(file) in str(error)
    assert told > 40
    [problem] = [found for found in verify(str(lake)) if found.severity == "problem"]
    assert problem.file == str(file.relative_to(lake))


@pytest.mark.parametrize("damage", MANIFEST)
def test_a_damaged_newest_manifest_is_named_and_an_earlier_one_is_offered(
    lake: Path, damage: Damage
) -> None:
    damage(_manifest(lake))
    shown = storybeam("show", lake)
    assert (shown.exit_code, shown.stderr.count("\n")) == (1, 1)
    assert str(_manifest(lake)) in shown.stderr
    assert "Snapshot 1 is not touched by this" in shown.stderr
    assert "Traceback" not in shown.stderr
    verified = storybeam("verify", lake)
    assert verified.exit_code == 1
    assert "problem: manifests/00000002.json: " in verified.stdout
    assert Lake(str(lake), snapshot=1).table("articles").num_rows == 3


def test_nothing_is_written_on_a_damaged_newest_manifest(lake: Path, tmp_path: Path) -> None:
    _truncate(_manifest(lake))
    before = {path: path.read_bytes() for path in lake.rglob("*.*") if path.is_file()}
    (tmp_path / "a.jsonl").write_text('{"text": "One day it rained and the river rose."}\n')
    result = storybeam("run", tmp_path / "a.jsonl", "--lake", lake)
    assert result.exit_code == 1
    assert "00000002.json is damaged" in result.stderr
    after = {path: path.read_bytes() for path in lake.rglob("*.*") if path.is_file()}
    assert {path: data for path, data in after.items() if path in before} == before
    assert not [path for path in after if path.suffix == ".parquet" and path not in before]


def test_the_way_back_that_is_offered_leads_back(lake: Path) -> None:
    _truncate(_manifest(lake))
    assert storybeam("rollback", lake, 1).exit_code == 0
    assert Lake(str(lake)).table("storylines").equals(Lake(str(lake), 1).table("storylines"))


def test_the_only_manifest_there_is_offers_nothing(tmp_path: Path) -> None:
    write(str(tmp_path), sample())
    _truncate(tmp_path / "manifests" / "00000001.json")
    shown = storybeam("show", tmp_path)
    assert shown.exit_code == 1
    assert "00000001.json is damaged" in shown.stderr
    assert "Snapshot 0" not in shown.stderr
