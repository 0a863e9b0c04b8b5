"""What goes is what no snapshot needs; a lake that was left in the middle is whole."""

from __future__ import annotations

import json
import os
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipelines.lake import Lake
from tests.lakes import batches, rejection, sample, write
from transforms.errors import LakeError, UsageError
from transforms.lake import expire as module
from transforms.lake.compact import compact
from transforms.lake.expire import Rule, expire, expired
from transforms.lake.rollback import roll_back
from transforms.lake.storage import LocalStorage
from transforms.lake.verify import verify

NOW = datetime(2026, 3, 1, tzinfo=UTC)
DAY, NONE = timedelta(days=1), timedelta()
ALL = Rule(keep=NONE, grace=NONE)


def age(lake: str, days: int = 3) -> None:
    """Make the files of ``lake`` as old as they would be after ``days``."""
    for path in Path(lake).rglob("*"):
        if path.is_file():
            then = path.stat().st_mtime - 86_400 * days
            os.utime(path, (then, then))


@pytest.fixture
def lake(tmp_path: Path) -> str:
    """Four snapshots, of which the last has folded what the others wrote."""
    path = str(tmp_path / "lake")
    write(path, sample())
    for number in (4, 5):
        write(path, batches("rejections", rejection(f"r{number}")))
    compact(path)
    age(path)
    return path


def test_old_snapshots_go_and_the_files_that_they_alone_had(lake: str) -> None:
    tables = Lake(lake).manifest.tables
    found = expire(lake, ALL)
    assert (found.snapshots, found.kept, found.leftovers) == ([1, 2, 3], [4], [])
    assert (found.files, found.waiting) == (3, 0)
    assert Lake(lake).snapshots() == [4]
    assert Lake(lake).manifest.tables == tables
    assert verify(lake) == []
    assert expire(lake, ALL).snapshots == []


def test_the_lake_grows_on(lake: str) -> None:
    expire(lake, ALL)
    assert write(lake, batches("rejections", rejection("r6"))) == 5
    assert roll_back(lake, 4).snapshot == 6
    assert verify(lake) == []


def test_the_last_ones_stay_on_request(lake: str) -> None:
    assert expire(lake, Rule(last=2, grace=NONE)).kept == [3, 4]
    assert expire(lake, Rule(last=2, grace=NONE)).snapshots == []
    assert verify(lake) == []


def test_young_ones_stay_on_request(lake: str) -> None:
    assert expire(lake, Rule(keep=DAY, grace=NONE)).snapshots == []
    assert expire(lake, Rule(keep=NONE, last=9, grace=NONE)).snapshots == []


def test_who_says_nothing_is_asked(lake: str) -> None:
    with pytest.raises(UsageError, match="Say what stays"):
        expire(lake, Rule())
    assert Lake(lake).snapshots() == [1, 2, 3, 4]


@given(
    ages=st.lists(st.integers(0, 100), min_size=1, max_size=12),
    keep=st.none() | st.integers(0, 100),
    last=st.none() | st.integers(1, 12),
    grace=st.integers(0, 20),
)
def test_what_goes_is_old_and_not_in_use_and_leaves_no_hole(
    ages: list[int], keep: int | None, last: int | None, grace: int
) -> None:
    made = [NOW - DAY * days for days in ages]
    rule = Rule(None if keep is None else DAY * keep, last, DAY * grace)
    count = expired(made, rule, NOW)
    assert 0 <= count < len(made)
    assert last is None or count <= max(0, len(made) - last)
    for index in range(count):
        assert keep is None or ages[index] >= keep
        assert ages[index + 1] >= grace


def test_what_was_the_newest_a_moment_ago_may_be_in_use(lake: str) -> None:
    found = expire(lake, Rule(keep=NONE))
    assert (found.snapshots, found.files) == ([], 0)


def test_young_files_wait(lake: str) -> None:
    for path in Path(lake, "rejections").rglob("*.parquet"):
        os.utime(path)
    young = Rule(keep=NONE, grace=timedelta(milliseconds=1))
    for number in range(1, 5):
        _backdate(lake, number)
    found = expire(lake, Rule(keep=NONE))
    assert (found.snapshots, found.files, found.waiting) == ([1, 2, 3], 0, 3)
    assert verify(lake) != []
    age(lake)
    assert len(expire(lake, young).leftovers) == 3
    assert verify(lake) == []


def _backdate(lake: str, number: int) -> None:
    path = Path(lake, f"manifests/{number:08d}.json")
    found = json.loads(path.read_text())
    made = datetime.fromisoformat(found["created_at"]) - DAY * 3
    path.write_text(json.dumps({**found, "created_at": made.isoformat()}))


def test_leftovers_go_and_what_is_not_the_lakes_stays(lake: str) -> None:
    left = [
        "articles/.tmp-1",
        "manifests/.tmp-2",
        "articles/date=2017-03-01/0123456789abcdef.parquet",
    ]
    others = ["notes.txt", "articles/mine.parquet", "lock/holder.json"]
    for name in (*left, *others):
        Path(lake, name).parent.mkdir(exist_ok=True)
        Path(lake, name).write_bytes(b"x")
    assert expire(lake, Rule(last=9)).waiting == 3
    age(lake)
    found = expire(lake, Rule(last=9))
    assert (found.leftovers, found.bytes) == (sorted(left), 3)
    assert [name for name in others if not Path(lake, name).exists()] == []


def test_looking_removes_nothing(lake: str) -> None:
    Path(lake, "articles/.tmp-1").write_bytes(b"x")
    age(lake)
    before = sorted(Path(lake).rglob("*"))
    found = expire(lake, ALL, dry_run=True)
    assert (found.snapshots, found.files, len(found.leftovers)) == ([1, 2, 3], 3, 1)
    assert sorted(Path(lake).rglob("*")) == before
    assert expire(lake, ALL) == module.Expiry(**{**vars(found), "dry_run": False})


def test_with_a_damaged_manifest_nothing_goes(lake: str) -> None:
    Path(lake, "manifests/00000003.json").write_text("{")
    before = sorted(Path(lake).rglob("*"))
    with pytest.raises(LakeError, match=r"00000003\.json is damaged.*Nothing was removed"):
        expire(lake, ALL)
    assert sorted(Path(lake).rglob("*")) == before


def test_killed_at_any_point_it_leaves_a_whole_lake(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    real, done, left = LocalStorage.remove, False, -1

    class Killed(BaseException):
        """As if the process had ended."""

    while not done:
        left += 1
        lake = str(tmp_path / f"lake{left}")
        write(lake, batches("rejections", rejection("r1"), rejection("r2")))
        write(lake, batches("rejections", rejection("r2", "truncated"), rejection("r3")))
        write(lake, batches("rejections", rejection("r4")))
        compact(lake)
        age(lake)
        tables, calls = Lake(lake).manifest.tables, iter(range(left))

        def remove(self: LocalStorage, path: str, calls: object = calls) -> None:
            if next(calls, None) is None:  # type: ignore[call-overload]
                raise Killed
            real(self, path)

        with monkeypatch.context() as patched:
            patched.setattr(LocalStorage, "remove", remove)
            try:
                expire(lake, ALL)
                done = True
            except Killed:
                pass
        assert [found for found in verify(lake) if found.severity == "problem"] == []
        expire(lake, ALL)
        assert verify(lake) == []
        assert Lake(lake).snapshots() == [Lake(lake).snapshot]
        assert Lake(lake).manifest.tables == tables
    assert left >= 6


def test_no_lake_is_said(tmp_path: Path) -> None:
    with pytest.raises(LakeError, match="is not a lake"):
        expire(str(tmp_path), ALL)
