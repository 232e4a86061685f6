"""What loops tell their tqdm bars to show comes in, at full precision; lines for the reader of loops go out.

``tqdm.std.tqdm`` is the base of every bar: text, ``tqdm.auto``, the notebook's widget (which writes no text), rich.
"""

from __future__ import annotations

import contextlib
import sys
import weakref
from collections.abc import Callable, Iterator
from threading import get_ident
from types import ModuleType
from typing import Any

from nbdiag.events import Shown
from nbdiag.frameworks.base import Emit
from nbdiag.frameworks.hooks.guard import Guard
from nbdiag.frameworks.hooks.imports import when_imported
from nbdiag.frameworks.hooks.patches import called, watched
from nbdiag.frameworks.tqdm.turns import Turns


@contextlib.contextmanager
def hook(emit: Emit) -> Iterator[None]:
    """While open, what bars are told to show is told as ``Shown`` lines; tqdm may be imported before or inside."""
    bars = _Hooked(emit)
    with contextlib.ExitStack() as stack:

        def install(module: ModuleType) -> None:
            with bars.guard:
                tqdm: Any = getattr(module, "tqdm")  # noqa: B009 - the module's class of the same name
                stack.enter_context(called(tqdm, "set_postfix", after=bars.postfix))
                stack.enter_context(called(tqdm, "set_postfix_str", after=bars.postfix_text))
                stack.enter_context(watched(tqdm, "close", bars.ends))
                stack.enter_context(watched(tqdm, "reset", bars.ends))

        with when_imported("tqdm.std", install):
            yield


_PLAIN = frozenset((float, int, str, bool))
"""What stays as it is: a tensor may be another number by the time it is told."""
_NONE: tuple[Callable[[], Any], Any] = (lambda: None, None)


class _Hooked:
    """The bars that were told to show something. One thread is followed: the first that tells a bar anything."""

    def __init__(self, emit: Emit) -> None:
        self.emit, self.guard = emit, Guard(emit, "following a tqdm bar")
        self.bars: weakref.WeakKeyDictionary[Any, Turns] = weakref.WeakKeyDictionary()
        self.thread: int | None = None
        self.latest: tuple[Callable[[], Any], Any] = _NONE
        """The bar told last, where only what it shows last is wanted, and its turns."""
        self.inner = 0.0
        """When the last bar that ended had begun: an older bar that is still open is the loop around it."""

    def postfix(self, args: tuple[Any, ...], kwargs: dict[str, Any], _: Any) -> None:
        """``bar.set_postfix(ordered_dict=None, refresh=True, **kwargs)``."""
        with self.guard:
            given = args[1] if len(args) > 1 else kwargs.get("ordered_dict")
            latest, turns = self.latest
            if latest() is args[0] and get_ident() == self.thread:  # mostly: only what such a bar shows last is told
                shown = dict(given or ()) | kwargs
                if _PLAIN.issuperset(map(type, shown.values())):
                    turns.kept = given and dict(given), kwargs
                    return
            self._tell(args[0], _items(given, kwargs))

    def postfix_text(self, args: tuple[Any, ...], kwargs: dict[str, Any], _: Any) -> None:
        """``bar.set_postfix_str(s="", refresh=True)``."""
        with self.guard:
            self._tell(args[0], [str(args[1] if len(args) > 1 else kwargs.get("s", ""))])

    def ends(self, bar: Any) -> None:
        """``bar.close()`` or ``bar.reset()`` is about to be called."""
        with self.guard:
            turns = self.bars.pop(bar, None)
            if turns is self.latest[1]:
                self.latest = _NONE
            if turns is not None and turns.kept is not None:
                turns.last = ", ".join(_items(*turns.kept))
            # By an exception the epoch was broken off: what the bar shows is no epoch's value.
            if turns is not None and sys.exc_info()[0] in (None, GeneratorExit):
                self.inner = max(self.inner, bar.start_t)
                for line in turns.end():
                    self.emit(Shown(line))

    def _tell(self, bar: Any, items: list[str]) -> None:
        if bar.disable or not hasattr(bar, "start_t"):
            return
        self.thread = self.thread or get_ident()
        if get_ident() != self.thread:
            return
        turns = self.bars.get(bar)
        if turns is None:
            self.emit(Shown())
            turns = self.bars[bar] = Turns(bar, around=self.inner > bar.start_t)
        turns.kept = None
        for line in turns.turn(", ".join(items), sys._getframe(3)):
            self.emit(Shown(line))
        if turns.kind == "bar":
            self.latest = weakref.ref(bar), turns


def _items(given: Any, kwargs: dict[str, Any]) -> list[str]:
    """What a bar shows, as tqdm orders it."""
    shown = dict(given or ())
    shown.update((name, kwargs[name]) for name in sorted(kwargs) if name not in ("ordered_dict", "refresh"))
    return [f"{name}={_exact(value)}" for name, value in shown.items()]


def _exact(value: Any) -> str:
    """The value as text that gives it back; what is no number as tqdm would show it."""
    if isinstance(value, str):
        return value.strip()
    if isinstance(value, (bool, int)):
        return str(value)
    if isinstance(value, float):
        return repr(float(value))
    if getattr(value, "shape", None) == () and hasattr(value, "item"):  # numpy, torch, jax
        return repr(value.item())
    return str(value)
