from __future__ import annotations

import pytest

from pipelines.failures import FAILED, INTERRUPTED, WRONG_USE, reported, unwrap
from transforms.errors import LakeError, ModelError, StorybeamError, UsageError

PRINTED = """Traceback (most recent call last):
  File "apache_beam/runners/common.py", line 1498, in process
    return self.do_fn_invoker.invoke_process(windowed_value)
transforms.errors.LakeError: a.parquet could not be written: disk full. [while running 'Commit']
"""


def test_an_error_is_itself() -> None:
    error = UsageError("No.")
    assert str(unwrap(error)) == "No."


def test_an_error_is_found_behind_those_that_it_caused() -> None:
    try:
        try:
            raise LakeError("Damaged. [while running 'Commit']")
        except LakeError as first:
            raise RuntimeError("worker failed") from first
    except RuntimeError as error:
        found = unwrap(error)
    assert isinstance(found, LakeError)
    assert str(found) == "Damaged."


def test_an_error_that_a_runner_printed_is_read_again() -> None:
    found = unwrap(RuntimeError(PRINTED))
    assert isinstance(found, LakeError)
    assert str(found) == "a.parquet could not be written: disk full."


@pytest.mark.parametrize("text", ["transforms.errors.annotations: x", "KeyError: 3", ""])
def test_what_is_not_ours_is_nothing(text: str) -> None:
    assert unwrap(RuntimeError(text)) is None


def test_errors_that_cause_each_other_do_not_go_on_for_ever() -> None:
    first, second = RuntimeError("a"), RuntimeError("b")
    first.__cause__, second.__cause__ = second, first
    assert unwrap(first) is None


@pytest.mark.parametrize(
    ("error", "code"),
    [
        (UsageError("x"), WRONG_USE),
        (ModelError("x"), WRONG_USE),
        (LakeError("x"), FAILED),
        (StorybeamError("x"), FAILED),
        (ZeroDivisionError("x"), FAILED),
        (RuntimeError(PRINTED), FAILED),
    ],
)
def test_each_kind_of_error_has_its_exit_code(error: Exception, code: int) -> None:
    with pytest.raises(SystemExit) as raised, reported(debug=False):
        raise error
    assert raised.value.code == code


def test_ctrl_c_is_told_apart(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as raised, reported(False, "It stays as it is."):
        raise KeyboardInterrupt
    assert raised.value.code == INTERRUPTED
    assert "It stays as it is." in capsys.readouterr().err


def test_a_traceback_is_shown_when_it_is_asked_for(capsys: pytest.CaptureFixture[str]) -> None:
    for debug in (False, True):
        with pytest.raises(SystemExit), reported(debug):
            raise LakeError("Damaged.")
        said = capsys.readouterr()
        assert said.out == ""
        assert "Error: Damaged." in said.err
        assert ("Traceback" in said.err) == debug


def test_an_unforeseen_error_is_one_paragraph(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit), reported(False):
        raise RuntimeError("Traceback…\n  File x\nKeyError: 'a' [while running 'Parse']")
    said = capsys.readouterr().err
    assert "nobody foresaw (KeyError: 'a')" in said
    assert said.count("\n") == 1
