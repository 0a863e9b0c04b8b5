"""The data dictionary is what the schemas say, and what it shows works."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import duckdb
import pytest

from schemas.dictionary import dictionary
from schemas.tables import KEPT
from tests.lakes import batches, event, sample, write

_DOCUMENT = Path(__file__).parents[2] / "docs" / "data-dictionary.md"


def _snippets(language: str) -> list[str]:
    return re.findall(rf"```{language}\n(.*?)```", _DOCUMENT.read_text("utf-8"), re.DOTALL)


def test_it_is_not_stale() -> None:
    stale = "run: python -m schemas.dictionary > docs/data-dictionary.md"
    assert _DOCUMENT.read_text("utf-8") == dictionary(), stale


def test_every_column_is_described() -> None:
    text = dictionary()
    for table in KEPT.values():
        assert f"\n## {table.name}\n" in text
        for column in table.columns:
            assert f"| `{column.name}` |" in text
            assert column.description.endswith(".")


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    write(str(tmp_path / "lake"), sample())
    write(str(tmp_path / "lake"), batches("events", event("e1", "s1", articles=5)))
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.mark.usefixtures("folder")
def test_the_sql_for_duckdb_runs() -> None:
    (sql,) = _snippets("sql")
    with duckdb.connect() as connection:
        rows = connection.execute(sql).fetchall()
    assert rows == [("Label s1", 3, 1.0)]


def test_the_python_for_polars_and_arrow_runs(folder: Path) -> None:
    snippets = [text for text in _snippets("python") if "spark" not in text]
    runnable = "".join(snippets).replace('lake.table("articles").to_pandas()', "None")
    script = folder / "read.py"
    script.write_text(f"{runnable}\nprint(by_source.rows(), len(today))\n")
    environment = {**os.environ, "PYTHONPATH": str(_DOCUMENT.parents[1])}
    done = subprocess.run(
        [sys.executable, str(script)], capture_output=True, text=True, env=environment, check=False
    )
    assert done.stdout.strip() == "[(None, 3)] 3", done.stderr
