"""A folder comes in; the table ``[tool.nbdiag]`` of the nearest ``pyproject.toml`` at or above it goes out, its form checked."""

from __future__ import annotations

import dataclasses
import difflib
import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from nbdiag.errors import ConfigError

_KEYS = ("select", "ignore", "rules")


@dataclasses.dataclass(frozen=True)
class Project:
    """What a project asks of all its diagnoses; without such a table, nothing."""

    path: Path | None = None
    select: tuple[str, ...] | None = None
    ignore: tuple[str, ...] = ()
    options: Mapping[str, Mapping[str, Any]] = dataclasses.field(default_factory=dict)
    """Keyword arguments by rule."""


def read(folder: Path | None = None) -> Project:
    """The project around ``folder``, by default the working directory.

    A ``pyproject.toml`` without the table is passed by, as other tools do: a package within a larger project is
    part of it. Raises ``ConfigError``, with the file's name, for what cannot be used.
    """
    try:
        start = (folder or Path.cwd()).resolve()
    except OSError:  # the working directory is gone
        return Project()
    for place in (start, *start.parents):
        path = place / "pyproject.toml"
        table = _table(path) if path.is_file() else None
        if table is not None:
            return _project(path, table)
    return Project()


def _table(path: Path) -> Any:
    try:
        with path.open("rb") as file:
            tool = tomllib.load(file).get("tool", {})
    except OSError as error:
        raise ConfigError(f"{path} cannot be read: {error.strerror or error}") from None
    except ValueError as error:
        raise ConfigError(f"{path} is no TOML: {error}") from None
    return tool.get("nbdiag") if isinstance(tool, dict) else None


def _project(path: Path, table: Any) -> Project:
    if not isinstance(table, dict):
        raise ConfigError(f"{path}: tool.nbdiag is a table, not {table!r}")
    for key in table:
        if key not in _KEYS:
            near = difflib.get_close_matches(key, _KEYS, n=1)
            hint = f"did you mean {near[0]!r}?" if near else f"there are {', '.join(_KEYS)}"
            raise ConfigError(f"{path}: [tool.nbdiag] has no {key!r}; {hint}")
    rules = table.get("rules", {})
    if not (isinstance(rules, dict) and all(isinstance(options, dict) for options in rules.values())):
        raise ConfigError(f"{path}: options stand in tables of their rules: [tool.nbdiag.rules.overfitting]")
    select = _names(path, "select", table["select"]) if "select" in table else None
    return Project(path, select, _names(path, "ignore", table.get("ignore", [])), rules)


def _names(path: Path, key: str, given: Any) -> tuple[str, ...]:
    if not (isinstance(given, list) and all(isinstance(name, str) for name in given)):
        raise ConfigError(f'{path}: {key} is a list of rules\' names, such as ["overfitting"], not {given!r}')
    return tuple(given)
