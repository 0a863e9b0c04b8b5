from __future__ import annotations

import json
from pathlib import Path

import pytest

from pipelines.lake import Lake
from pipelines.show import details
from tests.lakes import batches, event, lineage, sample, storyline, write
from tests.pipelines.commands import Example, storybeam
from transforms.errors import UsageError


def test_the_list_has_every_storyline_once_the_largest_first(example_lake: Example) -> None:
    lake = Lake(example_lake.lake)
    found = json.loads(storybeam("show", example_lake.lake, "--json").stdout)
    rows = found["storylines"]
    assert found["snapshot"] == lake.snapshot
    assert len(rows) == lake.manifest.counts.storylines
    assert sum(row["paragraphs"] for row in rows) == lake.manifest.counts.paragraphs
    assert [row["articles"] for row in rows] == sorted(
        (row["articles"] for row in rows), reverse=True
    )
    shown = storybeam("show", example_lake.lake).stdout
    assert all(row["storyline_id"] in shown for row in rows)


def test_a_long_list_is_cut_and_says_so(example_lake: Example) -> None:
    shown = storybeam("show", example_lake.lake, "--limit", 2).stdout
    assert shown.count("2025-") == 4
    assert "2 of" in shown
    assert "--limit shows more" in shown


def test_one_storyline_is_shown_with_all_that_belongs_to_it(example_lake: Example) -> None:
    lake = Lake(example_lake.lake)
    largest = json.loads(storybeam("show", lake.path, "--json").stdout)["storylines"][0]
    found = details(lake, largest["storyline_id"])
    assert len(found["event_rows"]) == found["events"]
    members = [
        row["article_id"]
        for row in lake.table("articles").to_pylist()
        if largest["storyline_id"] in {share["storyline_id"] for share in row["shares"]}
    ]
    assert sorted(row["article_id"] for row in found["article_rows"]) == sorted(members)
    assert {"born"} <= {row["change"] for row in found["lineage"]}
    shown = storybeam("show", lake.path, largest["storyline_id"], "--limit", 100).stdout
    for part in (largest["label"], largest["terms"][0], *members):
        assert part in shown
    for row in found["event_rows"]:
        assert row["event_id"] in shown


def test_an_event_is_shown_by_its_storyline(example_lake: Example) -> None:
    lake = Lake(example_lake.lake)
    row = lake.table("events", ["event_id", "storyline_id"]).to_pylist()[0]
    assert details(lake, row["event_id"])["storyline_id"] == row["storyline_id"]
    shown = storybeam("show", lake.path, row["event_id"]).stdout
    assert f"{row['event_id']} is today part of {row['storyline_id']}" in shown


def test_an_old_id_leads_to_what_the_storyline_is_today(tmp_path: Path) -> None:
    lake = str(tmp_path)
    write(lake, sample())
    merged = [
        *batches("storylines", storyline("s1", merged_into="s2"), storyline("s2", events=3)),
        *batches("events", event("e1", "s2"), event("e2", "s2"), event("e3", "s2")),
        *batches("lineage", lineage("storyline", "s1", "merged_into", "s2")),
    ]
    write(lake, merged)
    found = details(Lake(lake), "s1")
    assert found["storyline_id"] == "s2"
    assert ("s1", "merged_into", "s2") in {
        (row["id"], row["change"], row["other"]) for row in found["lineage"]
    }
    assert "s1 is today part of s2" in storybeam("show", lake, "s1").stdout
    listed = json.loads(storybeam("show", lake, "--json").stdout)["storylines"]
    assert [row["storyline_id"] for row in listed] == ["s2"]


def test_json_of_a_storyline_has_times_and_no_vectors(example_lake: Example) -> None:
    lake = Lake(example_lake.lake)
    name = lake.table("storylines", ["storyline_id"])["storyline_id"][0].as_py()
    found = json.loads(storybeam("show", example_lake.lake, name, "--json").stdout)
    assert found["first_seen"].endswith("+00:00")
    assert "embedding" not in found


@pytest.mark.parametrize("name", ["s0", "e0", "nonsense", "[red]"])
def test_an_unknown_storyline_is_wrong_use(example_lake: Example, name: str) -> None:
    with pytest.raises(UsageError, match="no event or storyline"):
        details(Lake(example_lake.lake), name)
    assert storybeam("show", example_lake.lake, name).exit_code == 2
