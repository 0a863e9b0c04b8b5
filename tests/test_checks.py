"""Every DoFn of the graph passes the generic checks, and the checks can fail."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import apache_beam as beam
import pytest

from schemas.records import RawDocument, reject
from schemas.settings import InputSettings, Settings
from tests.checks import check_dofn
from tests.news import article, report
from transforms.parse import parse_documents
from transforms.segment import segment_articles
from transforms.tables import RejectionBatches

NOW = 1_767_225_600_000_000
ARTICLES = [
    article(f"n{n}", report("tea", n), n).article._replace(blocks=list(report("tea", n)))
    for n in range(4)
]
DOCUMENTS = [
    RawDocument("news.jsonl", f"line {n}", "json", 0, body)
    for n, body in enumerate((b'{"title": "One", "text": "One two three four."}', b"{", b"[]"))
]
REJECTIONS = [reject("parse", "bad_json", "no", "news.jsonl", f"line {n}", NOW) for n in range(3)]

GRAPH: list[tuple[Callable[[], beam.DoFn], list[Any]]] = [
    (lambda: _dofn(parse_documents(InputSettings(), NOW)), DOCUMENTS),
    (lambda: _dofn(segment_articles(Settings())), ARTICLES),
    (lambda: RejectionBatches("month"), REJECTIONS),
]


def _dofn(transform: Any) -> beam.DoFn:
    """The DoFn inside a ParDo, with or without side outputs."""
    inner = getattr(transform, "_do_transform", transform)
    assert isinstance(inner.fn, beam.DoFn)
    return inner.fn


@pytest.mark.parametrize(("make", "elements"), GRAPH, ids=["parse", "segment", "rejections"])
def test_every_step_without_state_is_well_behaved(
    make: Callable[[], beam.DoFn], elements: list[Any]
) -> None:
    check_dofn(make, elements)


class Careless(beam.DoFn):
    def process(self, element: list[int]) -> list[int]:
        element.append(1)
        return [len(element)]


class Counting(beam.DoFn):
    def setup(self) -> None:
        self.seen = 0

    def process(self, element: int) -> list[int]:
        self.seen += 1
        return [self.seen * element]


def test_the_checks_find_a_changed_input_and_a_hidden_state() -> None:
    with pytest.raises(AssertionError, match="input was changed"):
        check_dofn(Careless, [[1], [2]])
    with pytest.raises(AssertionError, match="order mattered"):
        check_dofn(Counting, [1, 2, 3])
