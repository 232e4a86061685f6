"""Patches by the module they belong to come in; each is made as soon as its module is imported, and undone on the way out."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import AbstractContextManager
from types import ModuleType
from typing import Any

from nbdiag.frameworks.hooks.guard import Guard
from nbdiag.frameworks.hooks.imports import when_imported
from nbdiag.frameworks.hooks.telling import Telling

Patches = Callable[[ModuleType], Iterable[AbstractContextManager[Any]]]
"""What is to be watched in a module, see ``patches``."""


@contextlib.contextmanager
def installed(guard: Guard, wanted: Mapping[str, Patches]) -> Iterator[None]:
    """While open, the modules' patches are in place. One that cannot be made is a trouble of ours, never the reader's."""
    with contextlib.ExitStack() as stack:
        for name, patches in wanted.items():
            stack.enter_context(when_imported(name, _installing(stack, guard, patches)))
        yield


def _installing(stack: contextlib.ExitStack, guard: Guard, patches: Patches) -> Callable[[ModuleType], None]:
    def imported(module: ModuleType) -> None:
        with guard:
            for patch in patches(module):
                stack.enter_context(patch)

    return imported


@contextlib.contextmanager
def following(telling: Telling, wanted: Mapping[str, Patches]) -> Iterator[None]:
    """``installed``, for a hook: a training that is still told when this is left has ended as this was left."""
    with installed(telling.guard, wanted):
        try:
            yield
        except Exception:
            telling.end("failed")
            raise
        finally:
            telling.end("interrupted")
