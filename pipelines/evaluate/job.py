"""One evaluation from the command line: check, measure, tell, write."""

from __future__ import annotations

import json
import shlex
import sys
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from pipelines.console import err, line, out
from pipelines.evaluate.corpus import Reading
from pipelines.evaluate.fitted import FittedFiles
from pipelines.evaluate.metrics import adjusted, stemmer
from pipelines.evaluate.origin import origin
from pipelines.evaluate.probes import default_probes, probe_lake
from pipelines.evaluate.run import Evaluation, evaluate
from pipelines.evaluate.view import print_corpora, print_probes
from pipelines.lake import Lake
from schemas.settings import Settings
from transforms.errors import UsageError


@dataclass(frozen=True)
class EvaluationJob:
    """What was asked for; the fields are the options of the command."""

    corpora: tuple[str, ...]
    settings: Settings
    reading: Reading
    digests: int
    fitted: FittedFiles = field(default_factory=FittedFiles)
    probes: str | None = None
    json_file: str | None = None


def run_evaluation(job: EvaluationJob) -> None:
    """Measure; print tables, and write all figures to a file where one is named.

    Raises:
        UsageError: Nothing was named to be measured, or something cannot be used.
        LakeError: The lake of the probes is damaged.
    """
    if not job.corpora and job.probes is None:
        raise UsageError("Nothing to evaluate: name a CORPUS, or a lake with --probes LAKE.")
    _check_output(job.json_file)
    results = _corpora(job) if job.corpora else {"corpora": []}
    print_corpora(out(), results["corpora"])
    if job.probes is not None:
        lake = Lake(job.probes)
        found = probe_lake(lake)
        results["probes"] = {
            "lake": lake.path,
            "snapshot": lake.snapshot,
            "settings_digest": lake.manifest.settings_digest,
            **found,
        }
        print_probes(out(), lake.path, found)
    if job.json_file is not None:
        Path(job.json_file).write_text(laid_out(results) + "\n", "utf-8")


def laid_out(value: Any, indent: str = "") -> str:
    """Return JSON with a line a field, and a line a list of figures: it is kept and compared."""
    deeper = indent + " "
    if isinstance(value, dict) and value:
        parts = [f"{json.dumps(name)}: {laid_out(one, deeper)}" for name, one in value.items()]
        left, right = "{}"
    elif isinstance(value, list) and any(isinstance(one, dict) for one in value):
        parts = [laid_out(one, deeper) for one in value]
        left, right = "[]"
    else:
        return json.dumps(value, allow_nan=False)
    lines = ",\n".join(deeper + part for part in parts)
    return f"{left}\n{lines}\n{indent}{right}"


def _corpora(job: EvaluationJob) -> dict[str, Any]:
    job.fitted.check()
    adjusted(["a"], ["a"])  # what is missing is told before hours of work
    stemmer()
    evaluation = Evaluation(
        job.settings, job.reading, job.fitted, job.digests, probes=default_probes()
    )
    from transforms.embed import embedder

    model = embedder(job.settings.embedding)
    found = evaluate(job.corpora, evaluation, model, _tell)
    return {
        "command": shlex.join(["storybeam", *sys.argv[1:]]),
        **origin(job.settings, model),
        "reading": {
            "gold": job.reading.gold,
            "since": dict(job.reading.since),
            "drop": job.reading.drop,
            "step_minutes": job.reading.step_minutes,
            "limit": job.reading.limit,
        },
        "seed": evaluation.seed,
        "corpora": found,
    }


def _check_output(path: str | None) -> None:
    if path is None:
        return
    folder = Path(path).parent
    if not folder.is_dir() or Path(path).is_dir():
        raise UsageError(f"--json {path} cannot be written: a file in an existing folder expected.")


def _tell(what: str) -> None:
    err().print(line(what), soft_wrap=True)
