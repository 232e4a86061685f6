"""``fit(epochs=1)`` in a loop of the reader's: a fit that ended comes in, whether the next one goes on with it goes out.

Such fits are the epochs of one training. They are taken for it where the same model is trained for one epoch at a time
and nothing changed its weights in between: a fold that sets them back is a training of its own.
"""

from __future__ import annotations

import dataclasses
import weakref
from typing import Any

_MOST = 10_000
"""Values of a variable that is compared: a bias or a small kernel, never an embedding."""


@dataclasses.dataclass(frozen=True, slots=True)
class Part:
    """One epoch that a fit has trained; ``done`` are all epochs of the training so far, ``steady`` its learning rate."""

    model: weakref.ref[Any]
    weights: bytes
    done: int
    steady: list[tuple[int, float]] | None

    def goes_on(self, model: Any, planned: int | None) -> bool:
        """Whether a fit of ``model`` that is planned to end at epoch ``planned`` is this training's next epoch."""
        return self.model() is model and planned in (1, self.done + 1) and _weights(model) == self.weights


def part(model: Any, trained: int, done: int, steady: list[tuple[int, float]] | None) -> Part | None:
    """A fit of ``trained`` epochs is over; None where it is no part of a training."""
    return Part(weakref.ref(model), _weights(model), done, steady) if trained == 1 else None


def _weights(model: Any) -> bytes:
    """The last small variable that is trained: its values differ after each step."""
    for variable in reversed(model.trainable_variables):
        size = 1
        for length in variable.shape:
            size *= length
        if 0 < size <= _MOST:
            return bytes(variable.numpy().tobytes())
    return b""
