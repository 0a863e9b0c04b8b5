from __future__ import annotations

import json
from pathlib import Path

from pipelines.config_view import as_toml, settings
from pipelines.settings_file import load_settings
from schemas.settings import Settings
from tests.pipelines.commands import storybeam


def test_every_setting_is_listed_with_its_default_and_a_description() -> None:
    shown = {(setting.section, setting.name): setting for setting in settings()}
    dump = Settings().model_dump()
    assert set(shown) == {(section, name) for section in dump for name in dump[section]}
    for (section, name), setting in shown.items():
        assert setting.default == dump[section][name]
        assert len(setting.description) > 20


def test_the_table_has_every_name() -> None:
    output = storybeam("config").stdout
    for setting in settings():
        assert f"{setting.section}.{setting.name}" in output


def test_the_printed_file_is_the_defaults(tmp_path: Path) -> None:
    path = tmp_path / "storybeam.toml"
    path.write_text(storybeam("config", "--toml").stdout)
    assert load_settings(str(path)) == Settings()


def test_every_line_of_the_file_can_be_edited() -> None:
    text = as_toml()
    for setting in settings():
        assert f"\n{setting.name} = " in text or f"\n# {setting.name} = " in text


def test_programs_get_json() -> None:
    found = json.loads(storybeam("config", "--json").stdout)
    assert {row["name"] for row in found} == {setting.name for setting in settings()}
