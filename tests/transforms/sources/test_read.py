from __future__ import annotations

import json
from pathlib import Path

import apache_beam as beam
from apache_beam.runners.portability.fn_api_runner import FnApiRunner
from apache_beam.testing.util import assert_that, equal_to

from schemas.records import RawDocument, Rejection
from schemas.settings import InputSettings
from transforms.sources.files import FoundFiles, find_files
from transforms.sources.read import ReadDocuments


def origin_and_place(record: RawDocument | Rejection) -> tuple[str, str]:
    return Path(record.origin).name, record.place


def test_documents_and_rejections_leave_on_their_own_outputs(tmp_path: Path) -> None:
    (tmp_path / "a.jsonl").write_text('{"text": "one"}\n' + json.dumps({"text": "x" * 999}))
    (tmp_path / "b.txt").write_text("Title\n\nText")
    (tmp_path / "c.parquet").write_bytes(b"broken")
    (tmp_path / "d.png").write_bytes(b"picture")
    settings = InputSettings(max_record_bytes=500)
    with beam.Pipeline(FnApiRunner()) as pipeline:
        outputs = pipeline | ReadDocuments(find_files([str(tmp_path)]), settings)
        assert_that(
            outputs["documents"] | beam.Map(origin_and_place),
            equal_to([("a.jsonl", "line 1"), ("b.txt", "")]),
            "documents",
        )
        assert_that(
            outputs["rejections"] | "Which" >> beam.Map(origin_and_place),
            equal_to([("a.jsonl", "line 2"), ("c.parquet", ""), ("d.png", "")]),
            "rejections",
        )


def test_the_outputs_are_typed_so_that_no_pickle_travels() -> None:
    pipeline = beam.Pipeline(FnApiRunner())
    outputs = pipeline | ReadDocuments(FoundFiles((), (), ()), InputSettings())
    assert outputs["documents"].element_type == RawDocument
    assert outputs["rejections"].element_type == Rejection


def test_no_files_are_no_documents() -> None:
    with beam.Pipeline(FnApiRunner()) as pipeline:
        outputs = pipeline | ReadDocuments(FoundFiles((), (), ()), InputSettings())
        assert_that(outputs["documents"], equal_to([]), "documents")
        assert_that(outputs["rejections"], equal_to([]), "rejections")
