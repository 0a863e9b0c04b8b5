from __future__ import annotations

import json
import logging

import pytest

from pipelines import logs
from transforms.errors import UsageError


def test_each_json_line_is_one_object_with_its_fields(capsys: pytest.CaptureFixture[str]) -> None:
    logs.set_up("json")
    logs.tell("Read.", files=3, snapshot=None, names=["a\nb"])
    logs.tell("No \x1b[31mroom\u2028.", logging.ERROR)
    first, second = map(json.loads, capsys.readouterr().err.splitlines())
    assert first.pop("time").endswith("+00:00")
    assert first == {"level": "info", "message": "Read.", "files": 3, "names": ["a\nb"]}
    assert (second["level"], second["message"]) == ("error", "No \x1b[31mroom\u2028.")


def test_json_lines_are_ascii_whatever_is_said(capsys: pytest.CaptureFixture[str]) -> None:
    logs.set_up("json")
    logs.tell("Café \udce9 \u202e")
    assert capsys.readouterr().err.isascii()


def test_others_are_heard_only_when_asked_for(capsys: pytest.CaptureFixture[str]) -> None:
    logs.set_up("json")
    logging.getLogger("apache_beam").warning("noise")
    assert capsys.readouterr().err == ""
    logs.set_up("json", debug=True)
    logging.getLogger("apache_beam").warning("%s", "noise")
    assert json.loads(capsys.readouterr().err)["logger"] == "apache_beam"


def test_a_traceback_stays_on_its_line(capsys: pytest.CaptureFixture[str]) -> None:
    logs.set_up("json")
    try:
        raise ValueError("x")
    except ValueError:
        logs.LOG.error("Failed.", exc_info=True)
    (line,) = capsys.readouterr().err.splitlines()
    assert "ValueError: x" in json.loads(line)["traceback"]


def test_lines_for_people_are_one_line_and_obey_nothing(capsys: pytest.CaptureFixture[str]) -> None:
    logs.set_up("text")
    logs.tell("Read \x1b[2J\nthree.", files=3, path="a b")
    (line,) = capsys.readouterr().err.splitlines()
    assert line.endswith('info    Read �[2J three.  files=3 path="a b"')


def test_only_json_is_for_programs() -> None:
    logs.set_up("json")
    assert logs.as_json()
    logs.set_up("text")
    assert not logs.as_json()


def test_an_unknown_form_is_refused() -> None:
    assert logs.form("json") == "json"
    with pytest.raises(UsageError, match="Known are: text, json"):
        logs.form("xml")
