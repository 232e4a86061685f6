"""Whether a training is to end comes in; Keras' trainings end by ``model.stop_training``, at their next batch or epoch."""

from __future__ import annotations

import contextlib
import weakref
from collections.abc import Iterator
from typing import Any

from nbdiag.frameworks.base import Asked, Emit
from nbdiag.frameworks.hooks.asking import Asking
from nbdiag.frameworks.hooks.guard import Guard
from nbdiag.frameworks.hooks.installing import installed
from nbdiag.frameworks.hooks.patches import watched
from nbdiag.frameworks.keras.observer import callback_class


@contextlib.contextmanager
def stop(asked: Asked, emit: Emit) -> Iterator[None]:
    """While open, a training for which ``asked`` gives a reason is ended as ``EarlyStopping`` would end it."""
    guard = Guard(emit, "stopping a Keras training")
    added: list[tuple[weakref.ref[Any], Any]] = []

    def begins(callbacks: Any) -> None:
        with guard:
            list_class: Any = type(callbacks)
            ours = callback_class(list_class, Stopper)(callbacks._model, asked, guard)
            callbacks.callbacks.append(ours)
            added.append((weakref.ref(callbacks), ours))

    patches = {
        "keras.src.callbacks.callback_list": lambda module: [watched(module.CallbackList, "on_train_begin", begins)]
    }
    try:
        with installed(guard, patches):
            yield
    finally:
        for reference, ours in added:  # a list made by the reader outlives its training
            callbacks = reference()
            if callbacks is not None and ours in callbacks.callbacks:
                callbacks.callbacks.remove(ours)


class Stopper:
    """The callback."""

    async_safe = True
    """It reads no values: nothing has to be waited for."""

    def __init__(self, model: Any, asked: Asked, guard: Guard) -> None:
        super().__init__()
        self.net = weakref.ref(model)  # one that the reader deletes is to be gone, its memory free
        self.asking, self.guard = Asking(asked), guard

    def on_train_batch_end(self, batch: int, logs: Any = None) -> None:
        self._look()

    def on_epoch_end(self, epoch: int, logs: Any = None) -> None:
        self._look()

    def _look(self) -> None:
        with self.guard:
            model = self.net()
            if model is not None and self.asking.is_over():
                model.stop_training = True
