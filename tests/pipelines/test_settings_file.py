from __future__ import annotations

from pathlib import Path

import pytest

from pipelines.settings_file import MAX_BYTES, load_settings
from schemas.settings import Settings
from transforms.errors import UsageError


def file(folder: Path, text: str) -> str:
    path = folder / "storybeam.toml"
    path.write_text(text)
    return str(path)


def test_without_anything_the_defaults_hold() -> None:
    assert load_settings() == Settings()


def test_a_file_changes_what_it_names(tmp_path: Path) -> None:
    changed = load_settings(file(tmp_path, "[events]\nwindow_minutes = 60\n"))
    assert changed.events.window_minutes == 60
    assert changed.events.candidates == Settings().events.candidates


def test_the_command_line_goes_before_the_file_and_the_model_before_both(tmp_path: Path) -> None:
    path = file(tmp_path, '[events]\nwindow_minutes = 60\n[embedding]\nmodel = "a"\nthreads = 2\n')
    changed = load_settings(path, ["events.window_minutes=5", "embedding.model=b"], "c")
    assert changed.events.window_minutes == 5
    assert (changed.embedding.model, changed.embedding.threads) == ("c", 2)


@pytest.mark.parametrize(
    ("change", "section", "name", "value"),
    [
        ("events.threshold=-0.5", "events", "threshold", -0.5),
        ("embedding.model=12", "embedding", "model", "12"),
        ("embedding.cache=/data/a=b.sqlite", "embedding", "cache", "/data/a=b.sqlite"),
        ('input.languages=["en", "de"]', "input", "languages", ["en", "de"]),
        ("input.fields.text=body_html", "input", "fields", {"text": "body_html"}),
        ('input.fields={text = "body_html"}', "input", "fields", {"text": "body_html"}),
        ("lake.partition='day'", "lake", "partition", "day"),
    ],
)
def test_values_are_what_the_setting_needs(
    change: str, section: str, name: str, value: object
) -> None:
    assert getattr(getattr(load_settings(changes=[change]), section), name) == value


def test_one_field_more_does_not_lose_those_of_the_file(tmp_path: Path) -> None:
    path = file(tmp_path, '[input.fields]\nid = "guid"\n')
    assert load_settings(path, ["input.fields.text=body"]).input.fields == {
        "id": "guid",
        "text": "body",
    }


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ("events.treshold=1", "no setting events.treshold (events.threshold is the nearest"),
        ("frobnicate.all=1", "no setting frobnicate"),
        ("events.window_minutes=soon", "events.window_minutes = 'soon'"),
        ("events.window_minutes=0", "greater than 0"),
        ("input.fields.colour=red", "no such field: colour"),
        ("window=1", "section.key=value was expected"),
        ("events.window_minutes", "section.key=value was expected"),
        ("events..x=1", "section.key=value was expected"),
        ("input.languages=[en", "cannot be used"),
        ("events.threshold.deep.down=1", "events.threshold"),
    ],
)
def test_what_cannot_be_used_is_named_with_what_was_expected(change: str, said: str) -> None:
    with pytest.raises(UsageError) as raised:
        load_settings(changes=[change])
    assert said in str(raised.value)


def test_all_mistakes_are_told_at_once() -> None:
    with pytest.raises(UsageError) as raised:
        load_settings(changes=["events.candidates=-1", "passages.similarity=7"])
    assert "events.candidates" in str(raised.value)
    assert "passages.similarity" in str(raised.value)


def test_a_section_is_no_place_for_a_setting_of_a_setting(tmp_path: Path) -> None:
    path = file(tmp_path, "events = 3\n")
    with pytest.raises(UsageError, match="events is not a section"):
        load_settings(path, ["events.threshold=1"])


@pytest.mark.parametrize("text", ["[events\n", "a = \n", "\x00", "a = " + "[" * 5_000])
def test_a_file_that_is_not_toml_is_told_by_its_name(tmp_path: Path, text: str) -> None:
    with pytest.raises(UsageError, match=r"storybeam\.toml is not valid TOML"):
        load_settings(file(tmp_path, text))


def test_a_file_that_is_not_text_is_told_by_its_name(tmp_path: Path) -> None:
    path = tmp_path / "storybeam.toml"
    path.write_bytes(b"\xff\xfe\x00")
    with pytest.raises(UsageError, match="is not valid TOML"):
        load_settings(str(path))


def test_a_file_that_is_missing_or_too_large_is_not_read(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="cannot be read"):
        load_settings(str(tmp_path / "none.toml"))
    with pytest.raises(UsageError, match="has more than"):
        load_settings(file(tmp_path, "#" * (MAX_BYTES + 1)))


def test_a_file_may_begin_with_a_byte_order_mark(tmp_path: Path) -> None:
    assert load_settings(file(tmp_path, "\ufeff[events]\nthreshold = 1\n")).events.threshold == 1
