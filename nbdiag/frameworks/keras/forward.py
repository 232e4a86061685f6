"""A Keras model, its weights at some epoch and validation arrays come in; each sample's loss and output go out.

The training cannot notice: variables are read and written in a ``StatelessScope`` only (weights, BatchNorm statistics,
metrics, Keras' seed generators), no gradient is recorded, the compiled functions are not touched, and the generators'
states of Python, numpy and torch are put back. ``evaluate`` and ``predict`` would draw from torch's generator.
"""

from __future__ import annotations

import contextlib
import dataclasses
import random
import sys
import time
from collections.abc import Iterator
from typing import Any

import numpy as np

from nbdiag.frameworks.keras.data import Source, as_numpy, tree
from nbdiag.frameworks.keras.facts import is_plain_loss, loss_object, overrides
from nbdiag.frameworks.keras.layers import from_keras, layers

Weights = list[tuple[Any, Any]]

# Layers that run code of the reader's: it may print, count or draw.
_FOREIGN = {"Lambda", "TorchModuleWrapper", "JaxLayer", "FlaxLayer", "TFSMLayer"}


@dataclasses.dataclass(frozen=True)
class Outputs:
    """What the model says of each validation sample: ``losses`` of shape ``(n,)``, ``outputs`` of ``(n, ...)``."""

    losses: np.ndarray
    outputs: np.ndarray


def can_replay(model: Any, source: Source) -> bool:
    """Whether one more forward pass over these data runs Keras' own code only, on arrays in memory, with a plain loss."""
    if not source.arrays or source.y is None or source.weighted or source.capped:
        return False
    if not from_keras(type(model)) or overrides(model, "call", "train_step", "test_step", "compute_loss"):
        return False
    if loss_object(model) is None or not is_plain_loss(model, loss_object(model)) or not _one_loss(model):
        return False
    arrays = [as_numpy(leaf) for leaf in (*tree().flatten(source.x), source.y)]
    if any(a is None or a.dtype.kind not in "biuf" for a in arrays):
        return False
    return all(_is_pure(layer) for layer in (model, *layers(model)))


def _one_loss(model: Any) -> Any:
    """The ``Loss`` object that ``compile`` made of the loss, once built; None for several."""
    compiled = model._compile_loss
    flat: Any = getattr(compiled, "_flat_losses", None) or getattr(compiled, "flat_losses", None) or ()
    found = [getattr(one, "loss", one) for one in flat]  # until Keras 3.6, the list held the losses themselves
    return found[0] if len(found) == 1 and from_keras(type(found[0])) else None


def _is_pure(layer: Any) -> bool:
    activation = getattr(layer, "activation", None)
    hooked = getattr(layer, "_forward_hooks", None) or getattr(layer, "_forward_pre_hooks", None)
    return (
        from_keras(type(layer))
        and type(layer).__name__ not in _FOREIGN
        and "call" not in vars(layer)
        and (activation is None or from_keras(activation))
        and not hooked
    )


def weights_of(model: Any) -> Weights:
    """A copy of all weights, on their device: a tenth of what the way to the host takes, and nothing waits for it."""
    keras = sys.modules["keras"]
    if keras.config.backend() == "torch":
        return [(variable, variable.value.detach().clone()) for variable in model.weights]
    return [(variable, np.array(keras.ops.convert_to_numpy(variable.value))) for variable in model.weights]


class Forward:
    """One pass over the validation data, again and again. On jax it is compiled, by a function of its own: operation by
    operation the first pass took 1.0 s for a small model, compiled 0.1 s, and later ones a seventh."""

    def __init__(self, model: Any, source: Source) -> None:
        keras = sys.modules["keras"]
        self.model, self.n = model, int(source.n or 0)
        self.x = tree().map_structure(as_numpy, source.x)
        self.y = as_numpy(source.y)
        self.size = min(source.batch_size or 32, self.n)
        compiled = keras.config.backend() == "jax"
        self.batch = sys.modules["jax"].jit(self._batch) if compiled else self._batch

    def run(self, weights: Weights | None, deadline: float) -> Outputs | None:
        """Loss and output of each sample with these weights (None: as they are); None where ``deadline`` comes first."""
        keras = sys.modules["keras"]
        values = [v for _, v in weights] if weights else [v.value for v in self.model.weights]
        losses, outputs = [], []
        with _generators_kept(), _no_gradients():
            for start in range(0, self.n, self.size):
                if time.perf_counter() > deadline:
                    return None
                # The last batch is filled up from the beginning: a second shape would be compiled once more.
                rows = np.arange(start, start + self.size) % self.n
                x, y = tree().map_structure(lambda a, rows=rows: a[rows], (self.x, self.y))
                each, predicted = self.batch(values, x, y)
                values_each = np.asarray(keras.ops.convert_to_numpy(each), dtype=float)
                losses.append(values_each.reshape(self.size, -1).mean(axis=1))
                outputs.append(np.array(keras.ops.convert_to_numpy(predicted)))
        return Outputs(np.concatenate(losses)[: self.n], np.concatenate(outputs)[: self.n])

    def _batch(self, values: Any, x: Any, y: Any) -> tuple[Any, Any]:
        keras, loss = sys.modules["keras"], _one_loss(self.model)
        with keras.StatelessScope(state_mapping=list(zip(self.model.weights, values, strict=True))):
            predicted = self.model(x, training=False)
            truth = keras.ops.convert_to_tensor(y, dtype=loss.dtype)
            return loss.call(truth, keras.ops.convert_to_tensor(predicted, dtype=loss.dtype)), predicted


@contextlib.contextmanager
def _generators_kept() -> Iterator[None]:
    python, numpy = random.getstate(), np.random.get_state()
    torch = sys.modules.get("torch")
    cpu = torch.get_rng_state() if torch else None
    # Asking an uninitialised CUDA would initialise it.
    cuda = torch.cuda.get_rng_state_all() if torch and torch.cuda.is_initialized() else None
    try:
        yield
    finally:
        random.setstate(python)
        np.random.set_state(numpy)
        if torch:
            torch.set_rng_state(cpu)
            if cuda is not None:
                torch.cuda.set_rng_state_all(cuda)


def _no_gradients() -> contextlib.AbstractContextManager[Any]:
    torch = sys.modules.get("torch")
    return torch.no_grad() if torch else contextlib.nullcontext()
