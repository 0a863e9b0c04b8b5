"""Settings from a TOML file and from the command line, checked before anything is done."""

from __future__ import annotations

import copy
import difflib
import tomllib
from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from pydantic import ValidationError

from transforms.errors import UsageError

if TYPE_CHECKING:
    from schemas.settings import Settings

MAX_BYTES = 1_000_000
"""Of a settings file; a real one has a few hundred."""

_HINT = "`storybeam config` lists all settings."


def load_settings(
    config: str | None = None,
    changes: Sequence[str] = (),
    model: str | None = None,
    base: Mapping[str, Any] | None = None,
) -> Settings:
    """Return the defaults, changed by the file, then by ``section.key=value``s, then ``model``.

    ``base`` takes the place of the defaults where there is no file.

    Raises:
        UsageError: The file cannot be read, or a setting does not exist or has a wrong value.
    """
    from schemas.settings import Settings

    values = _read(config) if config else copy.deepcopy(dict(base or {}))
    for change in changes:
        _put(values, *_split(change))
    if model is not None:
        _put(values, ["embedding", "model"], model)
    try:
        return Settings.model_validate(values)
    except ValidationError as error:
        found = " ".join(dict.fromkeys(_explain(error)))
        raise UsageError(f"The settings cannot be used. {found} {_HINT}") from error


def _read(path: str) -> dict[str, Any]:
    try:
        with open(path, "rb") as file:
            data = file.read(MAX_BYTES + 1)
    except OSError as error:
        raise UsageError(f"The settings file {path} cannot be read: {error.strerror}.") from error
    if len(data) > MAX_BYTES:
        raise UsageError(f"The settings file {path} has more than {MAX_BYTES:,} bytes.")
    try:
        return tomllib.loads(data.decode("utf-8-sig"))
    except (ValueError, RecursionError) as error:
        raise UsageError(
            f"The settings file {path} is not valid TOML: {error}. "
            "`storybeam config --toml` prints one to start from."
        ) from error


def _split(change: str) -> tuple[list[str], Any]:
    name, sign, value = change.partition("=")
    parts = name.strip().split(".")
    if not sign or len(parts) < 2 or not all(parts):
        raise UsageError(
            f"--set {change!r} cannot be used: section.key=value was expected, for example "
            f"events.window_minutes=60. {_HINT}"
        )
    return parts, _value(change, value.strip())


def _value(change: str, text: str) -> Any:
    """Return lists, tables and quoted strings as TOML has them; the rest is one word."""
    if not text.startswith(("[", "{", '"', "'")):
        return text
    try:
        return tomllib.loads(f"value = {text}")["value"]
    except (ValueError, RecursionError) as error:
        raise UsageError(f"--set {change!r} cannot be used: {error}.") from error


def _put(values: dict[str, Any], parts: Sequence[str], value: Any) -> None:
    for part in parts[:-1]:
        inner = values.setdefault(part, {})
        if not isinstance(inner, dict):
            raise UsageError(f"{'.'.join(parts)} cannot be set: {part} is not a section. {_HINT}")
        values = inner
    values[parts[-1]] = value


def _explain(error: ValidationError) -> Iterator[str]:
    for found in error.errors(include_url=False):
        name = ".".join(str(part) for part in found["loc"])
        if found["type"] == "extra_forbidden":
            yield f"There is no setting {name}{_meant(found['loc'])}."
        else:
            message = found["msg"].removeprefix("Value error, ")
            yield f"{name} = {str(found['input'])[:80]!r}: {message[:1].lower()}{message[1:]}."


def _meant(place: tuple[int | str, ...]) -> str:
    from schemas.settings import Settings

    names = list(Settings.model_fields) + [
        f"{section}.{key}"
        for section, field in Settings.model_fields.items()
        for key in field.annotation.model_fields  # type: ignore[union-attr]
    ]
    near = difflib.get_close_matches(".".join(str(part) for part in place), names, 1)
    return f" ({near[0]} is the nearest that there is)" if near else ""
