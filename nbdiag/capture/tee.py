"""Passes everything written to a stream on to a sink as well: a stream and a sink go in, chunks reach both."""

from __future__ import annotations

import contextlib
import os
import sys
from collections.abc import Callable, Iterator
from types import TracebackType
from typing import Any

_OURS = os.path.join(os.path.dirname(os.path.dirname(__file__)), "")

Sink = Callable[[str], Any]
"""What gets each written text. It should only queue; what it raises is swallowed."""


@contextlib.contextmanager
def tee(stream: Any, sink: Sink) -> Iterator[None]:
    """Within the block, all text written to ``stream`` goes to ``sink`` too; what the stream shows stays the same.

    ``write`` is wrapped on the stream *object*, so that references taken earlier (a logging handler's, a thread's)
    are seen as well. One whose attributes cannot be set is replaced in ``sys`` by a ``Tee``.
    """
    active = True

    def wrapped(text: Any, *args: Any, **kwargs: Any) -> Any:
        try:
            # Passing on what is hardly ever given takes half as long again as all the rest.
            result = original(text, *args, **kwargs) if args or kwargs else original(text)
            if active:
                try:  # noqa: SIM105 - suppress() costs more than all the rest
                    sink(text)
                except Exception:  # the sink reports its own failures; the user's write went well
                    pass
            return result
        except BaseException as error:  # what is no text, or an interrupt, most likely of a cell that prints a lot
            # A bare raise adds no entry for this frame again (CPython 3.11 to 3.14), so none of ours is left.
            error.__traceback__ = _without_ours(error.__traceback__)
            raise

    if stream is None or not hasattr(stream, "write"):
        yield
        return
    original = stream.write
    had_own = "write" in getattr(stream, "__dict__", {})
    try:
        stream.write = wrapped
    except (AttributeError, TypeError):
        with _replaced(stream, Tee(stream, sink)):
            yield
        return
    try:
        yield
    finally:
        active = False  # also where somebody wrapped our wrapper and keeps it
        if getattr(stream, "__dict__", {}).get("write") is wrapped:
            if had_own:
                stream.write = original
            else:
                del stream.write


def _without_ours(trace: TracebackType | None) -> TracebackType | None:
    while trace is not None and trace.tb_frame.f_code.co_filename.startswith(_OURS):
        trace = trace.tb_next
    return trace


class Tee:
    """Stands for a stream in ``sys``: writes to it and to a sink, and is the stream in everything else."""

    def __init__(self, stream: Any, sink: Sink) -> None:
        self._stream, self._sink, self.active = stream, sink, True

    def write(self, text: str) -> Any:
        """Write to the stream; its return value, its errors."""
        try:
            result = self._stream.write(text)
            if self.active:
                with contextlib.suppress(Exception):
                    self._sink(text)
            return result
        except BaseException as error:
            error.__traceback__ = _without_ours(error.__traceback__)
            raise

    def writelines(self, lines: Any) -> None:
        """Write each line."""
        for line in lines:
            self.write(line)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._stream, name)

    def __iter__(self) -> Any:
        return iter(self._stream)


@contextlib.contextmanager
def _replaced(stream: Any, stand_in: Tee) -> Iterator[None]:
    names = [name for name in ("stdout", "stderr") if getattr(sys, name) is stream]
    for name in names:
        setattr(sys, name, stand_in)
    try:
        yield
    finally:
        stand_in.active = False
        for name in names:
            if getattr(sys, name) is stand_in:
                setattr(sys, name, stream)
