"""Stitched digests: a fixed rule, true labels, always after their stories."""

from __future__ import annotations

from pathlib import Path

import pytest

from pipelines.evaluate.corpus import Item
from pipelines.evaluate.digests import stitch
from tests.pipelines.evaluate.invented import SETTINGS, read, records, write


def corpus(folder: Path, dated: bool = True) -> tuple[Item, ...]:
    return read(write(folder, records(4, dated))).items


def test_a_digest_has_two_to_four_paragraphs_of_each_of_three_stories(tmp_path: Path) -> None:
    for digest in stitch(corpus(tmp_path), SETTINGS, 20):
        counts = [digest.stories.count(story) for story in dict.fromkeys(digest.stories)]
        assert len(counts) == 3
        assert set(counts) <= {2, 3, 4}


def test_its_paragraphs_are_those_of_the_corpus_with_their_stories(tmp_path: Path) -> None:
    items = corpus(tmp_path)
    story_of = {p.text: item.story for item in items for p in item.article.paragraphs}
    for digest in stitch(items, SETTINGS, 20):
        texts = [paragraph.text for paragraph in digest.article.paragraphs]
        assert [story_of[text] for text in texts] == list(digest.stories)


def test_the_same_seed_gives_the_same_digests(tmp_path: Path) -> None:
    items = corpus(tmp_path)
    assert stitch(items, SETTINGS, 5) == stitch(items, SETTINGS, 5)
    assert stitch(items, SETTINGS, 5) != stitch(items, SETTINGS, 5, seed=1)


@pytest.mark.parametrize("dated", [True, False])
def test_a_digest_comes_after_the_articles_of_its_stories(tmp_path: Path, dated: bool) -> None:
    items = corpus(tmp_path, dated)
    for digest in stitch(items, SETTINGS, 20):
        last = max(i.article.article.time for i in items if i.story in digest.stories)
        head = digest.article.article
        assert head.time > last
        assert (head.published_at is not None) == dated


def test_only_scored_articles_are_used(tmp_path: Path) -> None:
    items = [item._replace(scored=item.story != "harbour") for item in corpus(tmp_path)]
    digests = stitch(items, SETTINGS, 20)
    assert digests
    assert all("harbour" not in digest.stories for digest in digests)


def test_two_stories_make_no_digest(tmp_path: Path) -> None:
    items = [item for item in corpus(tmp_path) if item.story in ("harbour", "vaccine")]
    assert stitch(items, SETTINGS, 20) == []
