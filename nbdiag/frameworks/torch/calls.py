"""A function somebody calls comes in, its calls go out to observers; no caller can tell, not even in a traceback."""

from __future__ import annotations

import contextlib
import functools
import os
from collections.abc import Callable, Iterator
from types import TracebackType
from typing import Any

Observer = Callable[[tuple[Any, ...], dict[str, Any], Any], None]
"""Called with the arguments and the result of a call (None before it); must not raise."""

Maker = Callable[[Callable[..., Any], list[Observer], list[Observer]], Callable[..., Any]]
"""Makes what takes a function's place; it calls those observers that are in the lists at the time."""

_OURS = os.path.dirname(__file__)
_known: dict[tuple[int, str], Observed] = {}  # for ever: torch keeps tables by the id of its functions


class Observed:
    """One attribute and the function that stands in for it while somebody observes."""

    def __init__(self, owner: Any, name: str, make: Maker) -> None:
        self.owner, self.name, self.original = owner, name, getattr(owner, name)
        self.before: list[Observer] = []
        self.after: list[Observer] = []
        self._stand_in = make(self.original, self.before, self.after)
        _tell_script(self.original, self._stand_in)

    def observe(self, observers: list[Observer], observer: Observer) -> None:
        """``observer`` joins ``observers``: either ``before`` or ``after``."""
        observers.append(observer)
        if getattr(self.owner, self.name) is self.original:
            setattr(self.owner, self.name, self._stand_in)

    def leave(self, observers: list[Observer], observer: Observer) -> None:
        """Undone when the last one leaves, if nobody has put another function there since: then ours only passes on."""
        observers.remove(observer)
        if not self.before and not self.after and getattr(self.owner, self.name) is self._stand_in:
            setattr(self.owner, self.name, self.original)


def hidden(function: Callable[..., Any], *, calls: bool = True) -> None:
    """Dynamo leaves this function's frames alone, and with ``calls`` all that it calls; nothing is imported for that.

    After a graph break in a compiled function, what it calls is looked at as well: our code would be compiled.
    """
    from torch._C._dynamo import eval_frame

    if hasattr(eval_frame, "set_code_exec_strategy"):  # torch 2.6 on
        action = eval_frame._FrameAction
        strategy = eval_frame._FrameExecStrategy(action.SKIP, action.SKIP if calls else action.DEFAULT)
        eval_frame.set_code_exec_strategy(function.__code__, strategy)


def _tell_script(original: Callable[..., Any], stand_in: Callable[..., Any]) -> None:
    """TorchScript finds its builtins by identity, in a table made at its first use."""
    from torch.jit import _builtins

    name = _builtins._find_builtin(original)
    if name is not None:
        _builtins._register_builtin(stand_in, name)


def stand_in(original: Callable[..., Any], before: list[Observer], after: list[Observer]) -> Callable[..., Any]:
    """What takes the place of ``original``."""
    from torch.compiler import is_compiling

    @functools.wraps(original)
    def call(*args: Any, **kwargs: Any) -> Any:
        if is_compiling():  # Dynamo traces into this: nothing but the original may be seen there
            return original(*args, **kwargs)
        try:
            for observe in before:
                observe(args, kwargs, None)
            result = original(*args, **kwargs)
            for observe in after:
                observe(args, kwargs, result)
            return result
        except BaseException as error:
            # A bare raise adds no entry for this frame again (CPython 3.11 to 3.14), so none of ours is left.
            error.__traceback__ = without_ours(error.__traceback__)
            raise

    hidden(call, calls=False)
    return call


def without_ours(trace: TracebackType | None) -> TracebackType | None:
    """A traceback that begins in the reader's or the library's own code."""
    while trace is not None and os.path.dirname(trace.tb_frame.f_code.co_filename) == _OURS:
        trace = trace.tb_next
    return trace


def patch(owner: Any, name: str, make: Maker = stand_in) -> Observed:
    """What stands in for ``owner.name``; the same one each time."""
    known = _known.get((id(owner), name))
    if known is None:
        known = _known[id(owner), name] = Observed(owner, name, make)
    return known


@contextlib.contextmanager
def observed(found: Observed, *, before: Observer | None = None, after: Observer | None = None) -> Iterator[None]:
    """Call ``before`` and ``after`` around each call of what was found."""
    with contextlib.ExitStack() as stack:
        for observers, observer in ((found.before, before), (found.after, after)):
            if observer is not None:
                found.observe(observers, observer)
                stack.callback(found.leave, observers, observer)
        yield
