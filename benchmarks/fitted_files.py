"""Write what was fitted, each file with its origin: as packaged, and a fold a corpus."""

from __future__ import annotations

import json
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parents[1]))

from pipelines.evaluate.origin import commit, today
from schemas.tables import FEATURES
from transforms.clustering.background import Prior
from transforms.clustering.score import Weights


def origin(seed: int, **values: Any) -> dict[str, Any]:
    """Return where a file comes from, with ``values`` beside it."""
    script = "benchmarks/fit_weights.py"
    return {"script": script, "commit": commit(), "date": today(), "seed": seed, **values}


def write_packaged(
    folder: Path, weights: Weights, prior: Prior, origin: Mapping[str, Any], digits: int = 2
) -> None:
    """Write ``weights.json`` and ``background.json``."""
    text = json.dumps({"origin": origin, "weights": _weights(weights, digits)}, indent=2)
    (folder / "weights.json").write_text(text + "\n", "utf-8")
    head = json.dumps({"origin": origin})[:-1]
    (folder / "background.json").write_text(f"{head},\n{_prior(prior)}\n", "utf-8")


def write_fold(
    folder: Path, name: str, weights: Weights, prior: Prior, origin: Mapping[str, Any]
) -> None:
    """Write ``NAME.json``: the weights and the background of all corpora but this one.

    Either part is where the packaged file of that part has it.
    """
    folder.mkdir(parents=True, exist_ok=True)
    head = json.dumps({"origin": {"left_out": name, **origin}, "weights": _weights(weights, 4)})
    (folder / f"{name}.json").write_text(f"{head[:-1]},\n{_prior(prior)}\n", "utf-8")


def _weights(weights: Weights, digits: int) -> dict[str, float]:
    features = dict(zip(FEATURES, weights.features.tolist(), strict=True))
    values = {"bias": weights.bias, "first_usual": weights.usual, "most_usual": weights.most}
    return {name: round(value, digits) for name, value in (values | features).items()}


def _prior(prior: Prior) -> str:
    table = json.dumps(prior.shares, ensure_ascii=False, separators=(",", ":"))
    return f'"articles": {prior.articles},\n"shares": {table}}}'
