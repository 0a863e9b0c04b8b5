"""Readers see one snapshot, under today's ids or those of the write."""

from __future__ import annotations

from pathlib import Path

import pytest

from pipelines.lake import Lake
from tests.lakes import DAY, MARCH, batches, event, lineage, passage, sample, storyline, write
from transforms.errors import LakeError, UsageError


@pytest.fixture
def path(tmp_path: Path) -> str:
    """In snapshot 2, e3 went into e1, and s2 into s1; in snapshot 3, g1 was moved to e2."""
    lake = str(tmp_path / "lake")
    write(lake, sample())
    merged = [
        *batches("events", event("e3", "s1", merged_into="e1")),
        *batches("storylines", storyline("s2", merged_into="s1")),
    ]
    write(lake, merged)
    write(lake, batches("lineage", lineage("passage", "g1", "moved_to", "e2", time=MARCH + DAY)))
    return lake


def _places(lake: Lake, table: str, key: str, as_of: str = "current") -> dict[str, tuple[str, str]]:
    rows = lake.table(table, [key, "event_id", "storyline_id"], as_of=as_of).to_pylist()
    return {row[key]: (row["event_id"], row["storyline_id"]) for row in rows}


def test_rows_are_placed_where_they_are_today(path: str) -> None:
    assert _places(Lake(path), "paragraphs", "paragraph_id") == {
        "p1": ("e2", "s1"),
        "p2": ("e2", "s1"),
        "p3": ("e1", "s1"),
    }
    assert _places(Lake(path), "passages", "passage_id")["g3"] == ("e1", "s1")
    assert _places(Lake(path), "events", "event_id") == {
        "e1": ("e1", "s1"),
        "e2": ("e2", "s1"),
        "e3": ("e3", "s1"),
    }


def test_rows_can_be_read_as_they_were_written(path: str) -> None:
    assert _places(Lake(path), "paragraphs", "paragraph_id", "write") == {
        "p1": ("e1", "s1"),
        "p2": ("e2", "s2"),
        "p3": ("e3", "s1"),
    }


def test_shares_that_fall_together_are_added(path: str) -> None:
    rows = Lake(path).table("articles").to_pylist()
    whole = {row["article_id"]: (row["event_id"], row["share"], row["shares"]) for row in rows}
    assert whole["a1"] == (
        "e2",
        1.0,
        [{"event_id": "e2", "storyline_id": "s1", "share": 1.0}],
    )
    assert whole["a2"][0] == whole["a3"][0] == "e1"


def test_without_moves_shares_come_from_the_article(path: str) -> None:
    (row,) = (
        Lake(path, snapshot=2).table("articles", filters=[("article_id", "=", "a1")]).to_pylist()
    )
    assert [tuple(share.values()) for share in row["shares"]] == [
        ("e1", "s1", 0.625),
        ("e2", "s1", 0.375),
    ]


def test_equal_shares_are_ordered_by_id(path: str) -> None:
    write(
        path, batches("lineage", lineage("passage", "g1", "moved_to", "e3", time=MARCH + 9 * DAY))
    )
    halves = [
        passage("g1", "a1", "e1", "s1", 0.5, event_id="e1"),
        passage("g2", "a1", "e2", "s2", 0.5),
    ]
    write(path, batches("passages", *halves))
    (row,) = Lake(path).table("articles", filters=[("article_id", "=", "a1")]).to_pylist()
    assert [share["event_id"] for share in row["shares"]] == ["e1", "e2"]
    assert (row["event_id"], row["share"]) == ("e1", 0.5)


def test_the_newest_move_counts(path: str) -> None:
    write(path, batches("lineage", lineage("passage", "g1", "moved_to", "e1", time=MARCH)))
    assert _places(Lake(path), "passages", "passage_id")["g1"] == ("e2", "s1")
    write(
        path, batches("lineage", lineage("passage", "g1", "moved_to", "e3", time=MARCH + 2 * DAY))
    )
    assert _places(Lake(path), "passages", "passage_id")["g1"] == ("e1", "s1")


def test_old_ids_lead_to_todays(path: str) -> None:
    lake = Lake(path)
    assert [lake.resolve(name) for name in ("e1", "e3", "s1", "s2")] == ["e1", "e1", "s1", "s1"]
    assert Lake(path, snapshot=1).resolve("e3") == "e3"
    with pytest.raises(UsageError, match="no event or storyline 'e9'"):
        lake.resolve("e9")


def test_a_circle_of_mergers_ends(path: str) -> None:
    circle = [event("e1", "s1", merged_into="e2"), event("e2", "s1", merged_into="e1")]
    write(path, batches("events", *circle))
    assert {Lake(path).resolve(name) for name in ("e1", "e2", "e3")} == {"e1"}


def test_filters_on_todays_ids_and_on_what_never_changes(path: str) -> None:
    lake = Lake(path)
    rules = [("event_id", "=", "e1"), ("time", ">=", lake.table("articles")["time"][1].as_py())]
    assert lake.table("paragraphs", ["paragraph_id"], rules).to_pylist() == [{"paragraph_id": "p3"}]
    found = lake.table("paragraphs", ["paragraph_id"], [("event_id", "in", ["e1"])], "write")
    assert found.to_pylist() == [{"paragraph_id": "p1"}]


def test_columns_come_in_the_order_asked_for(path: str) -> None:
    assert Lake(path).table("articles", ["title", "event_id"]).schema.names == ["title", "event_id"]
    with pytest.raises(UsageError, match="articles has no column colour"):
        Lake(path).table("articles", ["colour"])
    with pytest.raises(UsageError, match="There is no table 'people'; there are articles"):
        Lake(path).table("people")


def test_an_old_snapshot_stays_as_it_was(path: str) -> None:
    assert Lake(path).snapshot == 3
    assert Lake(path).snapshots() == [1, 2, 3]
    assert _places(Lake(path, snapshot=1), "paragraphs", "paragraph_id")["p3"] == ("e3", "s1")
    with pytest.raises(LakeError, match="has no snapshot 9; it has 1 to 3"):
        Lake(path, snapshot=9)


def test_a_folder_that_is_no_lake(tmp_path: Path) -> None:
    with pytest.raises(LakeError, match=r"is not a lake: .*/manifests/00000001\.json was expected"):
        Lake(str(tmp_path / "nowhere"))


def test_an_empty_table_has_its_columns(tmp_path: Path) -> None:
    write(str(tmp_path), batches("rejections", *[]) + sample()[-1:])
    assert "storyline_id" in Lake(str(tmp_path)).table("articles").schema.names
    assert Lake(str(tmp_path)).table("paragraphs", ["text"]).num_rows == 0


def test_a_damaged_file_is_named(path: str) -> None:
    file = Path(Lake(path).files("paragraphs")[0])
    data = bytearray(file.read_bytes())
    data[40] ^= 255
    file.write_bytes(data)
    with pytest.raises(LakeError, match=f"{file} is damaged"):
        Lake(path).table("paragraphs")
    file.write_bytes(data[:-1])
    with pytest.raises(LakeError, match=f"{file} has .* bytes and was written with"):
        Lake(path).table("paragraphs")
    file.unlink()
    with pytest.raises(LakeError, match=f"{file} is missing"):
        Lake(path).table("paragraphs")
    assert Lake(path).table("events").num_rows == 3
