"""docs/quality.md is what its figures give, and nothing that was written by hand."""

from __future__ import annotations

import json
from pathlib import Path

from pipelines.evaluate.report import report

ROOT = Path(__file__).parents[2]


def test_the_page_is_what_its_figures_give() -> None:
    files = sorted(ROOT.glob("benchmarks/quality*.json"))
    assert files
    results = [json.loads(path.read_text("utf-8")) for path in files]
    assert (ROOT / "docs/quality.md").read_text("utf-8") == report(results)
