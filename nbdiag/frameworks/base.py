"""The contract of a framework: all that is known of one, as a value: its text, its hook, its history objects."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Iterable
from contextlib import AbstractContextManager
from typing import Any, Protocol

from nbdiag.capture.lines import Line
from nbdiag.events import Event
from nbdiag.run import Run

Emit = Callable[[Event], None]
"""What a hook calls. It only queues: it never blocks and never raises."""

Asked = Callable[[float], str]
"""What a ``stop`` asks: why the training that began at this ``time.perf_counter()`` is to end; empty while it is not."""


class Reader(Protocol):
    """Reads finished and rewritten lines of one stream of text; keeps what it must remember between lines.

    Of the rewritten ones that come one after the other and differ in their digits only, the first and the last are sure to come.
    """

    def read(self, line: Line) -> Iterable[Event] | None:
        """Events of this line. ``None``: not my line, ask the next reader. Empty: mine, but nothing measured."""

    def close(self) -> Iterable[Event]:
        """Events still held back when the text ends."""


class Leaving(Reader, Protocol):
    """A reader that can say of many lines at once that they are not its own."""

    def leaves(self, text: str) -> bool:
        """Whether ``None`` is the answer to this line and to those that differ from it in their digits.

        Only the last of such lines in a row need then be read.
        """


class Following(Reader, Protocol):
    """A reader that reads many lines of one form at once; or many groups of lines, of which only the last is its own."""

    group: int
    """How many lines a group has."""

    def ahead(self, text: str, start: int, stop: int) -> int:
        """Until where from ``start`` on lines follow that are as the one before but for their numbers.

        The last of such lines is left to be read as any other.
        """

    def at_once(self, text: str, start: int, end: int) -> Iterable[Event] | None:
        """Events of these lines; ``None`` where they have to be read one by one."""


@dataclasses.dataclass(frozen=True)
class Framework:
    """Everything known of one framework; every part but the name is optional.

    ``reader`` makes a fresh ``Reader`` for each text. ``hook(emit)`` is a context manager during which the framework's
    trainings are reported at full precision; every patch it makes is undone on every way out, it imports nothing that
    the user has not imported, and it works when the framework is imported inside it. ``modules`` are the import names
    it waits for. ``stop(asked, emit)`` ends a training by the framework's own means once ``asked(since)`` gives a reason;
    it is entered where the reader may wish it: before the training, or, unless that makes it slower (``stop_costs``),
    by a button. ``reads(obj)`` is cheap and imports nothing; ``read(obj)`` gives the runs of such an object.
    """

    name: str
    modules: tuple[str, ...] = ()
    reader: Callable[[], Reader] | None = None
    hook: Callable[[Emit], AbstractContextManager[Any]] | None = None
    stop: Callable[[Asked, Emit], AbstractContextManager[Any]] | None = None
    stop_costs: bool = False
    reads: Callable[[Any], bool] | None = None
    read: Callable[[Any], list[Run]] | None = None
