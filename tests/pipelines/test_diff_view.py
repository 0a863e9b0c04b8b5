from __future__ import annotations

from pathlib import Path

import pytest

from pipelines.lake import Lake
from tests.lakes import MARCH, batches, lineage, sample, storyline, write
from tests.pipelines.commands import storybeam, told
from transforms.lake.rollback import roll_back


@pytest.fixture
def lake(tmp_path: Path) -> str:
    """s2 goes into s1, which grows and gets a name; s3 to s5 are born, s5 out of s1."""
    path = str(tmp_path / "lake")
    write(path, sample())
    rows = [
        storyline("s1", articles=7, label="Harbour strike"),
        storyline("s2", merged_into="s1"),
        storyline("s3", articles=5, label="Cheap [bold]ferries"),
        storyline("s4"),
        storyline("s5", articles=2),
    ]
    changes = [
        lineage("storyline", "s2", "merged_into", "s1", time=MARCH + 1),
        lineage("storyline", "s5", "split_from", "s1", time=MARCH + 1),
        lineage("event", "e1", "split_from", "e2", time=MARCH + 1),
    ]
    write(path, [*batches("storylines", *rows), *batches("lineage", *changes)])
    return path


def test_counts_come_first_and_then_the_largest(lake: str) -> None:
    output = storybeam("diff", lake, 1, 2).stdout
    head = output.splitlines()[1]
    assert "2 born, 1 split from others, 1 merged into others, 1 renamed, 1 grown" in head
    assert output.index("Cheap [bold]ferries") < output.index("Label s4")
    assert "1 → 7" in output
    assert "Harbour strike s1" in output


def test_lists_are_cut_on_request(lake: str) -> None:
    output = storybeam("diff", lake, 1, 2, "--limit", 1).stdout
    assert "Label s4" not in output
    assert "1 more" in output


def test_json_is_complete(lake: str) -> None:
    found = told(storybeam("diff", lake, 1, 2, "--json", "--limit", 1))
    assert (found["from"], found["to"]) == (1, 2)
    assert found["counts"]["born"] == 2
    assert [each["storyline_id"] for each in found["born"]] == ["s3", "s4"]
    assert found["merged"] == [
        {
            "storyline_id": "s2",
            "label": "Label s2",
            "articles_before": 1,
            "articles": 1,
            "other": "s1",
            "other_label": "Harbour strike",
            "reason": "because",
        }
    ]
    assert found["renamed"][0]["other"] == "Label s1"


def test_the_other_way_round_is_said(lake: str) -> None:
    swapped = storybeam("diff", lake, 2, 1).stdout
    assert swapped.startswith("Snapshot 1 is the earlier one")
    assert swapped.split("\n", 1)[1] == storybeam("diff", lake, 1, 2).stdout


def test_a_rollback_is_seen(lake: str) -> None:
    roll_back(lake, 1)
    found = told(storybeam("diff", lake, 2, 3, "--json"))["counts"]
    assert {name: count for name, count in found.items() if count} == {
        "born": 1,
        "renamed": 1,
        "shrunk": 1,
        "vanished": 3,
    }


def test_the_same_twice_is_wrong_use(lake: str) -> None:
    assert storybeam("diff", lake, 1, 1).exit_code == 2
    assert "has no snapshot 9; it has 1 to 2" in storybeam("diff", lake, 1, 9).stderr


def test_python_has_it_as_well(lake: str) -> None:
    assert Lake(lake).changes_since(1).counts()["grown"] == 1
    assert Lake(lake).changes_since(2).counts() == {
        **dict.fromkeys(Lake(lake).changes_since(1).counts(), 0),
        "unchanged": 4,
    }
