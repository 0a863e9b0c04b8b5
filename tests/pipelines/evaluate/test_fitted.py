"""Weights and background from files, in the packaged form or not at all."""

from __future__ import annotations

import json
from importlib.resources import files
from pathlib import Path

import numpy as np
import pytest

from pipelines.evaluate.fitted import fingerprint, load_fitted
from transforms.clustering.background import default_prior
from transforms.clustering.score import default_weights
from transforms.errors import UsageError

PACKAGED = files("transforms.clustering")


def test_the_packaged_files_can_be_given_by_name() -> None:
    found = load_fitted(
        str(PACKAGED.joinpath("weights.json")), str(PACKAGED.joinpath("background.json"))
    )
    assert found.weights is not None
    assert np.array_equal(found.weights.features, default_weights().features)
    assert found.prior == default_prior()


def test_without_files_the_packaged_ones_count() -> None:
    found = load_fitted(None, None)
    assert (found.weights, found.prior) == (None, None)
    assert fingerprint(None) == "packaged"


def test_another_file_has_another_fingerprint(tmp_path: Path) -> None:
    one, other = tmp_path / "a.json", tmp_path / "b.json"
    one.write_text("{}")
    other.write_text("{ }")
    assert fingerprint(str(one)).split()[1] != fingerprint(str(other)).split()[1]


@pytest.mark.parametrize(
    "content",
    ["", "[]", "{}", '{"weights": {"bias": 1}}', '{"weights": 3}', "[" * 100_000,
     '{"articles": "many", "shares": {}}', '{"articles": 1, "shares": {"a": "b"}}',
     '{"articles": NaN, "shares": {}}'],
)  # fmt: skip
def test_files_of_another_form_are_wrong_use(tmp_path: Path, content: str) -> None:
    path = tmp_path / "odd.json"
    path.write_text(content)
    for given in ((str(path), None), (None, str(path))):
        with pytest.raises(UsageError, match=r"odd\.json"):
            load_fitted(*given)


def test_a_weight_that_is_missing_is_named(tmp_path: Path) -> None:
    path = tmp_path / "weights.json"
    path.write_text(json.dumps({"weights": {"bias": 1.0}}))
    with pytest.raises(UsageError, match="bias, dense"):
        load_fitted(str(path), None)


def test_a_file_that_is_not_there_is_wrong_use(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="cannot be read"):
        load_fitted(str(tmp_path / "none.json"), None)
