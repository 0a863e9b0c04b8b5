"""Each kind of damage is found, and the file that has it is named."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.lakes import (
    DAY,
    MARCH,
    Row,
    article,
    batches,
    event,
    lineage,
    news,
    paragraph,
    passage,
    rejection,
    sample,
    storyline,
    write,
)
from transforms.errors import LakeError
from transforms.lake.verify import Problem, verify


@pytest.fixture
def lake(tmp_path: Path) -> Path:
    write(str(tmp_path), sample(), [news()])
    write(str(tmp_path), batches("events", event("e1", "s1", articles=2)), [news("b")])
    return tmp_path


def _problems(lake: Path) -> list[Problem]:
    return [found for found in verify(str(lake)) if found.severity == "problem"]


def _file(lake: Path, table: str) -> Path:
    return sorted((lake / table).rglob("*.parquet"))[0]


def test_a_sound_lake_has_nothing(lake: Path) -> None:
    assert verify(str(lake)) == []


def test_no_lake_is_said(tmp_path: Path) -> None:
    with pytest.raises(LakeError, match="there is no lake"):
        verify(str(tmp_path))


def _flip(file: Path) -> None:
    data = bytearray(file.read_bytes())
    data[len(data) // 2] ^= 1
    file.write_bytes(data)


def _truncate(file: Path) -> None:
    file.write_bytes(file.read_bytes()[:-1])


@pytest.mark.parametrize("table", ["articles", "paragraphs", "passages", "state/inputs"])
@pytest.mark.parametrize(
    ("damage", "words"),
    [(_flip, "SHA-256"), (_truncate, "was written with"), (Path.unlink, "missing")],
)
def test_a_damaged_file_is_named(
    lake: Path, table: str, damage: Callable[[Path], None], words: str
) -> None:
    file = _file(lake, table)
    damage(file)
    (problem,) = _problems(lake)
    assert problem.file == str(file.relative_to(lake))
    assert words in problem.message


def test_a_file_that_only_an_old_snapshot_has_is_looked_at(lake: Path) -> None:
    first = json.loads((lake / "manifests/00000001.json").read_text())
    second = json.loads((lake / "manifests/00000002.json").read_text())
    (path,) = (
        {f["path"] for f in first["files"]}
        - {f["path"] for f in second["files"]}
        - {f["path"] for f in first["files"] if f["table"] == "state/inputs"}
    )
    (lake / path).unlink()
    assert [problem.file for problem in _problems(lake)] == [path]


def test_leftovers_are_notes(lake: Path) -> None:
    for name in ("articles/date=2017-03-01/0123456789abcdef.parquet", "articles/.tmp-1"):
        (lake / name).write_bytes(b"x")
    notes = verify(str(lake))
    assert {note.severity for note in notes} == {"note"}
    assert [note.file for note in notes] == [
        "articles/.tmp-1",
        "articles/date=2017-03-01/0123456789abcdef.parquet",
    ]


def _edit(lake: Path, number: int, **values: object) -> str:
    path = lake / f"manifests/{number:08d}.json"
    path.write_text(json.dumps({**json.loads(path.read_text()), **values}))
    return f"manifests/{number:08d}.json"


def test_a_manifest_that_was_changed_is_not_the_parent(lake: Path) -> None:
    _edit(lake, 1, settings={})
    (problem,) = _problems(lake)
    assert problem.file == "manifests/00000002.json"
    assert "manifests/00000001.json is not the parent" in problem.message


def test_a_manifest_from_the_future_is_named(lake: Path) -> None:
    path = _edit(lake, 2, schema_version=99)
    (problem,) = _problems(lake)
    assert problem.file == path
    assert "schema version 99" in problem.message


def test_sums_that_do_not_add_up_are_found(lake: Path) -> None:
    tables = json.loads((lake / "manifests/00000002.json").read_text())["tables"]
    path = _edit(lake, 2, tables={**tables, "events": {**tables["events"], "rows": 7}})
    assert [(p.file, "events" in p.message) for p in _problems(lake)] == [(path, True)]


def test_a_missing_manifest_in_the_chain_is_found(lake: Path) -> None:
    write(str(lake), batches("events", event("e1", "s1", articles=3)))
    (lake / "manifests/00000002.json").unlink()
    (problem,) = _problems(lake)
    assert (problem.file, problem.message) == (
        "manifests/00000003.json",
        "its parent, snapshot 2, is missing",
    )


@pytest.mark.parametrize(
    ("table", "row", "words"),
    [
        ("paragraphs", paragraph("p9", "a9", "g1", "e1", "s1"), "article_id names 1 not in"),
        ("paragraphs", paragraph("p9", "a1", "g9", "e1", "s1"), "passage_id names 1 not in"),
        ("paragraphs", paragraph("p9", "a1", "g1", "e9", "s1"), "event_id names 1 not in"),
        ("passages", passage("g3", "a2", "e9", "s1", 1.0, time=MARCH + 40 * DAY), "e9"),
        ("events", event("e2", "s9"), "storyline_id names 1 not in storylines: s9"),
        ("events", event("e2", "s1", merged_into="e9"), "merged_into names"),
        ("storylines", storyline("s2", merged_into="s9"), "merged_into names"),
        ("articles", article("a1", [("e1", "s1", 1.0)], duplicate_of="a9"), "duplicate_of"),
        ("articles", article("a1", [("e1", "s1", 0.5)]), "a1 in articles add up to 0.5"),
        ("passages", passage("g2", "a1", "e2", "s2", 0.5), "a1 in passages add up to 1.125"),
        ("lineage", lineage("event", "e9", "born"), "lineage.id names 1 not in events: e9"),
        ("lineage", lineage("event", "e1", "merged_into", "e9"), "lineage.other names"),
        ("lineage", lineage("passage", "g1", "moved_to", "e9"), "lineage.other names"),
    ],
)
def test_a_row_that_points_nowhere_is_found(lake: Path, table: str, row: Row, words: str) -> None:
    write(str(lake), batches(table, row))
    (problem,) = _problems(lake)
    assert problem.file.startswith(f"{table}/date=")
    assert words in problem.message


def test_the_same_key_in_two_partitions_is_found(lake: Path) -> None:
    later = MARCH + 40 * DAY
    write(str(lake), batches("paragraphs", paragraph("p1", "a1", "g1", "e1", "s1", time=later)))
    (problem,) = _problems(lake)
    assert problem.message.startswith("a row of paragraphs has the key of another one")


def test_rows_in_another_partition_are_found(lake: Path) -> None:
    (batch,) = batches("rejections", rejection("r9"))
    write(str(lake), [batch._replace(partition="date=2017-09-01")])
    assert {problem.message for problem in _problems(lake)} == {
        "it holds rows of the partition date=2017-03-01"
    }
