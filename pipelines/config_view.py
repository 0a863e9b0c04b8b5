"""``storybeam config``: every setting, its default, its unit and the reason."""

from __future__ import annotations

import json
import textwrap
from collections.abc import Iterator
from typing import Any, NamedTuple

from pipelines.console import cell, grid, line, out
from schemas.settings import Settings


class Setting(NamedTuple):
    """One line of the configuration."""

    section: str
    name: str
    default: Any
    description: str
    """Unit and reason."""


_WHY = "What it is, in which unit, and why the default"


def settings() -> Iterator[Setting]:
    """Yield every setting in the order of the model."""
    defaults = Settings()
    for section in Settings.model_fields:
        values = getattr(defaults, section)
        for name, field in type(values).model_fields.items():
            yield Setting(section, name, getattr(values, name), field.description or "")


def as_toml() -> str:
    """Return a settings file that changes nothing and says what could be."""
    lines: list[str] = []
    section = ""
    for setting in settings():
        if setting.section != section:
            section = setting.section
            lines += ["", f"# {type(getattr(Settings(), section)).__doc__}", f"[{section}]"]
        lines += [f"# {part}" for part in textwrap.wrap(setting.description, 96)]
        lines.append(_assignment(setting))
    return "\n".join(lines).lstrip("\n")


def _assignment(setting: Setting) -> str:
    if setting.default is None:
        return f'# {setting.name} = ""'
    # TOML writes scalars and lists as JSON does; the only table has no default entries.
    return f"{setting.name} = {json.dumps(setting.default)}"


def show(toml: bool, for_programs: bool) -> None:
    """Print the settings as a table, as TOML or as JSON."""
    if for_programs:
        print(json.dumps([setting._asdict() for setting in settings()]))
    elif toml:
        print(as_toml())
    else:
        _print_table()


def _print_table() -> None:
    console = out()
    table = grid("Setting", "Default", _WHY, wrap=(_WHY,))
    for setting in settings():
        shown = "" if setting.default is None else json.dumps(setting.default)
        name = f"{setting.section}.{setting.name}"
        table.add_row(cell(name, "bold"), cell(shown), cell(setting.description))
    console.print(table)
    console.print(
        line(
            "Set one with --set section.key=value, or several with --config FILE.toml; "
            "`storybeam config --toml` prints such a file."
        ),
        soft_wrap=True,
    )
