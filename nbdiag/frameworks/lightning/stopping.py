"""Whether a training is to end comes in; Lightning's trainings end by ``trainer.should_stop``, after a batch."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import AbstractContextManager
from typing import Any

from nbdiag.frameworks.base import Asked, Emit
from nbdiag.frameworks.hooks.asking import Asking
from nbdiag.frameworks.hooks.guard import Guard
from nbdiag.frameworks.hooks.installing import installed
from nbdiag.frameworks.hooks.patches import called
from nbdiag.frameworks.lightning.hook import PACKAGES, class_of


def stop(asked: Asked, emit: Emit) -> AbstractContextManager[None]:
    """While open, a training for which ``asked`` gives a reason is ended as ``EarlyStopping`` would end it."""
    guard = Guard(emit, "stopping a Lightning Trainer")
    asking = Asking(asked)

    def advances(args: tuple[Any, ...], kwargs: dict[str, Any], _: Any) -> None:
        with guard:
            if asking.is_over():
                args[0].trainer.should_stop = True

    def patches(module: Any) -> Iterator[AbstractContextManager[None]]:
        yield called(class_of(module, "FitLoop"), "on_run_start", before=asking.begins)
        yield called(class_of(module, "TrainingEpochLoop"), "on_advance_end", after=advances)

    return installed(guard, {f"{package}.loops.fit_loop": patches for package in PACKAGES})
