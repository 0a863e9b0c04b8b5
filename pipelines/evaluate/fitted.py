"""Read weights and a background that were fitted elsewhere, in the form of the packaged ones."""

from __future__ import annotations

import hashlib
import json
import math
from pathlib import Path
from typing import Any

from pipelines.evaluate.replay import Fitted
from schemas.tables import FEATURES
from transforms.clustering.background import Prior
from transforms.clustering.score import Weights
from transforms.errors import UsageError

MAX_BYTES = 20_000_000
"""Of such a file; the packaged background has 100 kB."""


def load_fitted(weights: str | None, background: str | None) -> Fitted:
    """Return what the files hold, None for what is not given.

    Raises:
        UsageError: A file cannot be read, or has not the form of the packaged one.
    """
    return Fitted(
        _weights(weights) if weights else None, _prior(background) if background else None
    )


def fingerprint(path: str | None) -> str:
    """Return ``packaged``, or the file's name and the first digits of its SHA-256."""
    if path is None:
        return "packaged"
    return f"{Path(path).name} {hashlib.sha256(Path(path).read_bytes()).hexdigest()[:12]}"


def _weights(path: str) -> Weights:
    values = _read(path).get("weights")
    expected = ("bias", *FEATURES)
    if not isinstance(values, dict) or any(not _is_number(values.get(n)) for n in expected):
        raise UsageError(f'{path} holds no weights: "weights" with {", ".join(expected)} expected.')
    return Weights.from_mapping(values)


def _prior(path: str) -> Prior:
    values = _read(path)
    shares = values.get("shares")
    if (
        not _is_number(values.get("articles"))
        or not isinstance(shares, dict)
        or not all(map(_is_number, shares.values()))
    ):
        raise UsageError(f'{path} holds no background: "articles" and "shares" were expected.')
    return Prior(float(values["articles"]), shares)


def _read(path: str) -> dict[str, Any]:
    try:
        with open(path, "rb") as file:
            data = file.read(MAX_BYTES + 1)
        values = json.loads(data) if len(data) <= MAX_BYTES else None
    except (OSError, ValueError, RecursionError) as error:
        raise UsageError(f"{path} cannot be read: {error}.") from error
    if not isinstance(values, dict):
        raise UsageError(f"{path} is no JSON object of at most {MAX_BYTES:,} bytes.")
    return values


def _is_number(value: object) -> bool:
    is_number = isinstance(value, int | float) and not isinstance(value, bool)
    return is_number and math.isfinite(value)  # type: ignore[arg-type]
