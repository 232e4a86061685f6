"""Whether a training is to end comes in; LightGBM's trainings end by a callback that raises its ``EarlyStopException``."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import AbstractContextManager
from typing import Any

from nbdiag.frameworks.base import Asked, Emit
from nbdiag.frameworks.hooks.asking import Asking
from nbdiag.frameworks.hooks.guard import Guard
from nbdiag.frameworks.hooks.installing import installed
from nbdiag.frameworks.hooks.patches import called, caller
from nbdiag.frameworks.lightgbm.hook import is_at_work


def stop(asked: Asked, emit: Emit) -> AbstractContextManager[None]:
    """While open, a training for which ``asked`` gives a reason is ended after its round."""
    guard = Guard(emit, "stopping a LightGBM training")

    def evaluated(args: tuple[Any, ...], kwargs: dict[str, Any], results: Any) -> None:
        with guard:
            frame = caller()
            if frame.f_code.co_name == "handler_function" and frame.f_back is not None:
                frame = frame.f_back  # a fold of ``cv``, which ends all of them after a round
            if is_at_work(frame, "train", "cv"):
                callbacks = frame.f_locals["callbacks_after_iter"]  # this training's own list, called next
                if not any(isinstance(callback, _Stopper) for callback in callbacks):
                    callbacks.append(_Stopper(asked))

    def patches(module: Any) -> Iterator[AbstractContextManager[None]]:
        yield called(module.Booster, "eval_valid", after=evaluated)

    return installed(guard, {"lightgbm.basic": patches})


class _Stopper:
    """The callback, after all others."""

    def __init__(self, asked: Asked) -> None:
        self._asking = Asking(asked)

    def __call__(self, env: Any) -> None:
        if self._asking.is_over():
            stopped = sys.modules["lightgbm.callback"].EarlyStopException
            raise stopped(env.iteration, env.evaluation_result_list)
