"""A module's name comes in, a call as soon as that module is imported goes out; what import does stays as it is."""

from __future__ import annotations

import contextlib
import sys
from collections.abc import Callable, Iterator, Sequence
from importlib.machinery import ModuleSpec
from types import ModuleType
from typing import Any


@contextlib.contextmanager
def when_imported(name: str, callback: Callable[[ModuleType], None]) -> Iterator[None]:
    """Call ``callback(module)`` once: now if ``name`` is imported already, else as soon as it is.

    ``callback`` must not raise: it may run inside the reader's ``import``. A module loaded by hand
    (``spec.loader.exec_module``, ``LazyLoader``) while this waits is not seen. On the way out ``sys.meta_path`` is as
    it was.
    """
    finder = _Finder(name, callback)
    module = sys.modules.get(name)
    spec = getattr(module, "__spec__", None)
    if module is not None and not getattr(spec, "_initializing", False):
        finder.waiting = False
        callback(module)
    elif spec is not None:  # another thread is importing it at this moment
        _watch(spec, finder)
    else:
        sys.meta_path.insert(0, finder)
    try:
        yield
    finally:
        finder.waiting = False
        finder.leave()


class _Finder:
    """Finds nothing itself: marks the spec the others find, so that the end of the import is noticed."""

    def __init__(self, name: str, callback: Callable[[ModuleType], None]) -> None:
        self.name, self.callback, self.waiting = name, callback, True

    def find_spec(
        self, fullname: str, path: Sequence[str] | None = None, target: ModuleType | None = None
    ) -> ModuleSpec | None:
        if fullname != self.name or target is not None or not self.waiting:
            return None
        finders: list[Any] = list(sys.meta_path)
        if self not in finders:
            return None
        for finder in finders[finders.index(self) + 1 :]:
            if not hasattr(finder, "find_spec"):
                return None
            spec: ModuleSpec | None = finder.find_spec(fullname, path, target)
            if spec is not None:
                _watch(spec, self)
                return spec
        return None

    def imported(self, module: ModuleType) -> None:
        if self.waiting:
            self.waiting = False
            self.leave()
            self.callback(module)

    def leave(self) -> None:
        if self in sys.meta_path:
            sys.meta_path.remove(self)


class _WatchedSpec(ModuleSpec):
    """A spec that notices when its module has been executed, then is an ordinary ``ModuleSpec`` again.

    ``importlib`` says so by setting ``_initializing`` to False (``_load_unlocked``, the same in Python 3.11 to 3.14).
    A wrapped loader would notice too, but then its frame stands in the traceback of an import that fails.
    """

    def __setattr__(self, name: str, value: Any) -> None:
        super().__setattr__(name, value)
        if name == "_initializing" and not value:
            finders: list[_Finder] = self.__dict__.pop("_finders", [])
            self.__class__ = ModuleSpec  # type: ignore[assignment]
            module = sys.modules.get(self.name)
            # A module that failed to execute has been taken out of sys.modules by now.
            if module is not None:
                for finder in finders:
                    finder.imported(module)


_WatchedSpec.__name__ = _WatchedSpec.__qualname__ = "ModuleSpec"


def _watch(spec: ModuleSpec, finder: _Finder) -> None:
    if type(spec) is ModuleSpec:
        spec.__class__ = _WatchedSpec
    if type(spec) is _WatchedSpec:
        spec.__dict__.setdefault("_finders", []).append(finder)
