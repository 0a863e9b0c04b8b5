"""The model gives a text its vector, whatever stands beside it."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from tests.news import report, sentence
from transforms.embedding import sentence_transformer
from transforms.embedding.base import pack, unpack
from transforms.embedding.sentence_transformer import (
    DEFAULT_DIGEST,
    ROWS,
    SentenceTransformerEmbedder,
)
from transforms.errors import ModelError

TEXTS = [
    "Tariffs on Chinese goods rise to 45 percent.",
    "The customs office says that tariffs went up on goods from China.",
    "A crown was stolen from the museum.",
    "Rain.",
    *[" ".join(report("tea", number, 1 + number % 4)) for number in range(16)],
]


@pytest.fixture(scope="module")
def model() -> SentenceTransformerEmbedder:
    return SentenceTransformerEmbedder(threads=1)


def test_vectors_are_unit_length_and_near_for_texts_that_mean_the_same(
    model: SentenceTransformerEmbedder,
) -> None:
    vectors = model.embed(TEXTS[:4])
    assert vectors.dtype == np.float32
    assert vectors.shape == (4, model.dimension) == (4, 384)
    np.testing.assert_allclose(np.linalg.norm(vectors, axis=1), 1.0, atol=1e-3)
    assert vectors[0] @ vectors[1] > 2 * vectors[0] @ vectors[2]


def test_a_vector_does_not_depend_on_the_order_of_the_texts(
    model: SentenceTransformerEmbedder,
) -> None:
    assert np.array_equal(model.embed(TEXTS), model.embed(TEXTS[::-1])[::-1])


def test_a_vector_does_not_depend_on_the_texts_beside_it(
    model: SentenceTransformerEmbedder,
) -> None:
    assert len(TEXTS) > ROWS
    together = model.embed(TEXTS)
    for part in (TEXTS[:1], TEXTS[1:4], TEXTS[4:]):
        rows = [TEXTS.index(text) for text in part]
        assert np.array_equal(model.embed(part), together[rows])


def test_threads_change_nothing(model: SentenceTransformerEmbedder) -> None:
    two = SentenceTransformerEmbedder(threads=2)
    assert np.array_equal(model.embed(TEXTS), two.embed(TEXTS))


def test_equal_texts_are_computed_once(
    model: SentenceTransformerEmbedder, monkeypatch: pytest.MonkeyPatch
) -> None:
    batches: list[object] = []
    inner = model._forward
    monkeypatch.setattr(model, "_forward", lambda b: batches.append(b) or inner(b))  # type: ignore[func-returns-value]
    vectors = model.embed([TEXTS[0]] * (3 * ROWS))
    assert len(batches) == 1
    assert np.array_equal(vectors, np.tile(vectors[0], (3 * ROWS, 1)))


def test_texts_beyond_the_limit_are_cut_and_counted(model: SentenceTransformerEmbedder) -> None:
    before = model.truncated
    long = " ".join(sentence("tea", number) for number in range(60))
    cut = model.embed([long, long + " And more of it.", "Short."])
    assert model.truncated == before + 2
    assert np.array_equal(cut[0], cut[1])


def test_no_texts_give_no_vectors(model: SentenceTransformerEmbedder) -> None:
    assert model.embed([]).shape == (0, 384)


def test_vectors_survive_being_packed(model: SentenceTransformerEmbedder) -> None:
    for vector in model.embed(TEXTS[:4]):
        assert np.array_equal(unpack(pack(vector)), vector)


def test_the_packaged_weights_are_the_ones_that_were_tested(
    model: SentenceTransformerEmbedder,
) -> None:
    assert model.digest == DEFAULT_DIGEST


def test_weights_that_were_tampered_with_are_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = Path(sentence_transformer._locate(sentence_transformer.DEFAULT_MODEL))
    body = bytearray((path / "model.safetensors").read_bytes())
    body[-1] ^= 1
    (tmp_path / "model.safetensors").write_bytes(body)
    monkeypatch.setattr(sentence_transformer, "_locate", lambda name: str(tmp_path))
    with pytest.raises(ModelError, match="have SHA-256"):
        SentenceTransformerEmbedder()


def test_a_folder_without_a_model_is_refused_by_name(tmp_path: Path) -> None:
    with pytest.raises(ModelError, match="could not be loaded"):
        SentenceTransformerEmbedder(str(tmp_path))


def test_a_name_that_nobody_knows_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    from huggingface_hub import constants

    monkeypatch.setattr(constants, "HF_HUB_OFFLINE", True)
    with pytest.raises(ModelError, match="no-such-model"):
        SentenceTransformerEmbedder("no-such-model")
