"""Code of ours that runs inside the reader's training goes in; what it raises goes out as an event, never further."""

from __future__ import annotations

from types import TracebackType

from nbdiag.events import Trouble
from nbdiag.frameworks.base import Emit


class Guard:
    """``with guard:`` any exception inside becomes a ``Trouble`` and goes no further. May be used again and nested."""

    __slots__ = ("emit", "where")

    def __init__(self, emit: Emit, where: str) -> None:
        self.emit, self.where = emit, where

    def __enter__(self) -> None:
        return None

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> bool:
        if not isinstance(error, Exception):  # a KeyboardInterrupt is the reader's
            return False
        self.emit(Trouble(self.where, error))
        return True
