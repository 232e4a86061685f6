"""Whether a training is to end comes in; Ignite's trainings end by ``engine.terminate()``, after an iteration."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import AbstractContextManager
from typing import Any

from nbdiag.frameworks.base import Asked, Emit
from nbdiag.frameworks.hooks.asking import Asking
from nbdiag.frameworks.hooks.guard import Guard
from nbdiag.frameworks.hooks.installing import installed
from nbdiag.frameworks.hooks.patches import called
from nbdiag.frameworks.ignite.engines import is_trainer


def stop(asked: Asked, emit: Emit) -> AbstractContextManager[None]:
    """While open, a trainer for which ``asked`` gives a reason is terminated; an evaluator is left alone."""
    guard = Guard(emit, "stopping an Ignite engine")
    added: dict[int, Any] = {}

    def ends(args: tuple[Any, ...], error: BaseException | None) -> None:
        with guard:
            handle = added.pop(id(args[0]), None)
            if handle is not None:
                handle.remove()

    def patches(module: Any) -> Iterator[AbstractContextManager[None]]:
        def begins(args: tuple[Any, ...], kwargs: dict[str, Any]) -> None:
            with guard:
                engine = args[0]
                if is_trainer(engine):
                    asking = Asking(asked)
                    added[id(engine)] = engine.add_event_handler(
                        module.Events.ITERATION_COMPLETED, lambda e: e.terminate() if asking.is_over() else None
                    )

        yield called(module.Engine, "run", before=begins, ended=ends)

    return installed(guard, {"ignite.engine.engine": patches})
