"""A corpus is read as a run reads it, and its gold stories stay with their articles."""

from __future__ import annotations

from itertools import pairwise
from pathlib import Path

import pytest

from tests.pipelines.evaluate.invented import read, record, records, write
from transforms.errors import UsageError


def test_the_name_is_that_of_the_file(tmp_path: Path) -> None:
    assert read(write(tmp_path, records(1), "wires_2017.jsonl")).name == "wires_2017"


def test_dated_articles_come_by_date(tmp_path: Path) -> None:
    corpus = read(write(tmp_path, records(2)[::-1]))
    times = [item.article.article.published_at for item in corpus.items]
    assert times == sorted(times)


def test_undated_articles_come_in_the_order_of_the_file_at_one_step(tmp_path: Path) -> None:
    corpus = read(write(tmp_path, records(2, dated=False)), step_minutes=5)
    heads = [item.article.article for item in corpus.items]
    assert [head.source_id for head in heads] == [row["id"] for row in records(2)]
    assert {head.published_at for head in heads} == {None}
    gaps = {b.time - a.time for a, b in pairwise(heads)}
    assert gaps == {5 * 60_000_000}


def test_undated_articles_come_after_dated_ones(tmp_path: Path) -> None:
    rows = [record("harbour", 1), record("harbour", 2, date="2017-03-01")]
    corpus = read(write(tmp_path, rows))
    assert [i.article.article.source_id for i in corpus.items] == ["harbour-2", "harbour-1"]


def test_each_paragraph_has_the_story_of_its_article(tmp_path: Path) -> None:
    [item, *_] = read(write(tmp_path, records(1))).items
    assert item.stories == (item.story,) * len(item.article.paragraphs)


def test_another_key_can_hold_the_gold(tmp_path: Path) -> None:
    path = write(tmp_path, [record("harbour", 1, subject=7)])
    assert [item.story for item in read(path, gold="subject").items] == ["7"]


def test_a_gold_key_that_is_nowhere_is_wrong_use(tmp_path: Path) -> None:
    path = write(tmp_path, records(1))
    with pytest.raises(UsageError, match="has the key 'topci'"):
        read(path, gold="topci")


def test_a_corpus_without_gold_is_streamed_all_the_same(tmp_path: Path) -> None:
    corpus = read(write(tmp_path, [record("harbour", 1, story=None)]))
    assert [item.story for item in corpus.items] == [None]


def test_articles_before_the_date_are_streamed_but_not_scored(tmp_path: Path) -> None:
    path = write(tmp_path, records(3))
    corpus = read(path, since={"news": "2017-03-03"})
    assert len(corpus.items) == 12
    assert sum(item.scored for item in corpus.items) == 4
    assert all(item.scored for item in read(path, since={"other": "2017-03-03"}).items)


def test_stories_that_the_pattern_matches_are_left_out(tmp_path: Path) -> None:
    corpus = read(write(tmp_path, records(2)), drop="^(harbour|vaccine)$")
    assert {item.story for item in corpus.items} == {"senatea", "orbitqs"}


def test_the_limit_keeps_the_earliest(tmp_path: Path) -> None:
    corpus = read(write(tmp_path, records(3)[::-1]), limit=4)
    assert {item.article.article.source_id for item in corpus.items} == {
        row["id"] for row in records(1)
    }


def test_a_few_stories_can_be_taken_whole(tmp_path: Path) -> None:
    corpus = read(write(tmp_path, records(3)), stories=2)
    assert [item.story for item in corpus.items] == ["harbour", "senatea"] * 3


def test_two_articles_with_one_id_keep_their_own_stories(tmp_path: Path) -> None:
    rows = [
        record("harbour", 1, id="same", url="https://a.example/1"),
        record("vaccine", 1, id="same", url="https://b.example/2"),
    ]
    stories = [item.story for item in read(write(tmp_path, rows)).items]
    assert sorted(map(str, stories)) == ["harbour", "vaccine"]


def test_the_stories_of_rejected_records_are_remembered(tmp_path: Path) -> None:
    rows = [*records(1), {"id": "x", "story": "harbour", "text": ""}, "{broken"]
    corpus = read(write(tmp_path, rows))
    assert corpus.lost == ("harbour",)
    assert len(corpus.items) == 4


@pytest.mark.parametrize(
    ("reading", "words"),
    [({"drop": "("}, "no regular expression"), ({"since": {"": "soon"}}, "cannot be read")],
)
def test_options_that_mean_nothing_are_wrong_use(
    tmp_path: Path, reading: dict[str, object], words: str
) -> None:
    with pytest.raises(UsageError, match=words):
        read(write(tmp_path, records(1)), **reading)


def test_a_corpus_must_be_json_lines(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="JSON Lines"):
        read(write(tmp_path, ["A title"], "note.txt"))
