"""``rollback``, ``expire`` and ``compact`` on a command line."""

from __future__ import annotations

from pathlib import Path

import pytest

from pipelines.lake import Lake
from tests.lakes import batches, news, rejection, sample, write
from tests.pipelines.commands import storybeam, told
from transforms.errors import LakeError
from transforms.lake.lock import writing
from transforms.lake.storage import LocalStorage


@pytest.fixture
def lake(tmp_path: Path) -> str:
    path = str(tmp_path / "lake")
    write(path, sample(), [news()])
    write(path, batches("rejections", rejection("r3")), [news("b")])
    return path


def test_a_rollback_says_what_goes_and_what_stays(lake: str) -> None:
    dry = storybeam("rollback", lake, 1, "--dry-run").stdout
    assert "Snapshot 3 would be snapshot 1 again." in dry
    assert Lake(lake).snapshot == 2
    output = storybeam("rollback", lake, 1).stdout
    assert f"Snapshot 3 of {lake} is snapshot 1 again." in output
    assert "rejections -1" in output
    assert "Inputs that count as not read: 1" in output
    assert "Snapshot 2 stays" in output
    assert "is at snapshot 3, which is snapshot 1 as is" in storybeam("rollback", lake, 1).stdout
    assert told(storybeam("rollback", lake, 2, "--json")) == {
        "lake": lake,
        "restored": 2,
        "newest": 3,
        "snapshot": 4,
        "differs": True,
        "rows": {"rejections": 1, "state/inputs": 1},
        "inputs_again": 0,
        "dry_run": False,
    }


def test_a_rollback_to_nowhere_is_wrong_use(lake: str) -> None:
    result = storybeam("rollback", lake, 7)
    assert result.exit_code == 2
    assert "has no snapshot 7; it has 1 to 2" in result.stderr


def test_expiry_says_what_went(lake: str) -> None:
    now = ("--keep", "0d", "--grace", "0s")
    assert storybeam("compact", lake).exit_code == 0
    dry = storybeam("expire", lake, *now, "--dry-run").stdout
    assert "Snapshots 1 to 2 would be removed; Snapshot 3 stays." in dry
    assert "Files would be removed: 4" in dry
    output = storybeam("expire", lake, *now).stdout
    assert "Snapshots 1 to 2 removed; Snapshot 3 stays." in output
    assert Lake(lake).snapshots() == [3]
    assert "None has expired; Snapshot 3 stays." in storybeam("expire", lake, *now).stdout
    assert storybeam("verify", lake).exit_code == 0
    gone = storybeam("rollback", lake, 1)
    assert "has no snapshot 1; it has 3 to 3. Earlier ones may have expired" in gone.stderr


def test_what_may_be_in_use_is_told(lake: str) -> None:
    (Path(lake) / "articles/.tmp-1").write_bytes(b"x")
    assert "1 more are not needed" in storybeam("expire", lake, "--keep", "30d").stdout
    found = told(storybeam("expire", lake, "--last", 2, "--grace", "0s", "--json"))
    assert found == {
        "lake": lake,
        "snapshots": [],
        "kept": [1, 2],
        "files": 0,
        "leftovers": ["articles/.tmp-1"],
        "bytes": 1,
        "waiting": 0,
        "dry_run": False,
    }


@pytest.mark.parametrize(
    "given",
    [[], ["--keep", "a month"], ["--keep", "999999999d"], ["--last", "3", "--grace", "soon"]],
)
def test_an_unclear_rule_is_wrong_use(lake: str, given: list[str]) -> None:
    assert storybeam("expire", lake, *given).exit_code == 2
    assert Lake(lake).snapshots() == [1, 2]


def test_a_compaction_says_what_it_folded(lake: str) -> None:
    dry = storybeam("compact", lake, "--dry-run").stdout
    assert "4 small files with 5 rows would be folded into 2: 13 files become 11." in dry
    output = storybeam("compact", lake).stdout
    assert "Snapshot 3 has the same rows as 2" in output
    assert "has nothing to fold: snapshot 3 has 11 files" in storybeam("compact", lake).stdout
    found = told(storybeam("compact", lake, "--json"))
    assert (found["folded"], found["snapshot"], found["dry_run"]) == (0, None, False)


@pytest.mark.parametrize(
    "command", [("rollback", 1), ("expire", "--last", 1, "--grace", "0s"), ("compact",)]
)
def test_while_another_writes_it_stops_at_once(lake: str, command: tuple[object, ...]) -> None:
    name, *rest = command
    with writing(LocalStorage(lake), "storybeam run"):
        result = storybeam(name, lake, *rest)
        assert storybeam(name, lake, *rest, "--dry-run").exit_code == 0
    assert result.exit_code == 1
    assert "is being written by `storybeam run`" in result.stderr
    assert Lake(lake).snapshots() == [1, 2]
    assert storybeam(name, lake, *rest).exit_code == 0


def test_what_a_killed_writer_left_is_told_and_removed(lake: str) -> None:
    def killed() -> None:
        with writing(LocalStorage(lake), "storybeam run"):
            (Path(lake) / "articles/.tmp-1").write_bytes(b"x")
            raise LakeError("killed")

    with pytest.raises(LakeError, match="killed"):
        killed()
    result = storybeam("compact", lake)
    assert "`storybeam run`" in result.stderr
    assert "1 files (1 bytes) that it left were removed" in result.stderr
    assert storybeam("verify", lake, "--json").stdout.strip() == '{"sound": true, "findings": []}'
