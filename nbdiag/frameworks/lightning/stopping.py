"""Whether a training is to end comes in; Lightning's trainings end by ``trainer.should_stop``, after a batch."""

from __future__ import annotations

from contextlib import AbstractContextManager
from typing import Any

from nbdiag.frameworks.base import Asked, Emit
from nbdiag.frameworks.hooks.asking import Asking
from nbdiag.frameworks.hooks.guard import Guard
from nbdiag.frameworks.hooks.installing import Patches, installed
from nbdiag.frameworks.hooks.patches import called
from nbdiag.frameworks.lightning.hook import PACKAGES


def stop(asked: Asked, emit: Emit) -> AbstractContextManager[None]:
    """While open, a training for which ``asked`` gives a reason is ended as ``EarlyStopping`` would end it."""
    guard = Guard(emit, "stopping a Lightning Trainer")
    asking = Asking(asked)

    def advances(args: tuple[Any, ...], kwargs: dict[str, Any], _: Any) -> None:
        with guard:
            if asking.is_over():
                args[0].trainer.should_stop = True

    wanted: dict[str, Patches] = {}
    for package in PACKAGES:
        wanted[f"{package}.loops.fit_loop"] = lambda m: [called(m._FitLoop, "on_run_start", before=asking.begins)]
        wanted[f"{package}.loops.training_epoch_loop"] = lambda m: [
            called(m._TrainingEpochLoop, "on_advance_end", after=advances)
        ]
    return installed(guard, wanted)
