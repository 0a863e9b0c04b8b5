from __future__ import annotations

from pathlib import Path

import pytest

from tests.lakes import batches, event, news, rejection, sample, write
from tests.pipelines.commands import Example, storybeam, told
from transforms.lake.compact import compact
from transforms.lake.rollback import roll_back


@pytest.fixture
def lake(tmp_path: Path) -> str:
    path = str(tmp_path / "lake")
    write(path, sample(), [news()])
    more = [
        *batches("events", event("e1", "s1", articles=2)),
        *batches("rejections", rejection("r3")),
    ]
    write(path, more, [news("b")])
    compact(path)
    roll_back(path, 1)
    return path


def _line(output: str, number: int) -> str:
    (found,) = (line for line in output.splitlines() if line.startswith(f"{number:>6}  "))
    return found


def test_each_snapshot_is_told(lake: str) -> None:
    output = storybeam("snapshots", lake).stdout
    assert "run: articles +3, paragraphs +3" in _line(output, 1)
    assert "run on 1: events ±0, rejections +1" in _line(output, 2)
    assert "compaction on 2: the same rows" in _line(output, 3)
    assert "return to 1 on 3: events ±0, rejections -1" in _line(output, 4)
    assert "3 articles in 2 storylines, up to 2017-04-11 00:00; inputs read: 1" in output
    assert f"storybeam rollback {lake} 3" in output


def test_only_the_newest_are_shown_on_request(lake: str) -> None:
    output = storybeam("snapshots", lake, "--limit", 1).stdout
    assert "rejections -1" in _line(output, 4)
    assert "compaction" not in output


def test_json_has_everything(lake: str) -> None:
    found = told(storybeam("snapshots", lake, "--json"))["snapshots"]
    assert [each["snapshot"] for each in found] == [1, 2, 3, 4]
    assert [each["operation"] for each in found] == ["write", "write", "compact", "rollback"]
    second = found[1]
    assert second["tables"]["rejections"] == {"rows": 3, "change": 1, "touched": True}
    assert (second["parent"], second["inputs"], second["new_settings"]) == (1, 1, False)
    assert second["counts"]["storylines"] == 2
    assert second["watermark"] == "2017-04-11T00:00:00+00:00"
    assert len(second["settings_digest"]) >= 16


def test_a_damaged_snapshot_is_told_where_it_stands(lake: str) -> None:
    Path(lake, "manifests/00000004.json").write_text("{")
    result = storybeam("snapshots", lake)
    assert result.exit_code == 0
    assert "damaged: " in _line(result.stdout, 4)
    assert (
        "00000004.json is damaged"
        in told(storybeam("snapshots", lake, "--json"))["snapshots"][3]["damage"]
    )


def test_a_real_lake_has_its_run(example_lake: Example) -> None:
    (found,) = told(storybeam("snapshots", example_lake.lake, "--json"))["snapshots"]
    assert (found["snapshot"], found["operation"], found["inputs"]) == (1, "write", 6)
