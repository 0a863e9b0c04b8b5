"""A fold has seen nothing of the corpus that it leaves out, and is written where it is read."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest

from benchmarks.corpora import DATED, Example, embed
from benchmarks.fit_folds import fold
from benchmarks.fitted_files import origin, write_fold, write_packaged
from pipelines.evaluate.fitted import FittedFiles, load_fitted
from schemas.settings import Settings
from tests.news import HashedEmbedder, report
from transforms.clustering.background import Prior
from transforms.clustering.score import Weights
from transforms.embedding.base import Vectors

SETTINGS = Settings()


class Wide(HashedEmbedder):
    """As wide as the default model: the weights are fitted on its vectors."""

    dimension = 384

    def embed(self, texts: Sequence[str]) -> Vectors:
        found = super().embed(texts)
        return np.pad(found, ((0, 0), (0, self.dimension - found.shape[1])))


def corpus(name: str, *topics: str, year: int = 2018) -> list[Example]:
    """Five articles of each topic."""
    records = [
        {
            "id": f"{topic}{n}",
            "story": topic,
            "title": f"{topic} {topic}nor",
            "text": "\n\n".join(report(topic, n)),
            "date": f"{year}-01-{n + 1:02}",
        }
        for n in range(5)
        for topic in topics
    ]
    return embed(name, records, Wide(), SETTINGS)


CORPORA = {
    "one": corpus("one", "harbour", "senatea", "budgets"),
    "two": corpus("two", "vaccine", "orbitqs", "harvest"),
    "three": corpus("three", "railway", "volcano", "museums"),
    DATED: corpus(DATED, "election", "tariffs", year=2015)
    + corpus(DATED, "caravan", "hearing", year=2018),
}


def same(one: tuple[Weights, Prior, object], other: tuple[Weights, Prior, object]) -> bool:
    weights = [(fitted.bias, *fitted.features) for fitted, _, _ in (one, other)]
    return weights[0] == weights[1] and one[1] == other[1]


@pytest.mark.parametrize("name", ["one", "two"])
def test_a_fold_does_not_depend_on_what_it_leaves_out(name: str) -> None:
    changed = {**CORPORA, name: corpus(name, "glacier", "lottery", "bridges")}
    assert same(fold(CORPORA, name), fold(changed, name))
    assert not same(fold(CORPORA, "three"), fold(changed, "three"))


def test_the_corpus_that_is_cut_by_date_is_fitted_on_before_it() -> None:
    early = [one for one in CORPORA[DATED] if one.stories[0] in ("election", "tariffs")]
    later = corpus(DATED, "glacier", "lottery", year=2018)
    assert same(fold(CORPORA, DATED), fold({**CORPORA, DATED: early + later}, DATED))
    _, prior, counts = fold(CORPORA, DATED)
    assert counts == {"one": 15, "two": 15, "three": 15, f"{DATED} to 2016-12-31": 10}
    assert not any(term.startswith("election") for term in prior.shares)


def test_a_fold_is_read_as_it_was_written(tmp_path: Path) -> None:
    weights, prior, counts = fold(CORPORA, "one")
    write_fold(tmp_path, "one", weights, prior, origin(1, articles=counts))
    found, said = FittedFiles(folds=str(tmp_path)).of("one")
    assert found.weights is not None
    assert found.weights.features == pytest.approx(weights.features, abs=1e-4)
    assert found.prior == prior
    assert "fitted without this corpus" in said["weights"]


def test_packaged_files_are_read_as_they_were_written(tmp_path: Path) -> None:
    weights, prior = (
        Weights(-1.25, np.array([1.0, 2.0, -0.5, 4.0]), 1.0, 2.0),
        Prior(1000, {"harbour": 0.5}),
    )
    write_packaged(tmp_path, weights, prior, origin(1, articles={"one": 15}))
    found = load_fitted(str(tmp_path / "weights.json"), str(tmp_path / "background.json"))
    assert found.weights is not None
    assert (found.weights.bias, found.prior) == (-1.25, prior)
