"""The default configuration and the real model find the storylines of the example corpus."""

from __future__ import annotations

from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from pipelines.lake import Lake
from tests.examples.corpus import ExpectedArticle, copy_examples, expected
from tests.running import run
from transforms.lake.verify import verify

Row = dict[str, Any]


@pytest.fixture(scope="module")
def lake(tmp_path_factory: pytest.TempPathFactory) -> Lake:
    root = tmp_path_factory.mktemp("storylines")
    return run(root / "lake", [copy_examples(root / "examples")])


@pytest.fixture(scope="module")
def rows(lake: Lake) -> dict[tuple[str, str | None], Row]:
    """The row of each article, by file and the id it has there."""
    return {
        _key(row["origin"], row["source_id"]): row for row in lake.table("articles").to_pylist()
    }


def _key(origin: str, source_id: str | None) -> tuple[str, str | None]:
    return Path(origin).name, source_id


def _row(rows: dict[tuple[str, str | None], Row], item: ExpectedArticle) -> Row:
    return rows[_key(item.file, item.source_id)]


@pytest.fixture(scope="module")
def placed(lake: Lake) -> dict[tuple[str, int], str]:
    """The storyline of each paragraph, by article and position."""
    names = ["article_id", "position", "storyline_id"]
    found = lake.table("paragraphs", names).to_pylist()
    return {(row["article_id"], row["position"]): row["storyline_id"] for row in found}


def test_every_article_is_there_once(rows: dict[tuple[str, str | None], Row], lake: Lake) -> None:
    assert set(rows) == {_key(item.file, item.source_id) for item in expected().articles}
    assert lake.table("articles").num_rows == len(rows)


def test_every_paragraph_lies_in_the_storyline_it_tells_of(
    rows: dict[tuple[str, str | None], Row], placed: dict[tuple[str, int], str]
) -> None:
    """Each expected storyline is one of the lake, and each of the lake is an expected one."""
    told = [
        (label, placed[_row(rows, item)["article_id"], position], item.title, position)
        for item in expected().articles
        for position, label in item.labelled
    ]
    assert len(told) == len(placed)
    pairs = Counter((label, found) for label, found, _, _ in told)
    main = {
        label: max((found for name, found in pairs if name == label), key=lambda f: pairs[label, f])
        for label in expected().storylines
    }
    astray = [
        f"{title!r} {position}: {label} lies in {_names(main, found)}"
        for label, found, title, position in told
        if found != main[label]
    ]
    assert astray == []
    assert len(set(main.values())) == len(main)
    assert {found for _, found in pairs} == set(main.values())


def _names(main: dict[str, str], found: str) -> str:
    return " and ".join(name for name, known in main.items() if known == found) or found


def test_the_tables_know_no_other_storyline(lake: Lake, placed: dict[tuple[str, int], str]) -> None:
    live = lake.table("storylines", ["storyline_id", "status"]).to_pylist()
    active = {row["storyline_id"] for row in live if row["status"] in ("active", "dormant")}
    assert active == set(placed.values())
    assert len(active) == len(expected().storylines)


def test_the_phone_call_is_told_apart_and_its_comment_form_dropped(
    lake: Lake, rows: dict[tuple[str, str | None], Row], placed: dict[tuple[str, int], str]
) -> None:
    [call] = [item for item in expected().articles if item.file.endswith("phone-call.txt")]
    article_id = _row(rows, call)["article_id"]
    found = {placed[article_id, position]: label for position, label in call.labelled}
    assert len(found) == len({label for _, label in call.labelled}) == 6
    residue = lake.table("residue", filters=[("article_id", "=", article_id)]).to_pylist()
    assert [row["position"] for row in residue] == call.residue
    assert "Leave a Reply" in residue[0]["text"]


def test_residue_is_where_it_is_expected(
    lake: Lake, rows: dict[tuple[str, str | None], Row]
) -> None:
    found: dict[str, set[int]] = {}
    for row in lake.table("residue").to_pylist():
        found.setdefault(row["article_id"], set()).add(row["position"])
    for item in expected().articles:
        wanted = {*item.residue, *item.stuck}
        assert found.get(_row(rows, item)["article_id"], set()) == wanted, item.title


def test_copies_point_to_their_original_and_stay_in_its_storyline(
    rows: dict[tuple[str, str | None], Row],
) -> None:
    ids = {row["source_id"]: row for row in rows.values()}
    for item in expected().articles:
        original = ids[item.copy_of]["article_id"] if item.copy_of else None
        assert _row(rows, item)["duplicate_of"] == original, item.title
        if item.copy_of:
            assert _row(rows, item)["storyline_id"] == ids[item.copy_of]["storyline_id"]


def test_dates_versions_and_lateness_are_as_expected(
    rows: dict[tuple[str, str | None], Row],
) -> None:
    for item in expected().articles:
        row = _row(rows, item)
        assert (row["date_status"], row["version"], row["late"]) == (
            item.date_status,
            item.versions,
            False,
        ), item.title
        assert (row["published_at"] is None) == (item.date_status != "given")
        assert row["time"] == (row["published_at"] or row["fetched_at"])


def test_an_updated_article_has_the_paragraphs_of_its_newest_version(
    lake: Lake, rows: dict[tuple[str, str | None], Row]
) -> None:
    [item] = [item for item in expected().articles if item.versions > 1]
    row = _row(rows, item)
    assert row["updated_at"] is not None
    assert row["fetched_at"] >= row["first_fetched_at"]
    held = lake.table("paragraphs", filters=[("article_id", "=", row["article_id"])])
    assert sorted(held["position"].to_pylist()) == list(range(len(item.paragraphs)))


def test_broken_records_are_rejected_with_their_reason_and_place(lake: Lake) -> None:
    found = {
        (Path(row["origin"]).name, row["place"], row["reason"])
        for row in lake.table("rejections").to_pylist()
    }
    assert found == {
        (item.file, f"line {item.line}", item.reason) for item in expected().rejections
    }


def test_the_lake_is_sound(lake: Lake) -> None:
    assert verify(lake.path) == []
