"""Weights and background from files, in the packaged form or not at all."""

from __future__ import annotations

import json
from importlib.resources import files
from pathlib import Path

import numpy as np
import pytest

from pipelines.evaluate.fitted import FittedFiles, fingerprint, load_fitted, packaged
from transforms.clustering.background import default_prior
from transforms.clustering.score import NAMES, default_weights
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
    _, said = FittedFiles().of("wires")
    assert said == {"weights": "packaged", "background": "packaged"}


def test_it_is_said_where_the_packaged_ones_have_seen_the_corpus() -> None:
    _, said = FittedFiles().of("basil")
    assert said == dict.fromkeys(said, "packaged, fitted on this corpus too")
    assert packaged("weights", "basil") != packaged("weights", "wires")


def test_one_file_alone_leaves_the_other_packaged() -> None:
    path = str(PACKAGED.joinpath("weights.json"))
    fitted, said = FittedFiles(weights=path).of("basil")
    assert fitted.weights is not None
    assert fitted.prior is None
    assert said["weights"] == fingerprint(path)
    assert said["background"] == "packaged, fitted on this corpus too"


def fold(folder: Path, name: str, **origin: object) -> FittedFiles:
    values = {
        "origin": {"left_out": name, **origin},
        "weights": dict.fromkeys(NAMES, 7.0),
        "articles": 3,
        "shares": {"harbour": 0.5},
    }
    (folder / f"{name}.json").write_text(json.dumps(values))
    return FittedFiles(folds=str(folder))


def test_a_corpus_with_a_fold_is_read_with_it(tmp_path: Path) -> None:
    files = fold(tmp_path, "wires", articles={"basil": 300})
    files.check()
    fitted, said = files.of("wires")
    assert fitted.weights is not None
    assert fitted.weights.bias == 7.0
    assert fitted.prior is not None
    assert fitted.prior.shares == {"harbour": 0.5}
    assert said["weights"] == said["background"]
    assert said["weights"].startswith("fold wires.json ")
    assert said["weights"].endswith(", fitted without this corpus")


def test_a_corpus_without_a_fold_is_read_with_the_packaged_ones(tmp_path: Path) -> None:
    fitted, said = fold(tmp_path, "wires").of("basil")
    assert (fitted.weights, fitted.prior) == (None, None)
    assert said["weights"] == "packaged, fitted on this corpus too"


def test_a_fold_that_has_seen_the_corpus_to_a_date_says_so(tmp_path: Path) -> None:
    articles = {"basil": 300, "wires to 2016-12-31": 20}
    _, said = fold(tmp_path, "wires", articles=articles).of("wires")
    assert said["weights"].endswith(", fitted on this corpus only to 2016-12-31")


def test_a_fold_that_left_out_another_corpus_is_wrong_use(tmp_path: Path) -> None:
    fold(tmp_path, "wires")
    (tmp_path / "wires.json").rename(tmp_path / "basil.json")
    with pytest.raises(UsageError, match=r"basil\.json is no fold"):
        FittedFiles(folds=str(tmp_path)).check()


def test_a_folder_without_folds_is_wrong_use(tmp_path: Path) -> None:
    for folder in (tmp_path, tmp_path / "none"):
        with pytest.raises(UsageError, match=r"no file CORPUS\.json"):
            FittedFiles(folds=str(folder)).check()


def test_folds_and_other_files_exclude_each_other(tmp_path: Path) -> None:
    fold(tmp_path, "wires")
    with pytest.raises(UsageError, match="name no others"):
        FittedFiles("weights.json", None, str(tmp_path)).check()


FOLDS = sorted(Path(__file__).parents[3].glob("benchmarks/folds/*.json"))


@pytest.mark.parametrize("path", FOLDS, ids=[path.stem for path in FOLDS])
def test_the_folds_of_the_project_have_not_seen_their_corpus(path: Path) -> None:
    FittedFiles(folds=str(path.parent)).of(path.stem)
    origin = json.loads(path.read_text("utf-8"))["origin"]
    assert path.stem not in origin["articles"]
    assert {"commit", "seed", "date", "script"} <= set(origin)


def test_every_corpus_that_the_packaged_weights_saw_has_a_fold() -> None:
    weights = json.loads(PACKAGED.joinpath("weights.json").read_text("utf-8"))
    assert set(weights["origin"]["articles"]) == {path.stem for path in FOLDS}


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
    with pytest.raises(UsageError, match="bias, first_usual, most_usual"):
        load_fitted(str(path), None)


def test_a_file_that_is_not_there_is_wrong_use(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="cannot be read"):
        load_fitted(str(tmp_path / "none.json"), None)
