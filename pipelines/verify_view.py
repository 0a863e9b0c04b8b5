"""``storybeam verify``: is the lake sound, and if not, which file is not."""

from __future__ import annotations

import json
from dataclasses import asdict

from pipelines.console import line, out
from transforms.lake.verify import verify


def show(lake: str, for_programs: bool) -> bool:
    """Print what is wrong with ``lake`` and return whether nothing is.

    Raises LakeError where there is no lake.
    """
    found = verify(lake)
    wrong = [problem for problem in found if problem.severity == "problem"]
    if for_programs:
        print(json.dumps({"sound": not wrong, "findings": [asdict(each) for each in found]}))
        return not wrong
    console = out()
    for each in found:
        style = "bold red" if each.severity == "problem" else "yellow"
        text = f"{each.file}: {each.message}"
        console.print(line((f"{each.severity}: ", style), text), soft_wrap=True)
    if wrong:
        console.print(line(f"{lake} is damaged: {len(wrong)} problems."), soft_wrap=True)
    else:
        console.print(line(f"{lake} is sound: {_checked(lake)}."), soft_wrap=True)
    return not wrong


def _checked(lake: str) -> str:
    from pipelines.lake import Lake

    manifest = Lake(lake).manifest
    rows = sum(entry.rows for entry in manifest.files)
    return (
        f"snapshot {manifest.snapshot} with {len(manifest.files):,} files and {rows:,} rows; "
        "hashes, schemas, rows, keys and references agree"
    )
