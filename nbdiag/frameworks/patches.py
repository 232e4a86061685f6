"""A method's name comes in; it is watched from now on without a frame of ours ever standing below its own."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator
from typing import Any


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
