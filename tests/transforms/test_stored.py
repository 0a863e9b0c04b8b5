"""What a lake has of an article is enough to make it again, with its vectors."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from schemas.records import EmbeddedArticle, Residue
from schemas.settings import InputSettings
from tests.news import article, engine, read, report, sentence
from transforms.clustering import rows
from transforms.clustering.engine import Engine
from transforms.clustering.step import Step
from transforms.errors import LakeError
from transforms.stored import embedded, segmented

TOPICS = ("tea", "teb", "xua", "gaa", "koa")


def stored(step: Step) -> tuple[list[rows.Row], list[rows.Row], list[rows.Row], dict[str, Any]]:
    """The rows of what a window placed: articles, paragraphs, residue, and passages by id."""
    of = step.storyline_of.__getitem__
    placed = {each.record.article_id: each for each in step.placed}.values()
    passages = [row for each in step.placed for row in rows.passage_rows(each, of)]
    return (
        [rows.article_row(each, of, InputSettings()) for each in placed],
        [row for each in placed for row in rows.paragraph_rows(each, of)][::-1],
        [row for each in placed for row in rows.residue_rows(each)],
        {row["passage_id"]: row for row in passages},
    )


def again(step: Step) -> list[EmbeddedArticle | None]:
    *found, passages = stored(step)
    return [embedded(each, names, passages) for each, names in segmented(*found)]


def plain(item: EmbeddedArticle) -> EmbeddedArticle:
    """The article with lists for whatever sequences it has, and as a first reading has it."""
    passages = [each._replace(paragraphs=list(each.paragraphs)) for each in item.passages]
    first = item.article.first_fetched_at or item.article.fetched_at
    head = item.article._replace(blocks=[], first_fetched_at=first)
    return item._replace(
        article=head,
        passages=passages,
        paragraphs=list(item.paragraphs),
        residue=list(item.residue),
    )


@settings(max_examples=60, deadline=None)
@given(
    st.lists(st.tuples(st.sampled_from(TOPICS), st.integers(0, 3)), min_size=1, max_size=8),
    st.sampled_from([None, "Crown stolen", "The week in brief"]),
    st.sampled_from([None, 0.0, 3.5]),
)
def test_an_article_comes_back_as_it_went_in(
    parts: list[tuple[str, int]], title: str | None, day: float | None
) -> None:
    texts = tuple(sentence(topic, number) for topic, number in parts)
    original = article("n1", texts, day, title=title, fetched=4.0)
    [found] = again(read(engine(), original))
    assert found is not None
    assert plain(found) == plain(original)


def test_a_title_that_stands_for_a_missing_text_comes_back() -> None:
    original = article("n1", ("Leave a Reply",), title="Crown stolen from the museum of Lindenau")
    assert [each.position for each in original.paragraphs] == [-1]
    [found] = again(read(engine(), original))
    assert found is not None
    assert plain(found) == plain(original)


def test_a_copy_comes_back_like_any_other() -> None:
    core = engine()
    one, copy = article("n1", report("tea"), 0.0), article("n2", report("tea"), 0.1)
    found = again(read(core, one, copy))
    assert [each and plain(each) for each in found] == [plain(one), plain(copy)]


def updated() -> tuple[Engine, Step]:
    core = engine()
    read(core, article("n1", report("tea"), 0.0))
    text = (*report("tea"), sentence("xua", 7))
    return core, read(core, article("n1", text, 0.0, updated=1.0, fetched=1.0))


def test_an_updated_article_keeps_its_history_and_has_to_be_embedded() -> None:
    _, step = updated()
    *found, passages = stored(step)
    [(bare, names)] = segmented(*found)
    assert embedded(bare, names, passages) is None
    head = bare.article
    assert (head.version, head.first_fetched_at, len(bare.paragraphs)) == (
        2,
        article("n1", report("tea"), 0.0).article.fetched_at,
        4,
    )


def test_a_history_that_is_given_goes_on() -> None:
    _, step = updated()
    *found, _ = stored(step)
    [(bare, _)] = segmented(*found)
    base = article("n1", (*report("tea"), sentence("xua", 7)), 0.0, updated=1.0, fetched=1.0)
    core = engine()
    read(core, base._replace(article=bare.article))
    [record] = core.registry.records.values()
    assert (record.version, record.first_fetched) == (2, bare.article.first_fetched_at)
    newer = article("n1", report("tea", 9), 0.0, updated=2.0, fetched=2.0)
    read(core, newer)
    [record] = core.registry.records.values()
    assert (record.version, record.first_fetched) == (3, bare.article.first_fetched_at)


def test_an_older_lake_without_leads_and_digests_can_be_read() -> None:
    *found, passages = stored(read(engine(), article("n1", report("tea"))))
    del found[0][0]["digest"]
    for row in passages.values():
        del row["lead"]
    [(bare, names)] = segmented(*found)
    assert embedded(bare, names, passages) is None
    assert len(bytes.fromhex(bare.article.digest)) == 16


def test_equal_pieces_of_residue_are_counted_though_one_row_is_kept() -> None:
    articles, paragraphs, _, _ = stored(read(engine(), article("n1", report("tea"))))
    articles[0]["residue"] = 2
    row = {"article_id": articles[0]["article_id"], "position": 1, "rule": "share", "text": "X"}
    [(bare, _)] = segmented(articles, paragraphs, [row])
    assert bare.residue == [Residue(1, "share", "X")] * 2


def test_an_article_without_paragraphs_is_damage() -> None:
    articles, *_ = stored(read(engine(), article("n1", report("tea"))))
    with pytest.raises(LakeError, match="has no paragraph"):
        list(segmented(articles, [], []))


def test_vectors_come_back_to_the_last_bit() -> None:
    step = read(engine(), article("n1", report("tea"), title="Crown stolen"))
    *found, passages = stored(step)
    for row in passages.values():  # As Parquet has them.
        row["lead"] = np.array(row["lead"].tolist(), np.float32)
    [(bare, names)] = segmented(*found)
    [passage] = step.placed[0].article.passages
    same = embedded(bare, names, passages)
    assert same is not None
    assert (same.passages[0].vector, same.passages[0].lead) == (passage.vector, passage.lead)
