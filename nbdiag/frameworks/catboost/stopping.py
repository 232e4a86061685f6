"""Whether a training is to end comes in; CatBoost's trainings end by a callback that gives False after a round."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import AbstractContextManager
from typing import Any

from nbdiag.frameworks.base import Asked, Emit
from nbdiag.frameworks.hooks.asking import Asking
from nbdiag.frameworks.hooks.guard import Guard
from nbdiag.frameworks.hooks.installing import installed
from nbdiag.frameworks.hooks.patches import called

MOST = 1000
"""Rounds, CatBoost's own default. A callback is handed all values so far after each round: in 1000 that costs half a
second, in 10 000 it would be most of the time, so that longer trainings are not stopped. Measured in each tenth round
only, 3000 cost as much: what is handed over grows with the rounds times those that are measured."""


def stop(asked: Asked, emit: Emit) -> AbstractContextManager[None]:
    """While open, a training for which ``asked`` gives a reason is ended after its round."""
    guard = Guard(emit, "stopping a CatBoost training")

    def begins(args: tuple[Any, ...], kwargs: dict[str, Any]) -> None:
        with guard:
            params = args[3]
            rounds, period = int(params.get("iterations") or MOST), int(params.get("metric_period") or 1)
            if rounds**2 <= MOST**2 * period and params.get("task_type") != "GPU":  # it takes none there
                params["callbacks"] = _Stopper(asked, params.get("callbacks"))

    def patches(module: Any) -> Iterator[AbstractContextManager[None]]:
        yield called(module._CatBoostBase, "_train", before=begins)

    return installed(guard, {"catboost.core": patches})


class _Stopper:
    """The callback, after the reader's own."""

    def __init__(self, asked: Asked, before: Any) -> None:
        self._asking, self._before = Asking(asked), before

    def after_iteration(self, info: Any) -> bool:
        """Whether to go on."""
        goes_on = self._before is None or self._before.after_iteration(info)
        return bool(goes_on) and not self._asking.is_over()
