"""The command line on a lake in a real S3 server."""

from __future__ import annotations

from pathlib import Path

import pytest

from pipelines.lake import verify
from tests.pipelines.commands import hashes, news, storybeam, told
from tests.s3 import BUCKET, serving


def test_a_lake_in_a_bucket_is_the_lake_in_a_folder(
    tmp_path: Path, vectors: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    lake, folder = f"s3://{BUCKET}/lake", str(tmp_path / "lake")
    first = news(tmp_path / "first.jsonl", "Bridge to close for repairs", "Ferry fares rise")
    second = news(tmp_path / "second.jsonl", "Bridge reopens", start=3)
    with serving(tmp_path / "s3") as server:
        for name, value in server.environment.items():
            monkeypatch.setenv(name, value)
        for number, file in enumerate((first, second), 1):
            for place in (lake, folder):
                found = told(storybeam("run", file, "--lake", place, "--set", vectors, "--json"))
                assert (found["snapshot"], found["recovered"]) == (number, None)
            assert hashes(lake) == hashes(folder)
        assert storybeam("verify", lake).exit_code == 0
        assert verify(lake) == []
        assert "Bridge" in storybeam("show", lake).stdout
        assert "Nothing new" in storybeam("run", second, "--lake", lake).stdout
