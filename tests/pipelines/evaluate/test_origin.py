"""What figures came from."""

from __future__ import annotations

import re
import subprocess
from pathlib import Path

from pipelines.evaluate.origin import commit, origin, today
from schemas.settings import Settings
from tests.news import HashedEmbedder


def checkout(folder: Path) -> Path:
    (folder / "schemas").mkdir()
    (folder / "docs").mkdir()
    for path in ("schemas/one.py", "docs/one.md"):
        (folder / path).write_text("one")
    who = ("-c", "user.name=n", "-c", "user.email=e@example.org")
    for command in (("init", "-q"), ("add", "."), (*who, "commit", "-q", "-m", "one")):
        line = ["git", *command]
        subprocess.run(line, cwd=folder, check=True, capture_output=True)
    return folder


def test_the_origin_names_what_the_figures_came_from() -> None:
    found = origin(Settings(), HashedEmbedder())
    assert found["settings_digest"] == Settings().digest()
    assert found["model"]["name"] == "hashed"
    assert found["date"] == today()


def test_a_commit_is_named_by_twelve_digits(tmp_path: Path) -> None:
    assert re.fullmatch(r"[0-9a-f]{12}", commit(checkout(tmp_path)))


def test_changed_code_is_said(tmp_path: Path) -> None:
    folder = checkout(tmp_path)
    (folder / "schemas/one.py").write_text("two")
    assert commit(folder).endswith(" with changes")


def test_a_page_that_is_being_written_changes_no_figure(tmp_path: Path) -> None:
    folder = checkout(tmp_path)
    (folder / "docs/one.md").write_text("two")
    assert re.fullmatch(r"[0-9a-f]{12}", commit(folder))


def test_without_a_checkout_the_commit_is_unknown(tmp_path: Path) -> None:
    assert commit(tmp_path) == "unknown"
