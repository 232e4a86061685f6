"""Whether a training is to end comes in; the Trainer's trainings end by ``control.should_training_stop``, after a step."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import AbstractContextManager
from typing import Any

from nbdiag.frameworks.base import Asked, Emit
from nbdiag.frameworks.hooks.asking import Asking
from nbdiag.frameworks.hooks.guard import Guard
from nbdiag.frameworks.hooks.installing import installed
from nbdiag.frameworks.hooks.patches import called


def stop(asked: Asked, emit: Emit) -> AbstractContextManager[None]:
    """While open, a training for which ``asked`` gives a reason is ended as ``EarlyStoppingCallback`` would end it."""
    guard = Guard(emit, "stopping a Hugging Face Trainer")
    asking = Asking(asked)

    def steps(args: tuple[Any, ...], kwargs: dict[str, Any], control: Any) -> None:
        with guard:
            if asking.is_over():
                control.should_training_stop = True

    def patches(module: Any) -> Iterator[AbstractContextManager[None]]:
        yield called(module.CallbackHandler, "on_train_begin", before=asking.begins)
        yield called(module.CallbackHandler, "on_step_end", after=steps)

    return installed(guard, {"transformers.trainer_callback": patches})
