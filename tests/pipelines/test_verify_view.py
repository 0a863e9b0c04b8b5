from __future__ import annotations

import json
import shutil
from pathlib import Path

from pipelines.lake import Lake
from tests.pipelines.commands import Example, storybeam


def test_a_sound_lake_is_exit_0(example_lake: Example) -> None:
    result = storybeam("verify", example_lake.lake)
    assert result.exit_code == 0
    assert "is sound: snapshot 1" in result.stdout
    assert json.loads(storybeam("verify", example_lake.lake, "--json").stdout) == {
        "sound": True,
        "findings": [],
    }


def test_a_damaged_file_is_named_and_exit_1(example_lake: Example, tmp_path: Path) -> None:
    lake = shutil.copytree(example_lake.lake, tmp_path / "lake")
    path = Lake(str(lake)).manifest.of("paragraphs")[0].path
    data = bytearray((lake / path).read_bytes())
    data[len(data) // 2] ^= 1
    (lake / path).write_bytes(data)
    result = storybeam("verify", lake)
    assert result.exit_code == 1
    assert f"problem: {path}: its SHA-256" in result.stdout
    found = storybeam("verify", lake, "--json")
    assert found.exit_code == 1
    assert [each["file"] for each in json.loads(found.stdout)["findings"]] == [path]


def test_what_a_killed_run_left_is_a_note_and_no_fault(
    example_lake: Example, tmp_path: Path
) -> None:
    lake = shutil.copytree(example_lake.lake, tmp_path / "lake")
    (lake / "articles" / ".tmp-1").write_bytes(b"")
    result = storybeam("verify", lake)
    assert result.exit_code == 0
    assert "note: articles/.tmp-1" in result.stdout
