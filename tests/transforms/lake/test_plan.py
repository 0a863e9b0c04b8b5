"""A run that does not fit the lake stops before it starts."""

from __future__ import annotations

from pathlib import Path

import pytest

from schemas.manifest import ModelInfo
from schemas.settings import Settings
from tests.lakes import MODEL, planned, sample, write
from transforms.errors import ModelError, UsageError
from transforms.lake.plan import plan_snapshot


def test_a_new_lake_takes_any_setting(tmp_path: Path) -> None:
    plan = planned(str(tmp_path), lake={"partition": "day"})
    assert (plan.parent, plan.snapshot, plan.granularity) == (None, 1, "day")


def test_a_lake_keeps_its_partitions(tmp_path: Path) -> None:
    write(str(tmp_path), sample())
    assert planned(str(tmp_path)).snapshot == 2
    with pytest.raises(UsageError, match="partitioned by month"):
        planned(str(tmp_path), lake={"partition": "day"})


def test_a_lake_keeps_its_model(tmp_path: Path) -> None:
    write(str(tmp_path), sample())
    other = ModelInfo(name="larger", dimension=3, digest="11" * 32)
    with pytest.raises(ModelError, match=r"written with the model tiny .* run with --model tiny"):
        plan_snapshot(str(tmp_path), Settings(), other)
    renamed = MODEL.model_copy(update={"name": "/models/tiny"})
    assert plan_snapshot(str(tmp_path), Settings(), renamed).parent == 1


def test_partitions_are_no_part_of_the_result() -> None:
    by_day = Settings.model_validate({"lake": {"partition": "day"}})
    assert by_day.digest() == Settings().digest()
