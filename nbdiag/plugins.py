"""An entry-point group comes in, what installed packages offer there goes out; what cannot be used is named and left out."""

from __future__ import annotations

import functools
from importlib.metadata import EntryPoint, entry_points
from typing import TypeVar

from nbdiag.faults import describe

Kind = TypeVar("Kind")

_failures: dict[str, str] = {}


@functools.cache
def offered(group: str, kind: type[Kind], made_by: str) -> tuple[tuple[str, Kind], ...]:
    """Every ``kind`` that an entry point of ``group`` gives, alone or in a list, with the plugin it is from.

    Looked up once in a process: what is installed later is seen by the next. ``made_by`` tells in the message to
    the plugin's author how such a value is made.
    """
    values = []
    for point in _points(group):
        plugin = f"{point.name} of {point.dist.name if point.dist else 'no package'}"
        try:
            given = point.load()
        except (Exception, SystemExit) as error:  # a module that calls sys.exit() must not end the reader's kernel
            failed(plugin, describe(error))
            continue
        for value in given if isinstance(given, (list, tuple)) else (given,):
            if isinstance(value, kind):
                values.append((plugin, value))
            else:
                failed(plugin, f"{point.value} is a {type(value).__name__}, not {made_by}")
    return tuple(values)


def failed(plugin: str, why: str) -> None:
    """A plugin could not be used; only its first failure is kept."""
    _failures.setdefault(plugin, why)


def failures() -> tuple[str, ...]:
    """``plugin NAME of PACKAGE: why``, for each that failed in this process."""
    return tuple(f"plugin {plugin}: {why}" for plugin, why in _failures.items())


def _points(group: str) -> list[EntryPoint]:
    try:
        found = {
            (point.name, point.value): point for point in entry_points(group=group)
        }  # a package may be found twice
    except Exception as error:  # the metadata of some package is damaged
        failed(f"{group} of the environment", describe(error))
        return []
    return [found[key] for key in sorted(found)]
