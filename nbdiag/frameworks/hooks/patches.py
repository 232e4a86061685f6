"""The name of a method or function comes in; it is watched from now on, and no frame of ours stands in its tracebacks."""

from __future__ import annotations

import contextlib
import functools
import sys
from collections.abc import Callable, Iterator
from types import FrameType
from typing import Any


def caller() -> FrameType:
    """For what observes: the frame that called, or looked up, what is watched, however many watch it."""
    frame = sys._getframe(1)
    while frame.f_code.co_filename != __file__ and frame.f_back is not None:
        frame = frame.f_back
    while frame.f_code.co_filename == __file__ and frame.f_back is not None:
        frame = frame.f_back
    return frame


@contextlib.contextmanager
def watched(owner: type, name: str, observe: Callable[[Any], None]) -> Iterator[None]:
    """Call ``observe(instance)`` each time the method ``name``, defined by ``owner``, is about to be called.

    The method is looked up through a descriptor, which calls ``observe`` and then hands out the method itself. So
    what the method raises carries no frame of ours, which a wrapping function (wrapt's as well) cannot give.
    ``observe`` must not raise. Undone on the way out, if it is still ours.
    """
    original = vars(owner)[name]
    patch = _Observed(original, observe)
    setattr(owner, name, patch)
    try:
        yield
    finally:
        patch.active = False
        if vars(owner).get(name) is patch:
            setattr(owner, name, original)


class _Observed:
    """The method as it was; looking it up on an instance is observed."""

    def __init__(self, original: Any, observe: Callable[[Any], None]) -> None:
        self.original, self.observe, self.active = original, observe, True

    def __get__(self, instance: Any, owner: type | None = None) -> Any:
        if instance is not None and self.active:
            self.observe(instance)
        return self.original.__get__(instance, owner)


@contextlib.contextmanager
def called(
    owner: Any,
    name: str,
    *,
    before: Callable[[tuple[Any, ...], dict[str, Any]], None] | None = None,
    after: Callable[[tuple[Any, ...], dict[str, Any], Any], None] | None = None,
    ended: Callable[[tuple[Any, ...], BaseException | None], None] | None = None,
) -> Iterator[None]:
    """Call ``before`` with the arguments and ``after`` also with the result of each call of ``owner.name``.

    ``ended`` is told of every end: with what was raised, or None. They must not raise, but for an ``after`` that ends
    the training. For what looking a method up does not tell (see ``watched``). Undone on the way out, if it is still ours; if not, ours only passes on.
    """
    original = vars(owner)[name]
    active = True

    @functools.wraps(original)
    def call(*args: Any, **kwargs: Any) -> Any:
        try:
            if active and before is not None:
                before(args, kwargs)
            result = original(*args, **kwargs)
        except BaseException as error:
            # A bare raise adds no entry for this frame again (CPython 3.11 to 3.14), so none of ours is left.
            trace = error.__traceback__
            error.__traceback__ = trace.tb_next if trace is not None and trace.tb_next is not None else trace
            if active and ended is not None:
                ended(args, error)
            raise
        if active and after is not None:
            after(args, kwargs, result)
        if active and ended is not None:
            ended(args, None)
        return result

    setattr(owner, name, call)
    try:
        yield
    finally:
        active = False
        if vars(owner).get(name) is call:
            setattr(owner, name, original)
