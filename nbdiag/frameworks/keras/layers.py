"""A built Keras model comes in; what its layers tell of dropout, norms, penalties, frozen weights and its output goes out."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

# Their output holds the values of their input, in another shape.
_SHAPES = {"Flatten", "Reshape", "Permute", "Dropout", "Identity"}


def layers(model: Any) -> list[Any]:
    """All layers at every depth."""
    return list(model._flatten_layers(include_self=False))


def from_keras(thing: Any) -> bool:
    """Whether a class's instance or a function is defined by Keras itself."""
    module = getattr(thing, "__module__", None) or type(thing).__module__
    return str(module).partition(".")[0] == "keras"


def layer_facts(model: Any) -> dict[str, Any]:
    """Where a layer is not Keras' own, only what is seen is known, not what is absent."""
    found = layers(model)
    closed = from_keras(type(model)) and all(from_keras(type(layer)) for layer in found)
    norms = [layer for layer in found if type(layer).__name__ == "BatchNormalization"]
    momenta = {float(layer.momentum) for layer in norms}
    seen = {
        "has_dropout": any(_drops(layer) for layer in found),
        "has_batchnorm": bool(norms),
        "has_penalty": any(_penalties(model, found)),
        "augmentation": any(type(layer).__name__.startswith("Random") for layer in found),
    }
    facts: dict[str, Any] = {name: True if yes else False if closed else None for name, yes in seen.items()}
    facts["batchnorm_momentum"] = max(momenta) if momenta else None
    facts["dropout"] = max(
        (rate for layer in found if "Dropout" in type(layer).__name__ for rate in _rates(layer)), default=None
    )
    facts["frozen"] = _frozen(model, found)
    return facts


def _drops(layer: Any) -> bool:
    kind = type(layer).__name__
    possible = "Dropout" in kind or "Noise" in kind or hasattr(layer, "dropout")
    return possible and any(rate > 0 for rate in _rates(layer))


def _rates(layer: Any) -> list[float]:
    rates = (getattr(layer, name, None) for name in ("rate", "dropout", "recurrent_dropout"))
    return [float(rate) for rate in rates if isinstance(rate, (int, float))]


def _penalties(model: Any, found: list[Any]) -> Iterator[bool]:
    for variable in model.trainable_variables:
        yield getattr(variable, "regularizer", None) is not None
    for layer in found:
        yield getattr(layer, "activity_regularizer", None) is not None


def _frozen(model: Any, found: list[Any]) -> float | None:
    """The share of parameters that ``trainable = False`` keeps from training; BatchNorm's averages are none."""
    could = {id(v): v for layer in (model, *found) for v in getattr(layer, "_trainable_variables", ())}
    sizes = {key: _size(v) for key, v in could.items()}
    trained = sum(sizes.get(id(v), 0) for v in model.trainable_variables)
    every = sum(sizes.values())
    return 1 - trained / every if every else None


def _size(variable: Any) -> int:
    size = 1
    for length in variable.shape:
        size *= int(length)
    return size


def output_facts(model: Any) -> dict[str, Any]:
    """Units and last activation of a model with one output; its activation is known where Keras' own layer ends it."""
    return {"output_units": output_units(model), "output_activation": _activation(_last(model))}


def output_units(model: Any) -> int | None:
    """Length of the output's last axis."""
    shape = getattr(model, "output_shape", None)
    return int(shape[-1]) if isinstance(shape, tuple) and shape and isinstance(shape[-1], int) else None


def _last(model: Any) -> Any:
    """The operation that makes the one output's values."""
    outputs = getattr(model, "outputs", None)
    if not isinstance(outputs, (list, tuple)) or len(outputs) != 1:
        return None
    operation, node, _ = outputs[0]._keras_history
    while type(operation).__name__ in _SHAPES and from_keras(type(operation)):
        before = operation._inbound_nodes[node].input_tensors
        if len(before) != 1:
            return None
        operation, node, _ = before[0]._keras_history
    return _last(operation) if hasattr(operation, "outputs") else operation


def _activation(operation: Any) -> str | None:
    kind = type(operation).__name__
    if operation is None or not from_keras(type(operation)):
        return None
    if kind in {"Softmax", "ReLU"}:
        return kind.lower()
    function = getattr(operation, "activation", None)
    plain = kind in {"Dense", "Activation", "EinsumDense"} or kind.startswith("Conv")
    if not plain or not callable(function) or not from_keras(function):
        return None
    return getattr(function, "__name__", None)
