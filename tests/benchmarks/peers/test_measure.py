"""All peers get the same, are scored alike, and none stops the others."""

from __future__ import annotations

import gzip
from pathlib import Path

import pytest

from benchmarks.peers.base import Peer, Readings, Task
from benchmarks.peers.listing import one_cluster, singletons
from benchmarks.peers.measure import describe, measure, sample, to_task
from benchmarks.peers.ours import peers as ours
from pipelines.evaluate.run import embed
from schemas.settings import Settings
from tests.benchmarks.peers.tasks import task
from tests.news import HashedEmbedder
from tests.pipelines.evaluate.invented import TOPICS, read, records, write
from transforms.clustering.terms import tokenise
from transforms.embed import ArticleEmbedder


def broken(_: Task) -> Readings:
    raise ImportError("No module named 'river'")


def both_ways(_: Task) -> Readings:
    return {"wrong": list("abab"), "right": list("aabb")}


@pytest.fixture
def invented(tmp_path: Path) -> Task:
    corpus = read(write(tmp_path, records()))
    return to_task(corpus, embed(corpus.items, ArticleEmbedder(Settings()), HashedEmbedder()))


def test_a_peer_that_cannot_run_gives_its_reason_instead_of_figures() -> None:
    row = measure(task([0, 0, 1]), Peer("a", "stream", broken))
    assert row["error"] == "ImportError: No module named 'river'"
    assert "f1" not in row


def test_the_best_reading_counts_and_is_named() -> None:
    pytest.importorskip("sklearn")
    row = measure(task([0, 0, 1, 1]), Peer("a", "all", both_ways))
    assert (row["reading"], row["f1"]) == ("right", 1.0)


def test_the_floors_are_those_of_every_score() -> None:
    pytest.importorskip("sklearn")
    first = measure(task([0, 0, 1, 2]), Peer("a", "stream", singletons))
    second = measure(task([0, 0, 1, 2]), Peer("b", "stream", one_cluster))
    assert first["f1"] == first["floors"]["singletons"]["f1"]
    assert second["f1"] == first["floors"]["one_cluster"]["f1"]


def test_another_vector_or_story_makes_another_task() -> None:
    tasks = [task([0, 1]), task([0, 0]), task([0, 1], scored=[0]), task([0, 1], lost=["x"])]
    assert describe(tasks[0]) == describe(task([0, 1]))
    assert len({describe(one)["fingerprint"] for one in tasks}) == len(tasks)


def test_a_task_is_the_corpus_in_order_of_time(invented: Task) -> None:
    times = [article.article.time for article in invented.articles]
    assert times == sorted(times)
    assert invented.vectors.shape == (len(times), HashedEmbedder.dimension)
    assert set(invented.gold) == set(TOPICS)
    for article, text, words in zip(
        invented.segmented, invented.texts, invented.words, strict=True
    ):
        assert text.splitlines()[0] == article.article.title
        assert words[tokenise(article.article.title)[0]] >= 3.0


def test_storybeam_runs_as_one_of_the_peers(invented: Task) -> None:
    [peer] = ours(None)
    [found] = peer.run(invented).values()
    assert invented.f1(found) == 1.0


def test_a_large_corpus_is_thinned_in_its_order(tmp_path: Path) -> None:
    lines = [f'{{"id": {number}}}' for number in range(50)]
    path = tmp_path / "many.jsonl.gz"
    path.write_bytes(gzip.compress("\n".join(lines).encode()))
    folder = tmp_path / "smaller"
    folder.mkdir()
    kept = Path(sample(str(path), 20, folder)).read_text("utf-8").splitlines()
    assert len(kept) == 20
    assert [lines.index(line) for line in kept] == sorted(lines.index(line) for line in kept)
    assert Path(sample(str(path), 20, folder)).read_text("utf-8").splitlines() == kept


def test_a_corpus_within_the_limit_is_read_as_it_is(tmp_path: Path) -> None:
    path = write(tmp_path, records())
    assert sample(path, 1000, tmp_path) == path
