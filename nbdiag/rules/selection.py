"""What a caller and the project ask for come in; which rules to run, with which options, goes out."""

from __future__ import annotations

import dataclasses
import difflib
from collections.abc import Collection, Mapping
from typing import Any

from nbdiag.errors import ConfigError, UnknownRule
from nbdiag.project import Project
from nbdiag.rules import catalogue, known
from nbdiag.rules.base import Rule


@dataclasses.dataclass(frozen=True)
class Choice:
    """The arguments that a diagnosis takes beside the run."""

    select: Collection[str] | None = None
    ignore: Collection[str] = ()
    options: Mapping[str, Mapping[str, Any]] = dataclasses.field(default_factory=dict)


def chosen(select: Collection[str] | None = None, ignore: Collection[str] = ()) -> list[Rule]:
    """The rules to run, causes first. Raises ``UnknownRule`` with the nearest name."""
    rules = known()
    for name in (*(select or ()), *ignore):
        if name not in rules:
            raise catalogue.unknown(name)
    return [r for name, r in rules.items() if (select is None or name in select) and name not in ignore]


def settled(select: Collection[str] | None, ignore: Collection[str], project: Project) -> Choice:
    """The caller's wishes before the project's: a selection replaces both its lists, ``ignore`` adds to its own.

    Raises ``UnknownRule`` for a name the caller gives, ``ConfigError`` for what the project's file gives.
    """
    chosen(select, ignore)
    try:
        chosen(project.select, project.ignore)
        for name, options in project.options.items():
            _check(catalogue.named(name), options)
    except (UnknownRule, ConfigError) as error:
        raise ConfigError(f"{project.path}: {error}") from None
    options = {catalogue.named(name).name: given for name, given in project.options.items()}
    if select is not None:
        return Choice(select, ignore, options)
    return Choice(project.select, (*project.ignore, *ignore), options)


def _check(rule: Rule, options: Mapping[str, Any]) -> None:
    for name, value in options.items():
        if name not in rule.options:
            near = difflib.get_close_matches(name, rule.options, n=1)
            has = f"its options are {', '.join(rule.options)}" if rule.options else "it has none"
            raise ConfigError(f"{rule.name} has no option {name!r}; " + (f"did you mean {near[0]!r}?" if near else has))
        default = rule.options[name]
        kind = (int, float) if isinstance(default, (int, float)) and not isinstance(default, bool) else type(default)
        fits = isinstance(value, kind) and (isinstance(value, bool) == isinstance(default, bool))
        if default is not None and not fits:
            raise ConfigError(f"{rule.name}: {name} is like {default!r}, not {value!r}")
