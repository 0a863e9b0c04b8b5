"""Each snapshot says what it changed, and a damaged one hides no other."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest

from tests.lakes import batches, event, news, planned, rejection, sample, write
from tests.lakes import changes as written
from transforms.errors import LakeError
from transforms.lake.commit import commit
from transforms.lake.compact import compact
from transforms.lake.expire import Rule, expire
from transforms.lake.history import Damaged, Entry, TableChange, history
from transforms.lake.rollback import roll_back
from transforms.lake.storage import LocalStorage


@pytest.fixture
def storage(tmp_path: Path) -> LocalStorage:
    """Two runs, the second of which replaced an event; a compaction; a return to the first."""
    lake = str(tmp_path / "lake")
    write(lake, sample(), [news()])
    more = [
        *batches("events", event("e1", "s1", articles=2)),
        *batches("rejections", rejection("r3")),
    ]
    write(lake, more, [news("b"), news("c")])
    compact(lake)
    roll_back(lake, 1)
    return LocalStorage(lake)


def _entries(storage: LocalStorage, newest: int | None = None) -> list[Entry]:
    return [each for each in history(storage, newest) if isinstance(each, Entry)]


def test_what_was_done_and_on_what(storage: LocalStorage) -> None:
    found = [(e.snapshot, e.parent, e.operation, e.restores, e.inputs) for e in _entries(storage)]
    assert found == [
        (1, None, "write", None, 1),
        (2, 1, "write", None, 2),
        (3, 2, "compact", None, 0),
        (4, 3, "rollback", 1, 0),
    ]


def test_what_changed_in_each_table(storage: LocalStorage) -> None:
    first, second, third, fourth = (entry.tables for entry in _entries(storage))
    assert first["articles"] == TableChange(3, 3, True)
    assert second["articles"] == TableChange(3, 0, False)
    assert second["events"] == TableChange(3, 0, True)
    assert second["rejections"] == TableChange(3, 1, True)
    assert not any(table.touched or table.change for table in third.values())
    assert fourth["rejections"] == TableChange(2, -1, True)


def test_the_newest_are_the_same_as_among_all(storage: LocalStorage) -> None:
    everything = _entries(storage)
    for count in range(1, 6):
        assert _entries(storage, count) == everything[-count:]


def test_beside_an_expired_one_nothing_is_said(storage: LocalStorage) -> None:
    expire(storage.root, Rule(last=2, grace=timedelta()))
    third, fourth = _entries(storage)
    assert third.tables["events"] == TableChange(3, None, None)
    assert fourth.tables["events"] == TableChange(3, 0, True)


def test_new_settings_are_marked(storage: LocalStorage) -> None:
    plan = planned(storage.root, [news("d")], events={"window_minutes": 60})
    commit(storage, plan, written(storage, plan, []))
    assert [entry.new_settings for entry in _entries(storage)] == [False] * 4 + [True]


def test_a_damaged_one_is_told_and_the_others_are_shown(storage: LocalStorage) -> None:
    Path(storage.root, "manifests/00000002.json").write_text("{")
    found = list(history(storage))
    assert [each.snapshot for each in found] == [1, 2, 3, 4]
    assert isinstance(found[1], Damaged)
    assert "00000002.json is damaged" in found[1].damage


def test_no_lake_is_said(tmp_path: Path) -> None:
    with pytest.raises(LakeError, match="is not a lake"):
        list(history(LocalStorage(str(tmp_path))))
