"""The command line as tests call it: in this process."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any, NamedTuple

from typer.testing import CliRunner, Result

from pipelines.cli import app


class Example(NamedTuple):
    """The examples, read into a lake by the command line."""

    folder: Path
    lake: str
    output: str
    cache: str
    """Vectors of everything that a test has embedded so far."""


def storybeam(*arguments: object) -> Result:
    """Run the command line and return what came of it."""
    return CliRunner().invoke(app, [str(argument) for argument in arguments])


def told(result: Result) -> dict[str, Any]:
    """Return the JSON object on the last line of standard output, which has no other line."""
    assert result.exit_code == 0, result.stderr
    assert result.stdout.count("\n") == 1
    found = json.loads(result.stdout)
    assert isinstance(found, dict)
    return found


def hashes(lake: str) -> dict[str, str]:
    """Return the content hash of each table but the one that names the input files."""
    from pipelines.lake import Lake

    tables = Lake(lake).manifest.tables
    return {name: entry.content_hash for name, entry in tables.items() if name != "state/inputs"}


def news(path: Path, *titles: str, start: int = 1) -> Path:
    """Write a JSON Lines file with one article a title, a day apart."""
    lines = [
        json.dumps(
            {
                "id": f"n{number}",
                "title": title,
                "source": "The Post",
                "published": f"2025-03-{number:02d}T10:00:00Z",
                "text": f"The council of Lower Ferry met on point {number} of its list: {title}. "
                "Members spoke for two hours before the vote was put off until the spring.",
            }
        )
        for number, title in enumerate(titles, start)
    ]
    path.write_text("\n".join(lines) + "\n")
    return path
