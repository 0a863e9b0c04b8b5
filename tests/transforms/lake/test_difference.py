"""Every storyline that is another than it was is in the list that says how."""

from __future__ import annotations

from dataclasses import fields
from typing import Any

import pyarrow as pa
from hypothesis import given
from hypothesis import strategies as st

from schemas.tables import TABLES
from tests.lakes import MARCH, Row, lineage, storyline
from transforms.lake.difference import (
    LINEAGE,
    STORYLINES,
    Change,
    Difference,
    difference,
    since,
)


def lines(*rows: Row) -> pa.Table:
    schema = TABLES["storylines"].schema
    picked = [{name: row.get(name) for name in STORYLINES} for row in rows]
    return pa.Table.from_pylist(picked, pa.schema([schema.field(name) for name in STORYLINES]))


def told(*rows: Row) -> pa.Table:
    schema = TABLES["lineage"].schema
    picked = [{name: row[name] for name in LINEAGE} for row in rows]
    return pa.Table.from_pylist(picked, pa.schema([schema.field(name) for name in LINEAGE]))


def names(found: Difference) -> dict[str, list[str]]:
    lists = {
        field.name: [each.storyline_id for each in getattr(found, field.name)]
        for field in fields(found)
        if field.name != "unchanged"
    }
    return {name: ids for name, ids in lists.items() if ids}


def test_births_and_splits_are_told_apart() -> None:
    news = told(
        lineage("storyline", "s2", "born"),
        lineage("storyline", "s3", "born"),
        lineage("storyline", "s3", "split_from", "s1"),
    )
    before = lines(storyline("s1", articles=9))
    found = difference(
        before, lines(storyline("s1", articles=5), storyline("s2"), storyline("s3")), news
    )
    assert names(found) == {"born": ["s2"], "split": ["s3"], "shrunk": ["s1"]}
    assert found.split == [Change("s3", "Label s3", 0, 1, "s1", "Label s1", "because")]


def test_a_merger_leads_to_where_the_articles_are_today() -> None:
    before = lines(storyline("s1", articles=4), storyline("s2", articles=3), storyline("s3"))
    after = lines(
        storyline("s1", merged_into="s2", articles=4),
        storyline("s2", merged_into="s3", articles=7),
        storyline("s3", articles=8),
    )
    news = told(lineage("storyline", "s1", "merged_into", "s2"))
    found = difference(before, after, news)
    assert names(found) == {"merged": ["s2", "s1"], "grown": ["s3"]}
    assert [(each.other, each.other_label) for each in found.merged] == [("s3", "Label s3")] * 2
    assert found.merged[1].reason == "because"


def test_what_was_born_and_merged_in_between_is_no_news() -> None:
    after = lines(storyline("s1"), storyline("s2", merged_into="s1"))
    assert names(difference(lines(storyline("s1")), after, told())) == {}


def test_names_and_sleep() -> None:
    before = lines(
        storyline("s1", label="Old name"),
        storyline("s2"),
        storyline("s3", status="dormant"),
        storyline("s4", status="dormant"),
    )
    after = lines(
        storyline("s1", label="New name"),
        storyline("s2", status="dormant"),
        storyline("s3"),
        storyline("s4", status="retired"),
    )
    found = difference(before, after, told())
    assert names(found) == {
        "renamed": ["s1"],
        "dormant": ["s2"],
        "revived": ["s3"],
        "retired": ["s4"],
    }
    assert (found.renamed[0].label, found.renamed[0].other) == ("New name", "Old name")


def test_the_largest_come_first() -> None:
    before = lines(storyline("s1", articles=100), storyline("s2", articles=1))
    after = lines(
        storyline("s1", articles=103),
        storyline("s2", articles=30),
        storyline("s3", articles=2),
        storyline("s4", articles=5),
    )
    assert names(difference(before, after, told())) == {
        "born": ["s4", "s3"],
        "grown": ["s2", "s1"],
    }


def test_only_what_is_new_in_the_lineage_counts() -> None:
    old = told(lineage("storyline", "s1", "born"))
    new = told(
        lineage("storyline", "s1", "born"), lineage("storyline", "s1", "born", time=MARCH + 1)
    )
    assert since(old, new).num_rows == 1
    assert since(old, old).num_rows == 0
    assert since(told(), new).equals(new)


_LINE = st.fixed_dictionaries(
    {
        "articles": st.integers(1, 4),
        "status": st.sampled_from(["active", "dormant", "retired", "merged"]),
        "label": st.sampled_from(["one", "two"]),
    }
)
_STATE = st.dictionaries(st.sampled_from([f"s{n}" for n in range(6)]), _LINE, max_size=6)


def _table(state: dict[str, dict[str, Any]]) -> pa.Table:
    return lines(
        *(
            storyline(name, **line, merged_into="s0" if line["status"] == "merged" else None)
            for name, line in state.items()
        )
    )


@given(before=_STATE, after=_STATE)
def test_each_living_storyline_is_counted(
    before: dict[str, dict[str, Any]], after: dict[str, dict[str, Any]]
) -> None:
    found = difference(_table(before), _table(after), told())
    listed = {name for ids in names(found).values() for name in ids}
    living, then = (
        {name for name, line in state.items() if line["status"] != "merged"}
        for state in (after, before)
    )
    same = {name for name in living & then if after[name] == before[name]}
    assert listed & living == living - same
    assert found.unchanged == len(same)
    assert set(names(found).get("vanished", ())) == set(before) - set(after)
    assert set(names(found).get("merged", ())) == then & set(after) - living


def test_nothing_is_compared_with_nothing() -> None:
    assert difference(lines(), lines(), told()).counts()["unchanged"] == 0
