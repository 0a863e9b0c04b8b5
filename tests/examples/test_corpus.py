"""The corpus and ``expected.json`` describe each other completely."""

from __future__ import annotations

import gzip
import runpy
from collections import Counter
from io import BytesIO
from itertools import pairwise
from pathlib import Path

import pyarrow.parquet as pq
import pytest

from schemas.reasons import REASONS
from schemas.records import Article, Rejection
from schemas.settings import InputSettings
from tests.examples.corpus import EXAMPLES, RESIDUE, copy_examples, expected
from transforms.parse import parse
from transforms.segment import paragraphs
from transforms.sources.files import SOURCES, find_files

NOW = 1_767_225_600_000_000
"""New Year 2026: after every date of the corpus that is meant to be right."""
MAX_BYTES = 250_000
NOT_SEEN_BY_PARSING = {"only_residue"}

Found = tuple[str, str, Article | Rejection]


@pytest.fixture(scope="module")
def found(tmp_path_factory: pytest.TempPathFactory) -> list[Found]:
    """File, place and result of every record of the corpus."""
    folder = copy_examples(tmp_path_factory.mktemp("corpus") / "examples")
    results: list[Found] = []
    for file in find_files([str(folder)]).files:
        name = Path(file.path).relative_to(folder).as_posix()
        for record in SOURCES[file.format].read(_opened(file.path), file, InputSettings()):
            assert not isinstance(record, Rejection)
            results.append((name, record.place, parse(record, InputSettings(), NOW)))
    return results


@pytest.fixture(scope="module")
def articles(found: list[Found]) -> dict[tuple[str, str | None], list[Article]]:
    """The versions of every article by file and source id, in the order of the file."""
    versions: dict[tuple[str, str | None], list[Article]] = {}
    unusable = {(item.file, f"line {item.line}") for item in expected().rejections}
    for file, place, result in found:
        if isinstance(result, Article) and (file, place) not in unusable:
            versions.setdefault((file, result.source_id), []).append(result)
    return versions


def _opened(path: str) -> BytesIO:
    body = Path(path).read_bytes()
    return BytesIO(gzip.decompress(body) if path.endswith(".gz") else body)


def _paragraphs(article: Article) -> list[str]:
    return list(article.blocks) or paragraphs(article.text)


def test_a_directory_holds_nothing_that_cannot_be_read() -> None:
    assert find_files([str(EXAMPLES)]).rejections == ()
    assert {file.format for file in find_files([str(EXAMPLES)]).files} == set(SOURCES)


def test_every_article_is_expected_and_none_is_missing(
    articles: dict[tuple[str, str | None], list[Article]],
) -> None:
    wanted = {(item.file, item.source_id): item.versions for item in expected().articles}
    assert {key: len(versions) for key, versions in articles.items()} == wanted


def test_titles_and_dates_are_as_expected(
    articles: dict[tuple[str, str | None], list[Article]],
) -> None:
    for item in expected().articles:
        newest = articles[item.file, item.source_id][-1]
        assert (newest.title, newest.date_status) == (item.title, item.date_status)


def test_every_paragraph_of_every_version_has_a_label(
    articles: dict[tuple[str, str | None], list[Article]],
) -> None:
    for item in expected().articles:
        versions = articles[item.file, item.source_id]
        assert len(_paragraphs(versions[-1])) == len(item.paragraphs), item.title
        if item.versions > 1:
            assert len(_paragraphs(versions[0])) == len(item.earlier_paragraphs), item.title


def test_labels_are_storylines_that_have_several_articles() -> None:
    told = Counter(
        label for item in expected().articles for label in {name for _, name in item.labelled}
    )
    assert set(told) == set(expected().storylines)
    assert min(told.values()) >= 3
    assert {item.storyline for item in expected().articles} - {None} == set(told)


def test_paragraphs_about_one_thing_stand_together() -> None:
    for item in expected().articles:
        labels = [label for label in item.paragraphs if label != RESIDUE]
        changes = sum(one != other for one, other in pairwise(labels))
        assert changes == max(len(set(labels)) - 1, 0), item.title


def test_broken_records_are_refused_for_the_stated_reason(found: list[Found]) -> None:
    results = {(file, place): result for file, place, result in found}
    for item in expected().rejections:
        assert item.reason in REASONS
        result = results[item.file, f"line {item.line}"]
        if item.reason not in NOT_SEEN_BY_PARSING:
            assert isinstance(result, Rejection)
            assert result.reason == item.reason
    refused = {key for key, result in results.items() if isinstance(result, Rejection)}
    assert refused <= {(item.file, f"line {item.line}") for item in expected().rejections}


def test_copies_have_the_text_of_their_original_but_for_a_word(
    articles: dict[tuple[str, str | None], list[Article]],
) -> None:
    newest = {versions[-1].source_id: versions[-1] for versions in articles.values()}
    copies = [item for item in expected().articles if item.copy_of]
    different = []
    for item in copies:
        copy, original = newest[item.source_id], newest[item.copy_of]
        assert copy.article_id != original.article_id
        assert copy.source != original.source
        pairs = zip(_paragraphs(copy), _paragraphs(original), strict=True)
        different.append(sum(one != other for one, other in pairs))
    assert sorted(different) == [0, 1]


def test_the_update_has_the_identity_of_its_first_version(
    articles: dict[tuple[str, str | None], list[Article]],
) -> None:
    updated = [versions for versions in articles.values() if len(versions) > 1]
    assert len(updated) == 1
    first, second = updated[0]
    assert first.article_id == second.article_id
    assert first.url != second.url
    assert first.updated_at is None
    assert second.updated_at is not None
    before, after = _paragraphs(first), _paragraphs(second)
    assert [old == new for old, new in zip(before, after, strict=False)].count(False) == 1
    assert len(after) == len(before) + 1


def test_the_phone_call_comes_last_and_ends_in_a_comment_form(
    articles: dict[tuple[str, str | None], list[Article]],
) -> None:
    call = articles["archive/phone-call.txt", None][0]
    assert call.time == max(versions[-1].time for versions in articles.values())
    assert _paragraphs(call)[-1].startswith("Leave a Reply Your email address")
    body = (EXAMPLES / "archive/phone-call.txt").read_text("utf-8")
    assert not body.endswith("\n")
    assert {"“", "”", "’", "—"} <= set(body)


def test_one_comment_form_is_stuck_to_the_last_sentence(
    articles: dict[tuple[str, str | None], list[Article]],
) -> None:
    stuck = [(item, position) for item in expected().articles for position in item.stuck]
    assert len(stuck) == 1
    for item, position in stuck:
        text = _paragraphs(articles[item.file, item.source_id][-1])[position]
        assert text.endswith("Required fields are marked *")
        assert not text.startswith("Leave a Reply")
        assert item.paragraphs[position] != RESIDUE


def test_one_line_is_not_utf_8() -> None:
    lines = (EXAMPLES / "articles.jsonl").read_bytes().splitlines()
    odd = [
        line for line in lines if line.decode("utf-8", "replace") != line.decode("utf-8", "ignore")
    ]
    assert len(odd) == 1
    assert "façade" in odd[0].decode("latin-1")


def test_the_parquet_file_is_what_its_source_says() -> None:
    script = runpy.run_path(str(EXAMPLES / "_regional" / "make_parquet.py"))
    assert pq.read_table(script["TARGET"]).equals(script["table"]())


def test_the_corpus_is_small() -> None:
    assert sum(path.stat().st_size for path in EXAMPLES.rglob("*") if path.is_file()) < MAX_BYTES
