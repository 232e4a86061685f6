"""Frameworks that installed packages bring to the entry-point group ``nbdiag.frameworks`` go out, made safe to ask."""

from __future__ import annotations

import dataclasses
import functools
from collections.abc import Callable, Iterable
from typing import Any

from nbdiag import plugins
from nbdiag.capture.lines import Line
from nbdiag.errors import DamagedSource, SourceError
from nbdiag.events import Event
from nbdiag.faults import describe
from nbdiag.frameworks.base import Framework, Reader
from nbdiag.run import Run

GROUP = "nbdiag.frameworks"


@functools.cache
def offered() -> tuple[Framework, ...]:
    """Frameworks of other packages; their bugs are failures of the plugin, not of the reading."""
    return tuple(_safe(plugin, known) for plugin, known in plugins.offered(GROUP, Framework, "a Framework"))


class _SafeReader:
    """A reader that is asked no more once it has raised."""

    def __init__(self, plugin: str, make: Callable[[], Reader]) -> None:
        self._plugin = plugin
        self._reader: Reader | None = None
        try:
            self._reader = make()
        except Exception as error:
            plugins.failed(plugin, describe(error))

    def read(self, line: Line) -> list[Event] | None:
        return self._ask(lambda reader: reader.read(line))

    def close(self) -> list[Event]:
        return self._ask(lambda reader: reader.close()) or []

    def _ask(self, question: Callable[[Reader], Iterable[Event] | None]) -> list[Event] | None:
        if self._reader is None:
            return None
        try:
            events = question(self._reader)
            return None if events is None else list(events)
        except Exception as error:
            plugins.failed(self._plugin, describe(error))
            self._reader = None
            return None


def _safe(plugin: str, given: Framework) -> Framework:
    def reads(source: Any) -> bool:
        try:
            return given.reads is not None and given.reads(source)
        except Exception as error:
            plugins.failed(plugin, describe(error))
            return False

    def read(source: Any) -> list[Run]:
        assert given.read is not None
        try:
            return given.read(source)
        except SourceError:
            raise
        except Exception as error:
            raise DamagedSource(f"the plugin {plugin} cannot read it: {describe(error)}") from error

    reader = given.reader
    return dataclasses.replace(
        given,
        reader=None if reader is None else lambda: _SafeReader(plugin, reader),
        reads=None if given.reads is None else reads,
        read=None if given.read is None else read,
    )
