"""An earlier snapshot becomes the newest one again, and a run goes on from there."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from pipelines.lake import Lake
from tests.lakes import batches, news, planned, rejection, sample, write
from transforms.errors import LakeError, UsageError
from transforms.lake.rollback import roll_back
from transforms.lake.verify import verify


@pytest.fixture
def lake(tmp_path: Path) -> str:
    path = str(tmp_path / "lake")
    write(path, sample(), [news()])
    write(path, batches("rejections", rejection("r2", "truncated"), rejection("r3")), [news("b")])
    write(path, batches("rejections", rejection("r4")), [news("c")])
    return path


def test_the_tables_are_what_they_were(lake: str) -> None:
    found = roll_back(lake, 1)
    assert (found.restored, found.newest, found.snapshot) == (1, 3, 4)
    assert (found.rows, found.inputs_again) == ({"rejections": -2, "state/inputs": -2}, 2)
    now, then = Lake(lake).manifest, Lake(lake, 1).manifest
    assert (now.operation, now.restores, now.parent) == ("rollback", 1, 3)
    assert (now.tables, now.counts, now.files) == (then.tables, then.counts, then.files)
    assert (now.watermark, now.settings_digest) == (then.watermark, then.settings_digest)
    assert now.inputs == []
    assert verify(lake) == []


def test_what_was_read_since_is_read_again(lake: str) -> None:
    roll_back(lake, 1)
    assert planned(lake, [news(), news("b"), news("c")]).inputs == (news("b"), news("c"))
    assert write(lake, batches("rejections", rejection("r9")), [news("b")]) == 5
    assert Lake(lake).manifest.inputs == [news("b")]


def test_a_rollback_can_be_rolled_back(lake: str) -> None:
    before = Lake(lake).manifest.tables
    roll_back(lake, 1)
    assert roll_back(lake, 3).snapshot == 5
    assert Lake(lake).manifest.tables == before
    assert Lake(lake).snapshots() == [1, 2, 3, 4, 5]


def test_where_the_lake_already_is_nothing_is_done(lake: str) -> None:
    assert not roll_back(lake, 3).differs
    roll_back(lake, 1)
    found = roll_back(lake, 1)
    assert (found.snapshot, found.differs) == (None, False)
    assert Lake(lake).snapshot == 4


def test_looking_writes_nothing(lake: str) -> None:
    found = roll_back(lake, 2, dry_run=True)
    assert (found.snapshot, found.differs) == (None, True)
    assert Lake(lake).snapshot == 3


def test_a_snapshot_whose_files_are_gone_is_refused(lake: str) -> None:
    only = set(Lake(lake, 1).files("rejections")) - set(Lake(lake, 3).files("rejections"))
    Path(only.pop()).unlink()
    with pytest.raises(LakeError, match="cannot be returned to: 1 of its 11 files are gone"):
        roll_back(lake, 1)
    assert Lake(lake).snapshot == 3


def test_an_unknown_snapshot_is_refused(lake: str) -> None:
    with pytest.raises(UsageError, match="has no snapshot 9; it has 1 to 3"):
        roll_back(lake, 9)


def test_it_leads_back_from_a_damaged_manifest(lake: str) -> None:
    path = Path(lake, "manifests/00000003.json")
    path.write_text(json.dumps({"schema_version": 1}))
    with pytest.raises(LakeError):
        Lake(lake)
    found = roll_back(lake, 2)
    assert (found.snapshot, found.differs, found.inputs_again) == (4, True, None)
    assert Lake(lake).manifest.tables == Lake(lake, 2).manifest.tables
    assert "manifests/00000003.json" in {problem.file for problem in verify(lake)}


def test_no_lake_is_said(tmp_path: Path) -> None:
    with pytest.raises(LakeError, match="is not a lake"):
        roll_back(str(tmp_path), 1)
