"""Read weights and a background that were fitted elsewhere, in the form of the packaged ones."""

from __future__ import annotations

import hashlib
import json
import math
from collections.abc import Collection
from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path
from typing import Any

from pipelines.evaluate.replay import Fitted
from transforms.clustering.background import Prior
from transforms.clustering.score import NAMES, Weights
from transforms.errors import UsageError

MAX_BYTES = 20_000_000
"""Of such a file; the packaged background has 100 kB."""
PACKAGED = "packaged"


@dataclass(frozen=True)
class FittedFiles:
    """Where what was fitted is read from; None for what is packaged.

    Attributes:
        weights: a file in the form of ``weights.json``.
        background: a file in the form of ``background.json``.
        folds: a folder of files that hold both, each fitted without the corpus that it is
            named after; for a corpus without such a file, what is packaged.
    """

    weights: str | None = None
    background: str | None = None
    folds: str | None = None

    def check(self) -> None:
        """Raise UsageError where something cannot be read, or the options contradict."""
        if self.folds is None:
            load_fitted(self.weights, self.background)
            return
        if self.weights or self.background:
            raise UsageError("--folds brings weights and background: name no others beside it.")
        folds = self._folds()
        if not folds:
            raise UsageError(f"--folds {self.folds} has no file CORPUS.json.")
        for path in folds:
            _fold(path, path.stem)

    def of(self, corpus: str) -> tuple[Fitted, dict[str, str]]:
        """Return what ``corpus`` is to be read with, and what to say of it.

        Raises:
            UsageError: A file cannot be read, or has not the form of the packaged one.
        """
        for path in self._folds():
            if path.stem == corpus:
                said = f"fold {fingerprint(str(path))}, {_seen(path, corpus)}"
                return _fold(path, corpus), {"weights": said, "background": said}
        given = {"weights": self.weights, "background": self.background}
        return load_fitted(self.weights, self.background), {
            part: fingerprint(path) if path else packaged(part, corpus)
            for part, path in given.items()
        }

    def _folds(self) -> list[Path]:
        return sorted(Path(self.folds).glob("*.json")) if self.folds is not None else []


def packaged(part: str, corpus: str) -> str:
    """Return ``packaged``, with a warning where the packaged file was fitted on ``corpus``."""
    text = files("transforms.clustering").joinpath(f"{part}.json").read_text("utf-8")
    known: Collection[str] = json.loads(text)["origin"]["articles"]
    return f"{PACKAGED}, fitted on this corpus too" if corpus in known else PACKAGED


def load_fitted(weights: str | None, background: str | None) -> Fitted:
    """Return what the files hold, None for what is not given.

    Raises:
        UsageError: A file cannot be read, or has not the form of the packaged one.
    """
    return Fitted(
        _weights(weights) if weights else None, _prior(background) if background else None
    )


def fingerprint(path: str) -> str:
    """Return the file's name and the first digits of its SHA-256."""
    return f"{Path(path).name} {hashlib.sha256(Path(path).read_bytes()).hexdigest()[:12]}"


def _fold(path: Path, corpus: str) -> Fitted:
    """Return a fold, once it says itself that it has left the corpus out."""
    origin = _read(str(path)).get("origin")
    left_out = origin.get("left_out") if isinstance(origin, dict) else None
    if left_out != corpus:
        raise UsageError(f'{path} is no fold: "left_out": "{corpus}" in its origin was expected.')
    return load_fitted(str(path), str(path))


def _seen(path: Path, corpus: str) -> str:
    """Return what the fold has seen of the corpus: nothing, or what lies before a date."""
    articles = _read(str(path))["origin"].get("articles", {})
    early = [name for name in articles if name.startswith(f"{corpus} to ")]
    until = early[0].removeprefix(corpus) if early else ""
    return f"fitted on this corpus only{until}" if until else "fitted without this corpus"


def _weights(path: str) -> Weights:
    values = _read(path).get("weights")
    if not isinstance(values, dict) or any(not _is_number(values.get(n)) for n in NAMES):
        raise UsageError(f'{path} holds no weights: "weights" with {", ".join(NAMES)} expected.')
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
