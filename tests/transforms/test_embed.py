"""Articles are embedded in batches, and each gets what it would get alone."""

from __future__ import annotations

import pickle

import pytest

from schemas.records import Paragraph, SegmentedArticle
from schemas.settings import EmbeddingSettings, Settings
from tests.news import HashedEmbedder, article, report
from transforms import embed
from transforms.embed import ArticleEmbedder
from transforms.embedding.cache import CachedEmbedder
from transforms.signature import signature

SEGMENTED = [
    SegmentedArticle(*article(f"n{n}", report("tea", n), n, title="One" if n else None)[:3])
    for n in range(4)
]
HANDLER = ArticleEmbedder(Settings())


def test_an_article_gets_the_same_in_a_batch_and_alone() -> None:
    together = list(HANDLER.run_inference(SEGMENTED, HashedEmbedder()))
    alone = [next(iter(HANDLER.run_inference([one], HashedEmbedder()))) for one in SEGMENTED]
    assert together == alone
    assert [one.article for one in together] == [one.article for one in SEGMENTED]


def test_every_paragraph_is_in_one_passage_and_the_shares_add_up() -> None:
    for found in HANDLER.run_inference(SEGMENTED, HashedEmbedder()):
        rows = sorted(row for passage in found.passages for row in passage.paragraphs)
        assert rows == list(range(len(found.paragraphs)))
        assert sum(passage.share for passage in found.passages) == pytest.approx(1.0)
        assert found.signature == signature([p.text for p in found.paragraphs])


def test_all_texts_of_a_batch_are_embedded_in_one_call() -> None:
    calls: list[int] = []

    class Counting(HashedEmbedder):
        def embed(self, texts):  # type: ignore[no-untyped-def]
            calls.append(len(texts))
            return super().embed(texts)

    list(HANDLER.run_inference(SEGMENTED, Counting()))
    assert calls == [4 * 3 + 3]


def test_an_article_of_a_title_only_is_embedded_from_it() -> None:
    head = SEGMENTED[1].article._replace(title="Crown stolen from museum")
    only = SegmentedArticle(head, [Paragraph("p1", -1, "Crown stolen from museum")], [])
    [found] = HANDLER.run_inference([only], HashedEmbedder())
    assert [list(passage.paragraphs) for passage in found.passages] == [[0]]


def test_the_handler_can_be_sent_to_a_worker() -> None:
    again = pickle.loads(pickle.dumps(HANDLER))  # noqa: S301
    assert list(again.run_inference(SEGMENTED, HashedEmbedder())) == list(
        HANDLER.run_inference(SEGMENTED, HashedEmbedder())
    )


def test_a_process_loads_one_model_and_wraps_it_in_a_cache_if_asked(
    monkeypatch: pytest.MonkeyPatch, tmp_path: object
) -> None:
    from transforms.embedding import sentence_transformer

    loaded: list[str] = []

    def load(name: str, threads: int) -> HashedEmbedder:
        loaded.append(name)
        return HashedEmbedder()

    monkeypatch.setattr(sentence_transformer, "SentenceTransformerEmbedder", load)
    embed.embedder.cache_clear()
    settings = EmbeddingSettings(cache=f"{tmp_path}/vectors.sqlite")
    assert embed.embedder(settings) is embed.embedder(settings)
    assert isinstance(embed.embedder(settings), CachedEmbedder)
    assert loaded == ["all-MiniLM-L6-v2"]
    embed.embedder.cache_clear()
