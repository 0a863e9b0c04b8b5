from __future__ import annotations

import gzip
import json
from pathlib import Path

import pytest

from tests.transforms.sources.reading import bodies, objects, places, read, reasons, rejections
from transforms.sources import json_document

RECORDS = [{"id": n, "text": f'Text [{n}] with, "quotes" and {{braces}}'} for n in range(4)]


@pytest.mark.parametrize("indent", [None, 2])
@pytest.mark.parametrize("name", ["a.jsonl", "a.json", "a.jsonl.gz"])
def test_the_elements_of_an_array_are_records(
    tmp_path: Path, indent: int | None, name: str
) -> None:
    content = json.dumps(RECORDS, indent=indent).encode()
    path = tmp_path / name
    path.write_bytes(gzip.compress(content) if name.endswith(".gz") else content)
    records = read(path)
    assert objects(records) == RECORDS
    assert places(records) == ["item 1", "item 2", "item 3", "item 4"]
    assert reasons(records) == []


def test_objects_over_several_lines_are_records(tmp_path: Path) -> None:
    path = tmp_path / "a.json"
    path.write_text("\ufeff\n" + "\n".join(json.dumps(record, indent=1) for record in RECORDS))
    assert objects(read(path)) == RECORDS


def test_an_empty_array_has_no_records(tmp_path: Path) -> None:
    path = tmp_path / "a.json"
    path.write_text(" [ ] \n")
    assert read(path) == []


def test_arrays_in_lines_stay_lines(tmp_path: Path) -> None:
    path = tmp_path / "a.jsonl"
    path.write_text('["a", 1]\n{"text": "an object"}\n')
    assert places(read(path)) == ["line 1", "line 2"]


@pytest.mark.parametrize(
    ("tail", "kept"),
    [(', {"id": 9', 4), ("", 4), ("] trailing", 4), (", nonsense]", 4), (", " + "[" * 100_000, 4)],
)
def test_a_broken_array_gives_what_came_before_the_break(
    tmp_path: Path, tail: str, kept: int
) -> None:
    path = tmp_path / "a.json"
    path.write_text(json.dumps(RECORDS)[:-1] + tail)
    records = read(path)
    assert objects(records) == RECORDS[:kept]
    assert reasons(records) == ["bad_json"]


def test_an_element_over_the_limit_is_refused_alone(tmp_path: Path) -> None:
    path = tmp_path / "a.json"
    path.write_text(json.dumps([RECORDS[0], {"text": "x" * 2_000}, RECORDS[1]]))
    records = read(path, max_record_bytes=1_000)
    assert objects(records) == RECORDS[:2]
    assert [(r.reason, r.place) for r in rejections(records)] == [("too_large", "item 2")]


def test_an_array_that_memory_should_not_hold_is_refused_with_a_way_out(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(json_document, "MAX_DOCUMENT_BYTES", 100)
    path = tmp_path / "a.json"
    path.write_text(json.dumps(RECORDS))
    (refused,) = rejections(read(path))
    assert refused.reason == "too_large"
    assert "one record a line" in refused.message


def test_an_array_in_another_encoding_is_decoded(tmp_path: Path) -> None:
    path = tmp_path / "a.json"
    text = json.dumps([{"text": "Le café était fermé depuis l’été"}] * 9, ensure_ascii=False)
    path.write_bytes(text.encode("cp1252"))
    assert objects(read(path)) == json.loads(text)


def test_bytes_that_are_no_text_are_refused_as_a_whole(tmp_path: Path) -> None:
    path = tmp_path / "a.json"
    path.write_bytes(b"[" + bytes(range(128, 160)) * 50)
    records = read(path)
    assert bodies(records) == []
    assert reasons(records) == ["not_text"]
