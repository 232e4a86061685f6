"""The exception that left a block comes in, how the block ended goes out."""

from __future__ import annotations

from nbdiag.errors import StopTraining
from nbdiag.events import Status


class Replaced(BaseException):
    """Ends a watch because the next one begins."""


def status_of(error: BaseException | None) -> Status:
    """How a block ended; without an exception it finished."""
    if error is None:
        return "finished"
    if isinstance(error, StopTraining):
        return "stopped"
    return "interrupted" if isinstance(error, (KeyboardInterrupt, Replaced)) else "failed"
