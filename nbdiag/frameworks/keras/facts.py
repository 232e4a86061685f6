"""A compiled Keras model and its data come in; facts read from the objects go out."""

from __future__ import annotations

import sys
from typing import Any

from nbdiag.facts import Facts, facts_from
from nbdiag.frameworks.keras.data import Source, class_counts, kind_of_targets, label_order, label_range, weighting
from nbdiag.frameworks.keras.inputs import input_range
from nbdiag.frameworks.keras.layers import from_keras, layer_facts, output_facts, output_units
from nbdiag.metrics import loss_family

CUSTOM = "custom"
"""The loss's name where its arithmetic is the reader's own, whatever they call it: no identity may be built on it."""

_REGRESSION = {"huber", "log_cosh", "mean_absolute_percentage_error", "mean_squared_logarithmic_error", "cosine"}
_ALIASES = {"mape": "mean_absolute_percentage_error", "msle": "mean_squared_logarithmic_error", "logcosh": "log_cosh"}


def training_facts(model: Any, params: dict[str, Any], source: Source | None) -> Facts:
    """What is known when a training begins."""
    known: dict[str, Any] = {
        "framework": "keras",
        "epochs": params.get("epochs"),
        "steps_per_epoch": params.get("steps"),
    }
    known |= loss_facts(model) | optimizer_facts(model) | layer_facts(model) | output_facts(model)
    known["backend"] = _backend()
    if source is not None:
        known |= {"n_train": source.n, "batch_size": source.batch_size, "shuffle": source.shuffle}
        known |= {"steps_per_epoch": source.steps or params.get("steps")}
        known |= _array_facts(model, source, known)
    return facts_from(known, "object")


def _array_facts(model: Any, source: Source, known: dict[str, Any]) -> dict[str, Any]:
    """What arrays in memory tell: weights, labels, inputs, and the task where the loss does not tell it."""
    facts: dict[str, Any] = {"class_weight": weighting(source)}
    if not source.arrays:
        return facts
    task, n_classes = known["task"], known["n_classes"]
    kind = kind_of_targets(source.y, known["output_units"]) if loss_family(known["loss"]) == "mse" else None
    if kind is not None:
        task, n_classes = kind[0], kind[1] or None
        facts |= {"task": task, "n_classes": n_classes}
    if task == "classification":
        facts |= {"class_counts_train": class_counts(source.y, n_classes), "label_order": label_order(source.y)}
    facts["label_range"] = label_range(source.y)
    facts["input_range"] = input_range(model, source.x)
    return facts


def validation_facts(model: Any, source: Source) -> Facts:
    """What the validation data tell, known when they are first used."""
    known: dict[str, Any] = {"n_val": _samples_seen(source)}
    task = loss_facts(model)
    if task["task"] == "classification" and source.arrays and not source.capped:
        known["class_counts_val"] = class_counts(source.y, task.get("n_classes"))
    return facts_from(known, "object")


def _samples_seen(source: Source) -> int | None:
    if source.n is None or not source.capped:
        return source.n
    return min(source.n, (source.steps or 0) * (source.batch_size or 0)) or None


def loss_object(model: Any) -> Any:
    """The one loss a model is compiled with: a name, a function or an object; None for several or none."""
    loss = model.loss
    if isinstance(loss, dict):
        loss = list(loss.values())
    if isinstance(loss, (list, tuple)):
        loss = loss[0] if len(loss) == 1 else None
    return loss


def loss_facts(model: Any) -> dict[str, Any]:
    """Task, loss and classes. A loss of the reader's own is ``custom``, also when its name says cross-entropy."""
    loss, own_step = loss_object(model), overrides(model, "train_step", "test_step", "compute_loss")
    config: dict[str, Any] = {}
    if loss is None and not own_step:
        name = None
    elif own_step or not is_plain_loss(model, loss):
        name = CUSTOM
    elif isinstance(loss, str):
        name = _ALIASES.get(loss, loss)
    else:
        name = getattr(loss, "__name__", None) or getattr(loss, "name", None) or type(loss).__name__
        config = loss.get_config() if hasattr(loss, "get_config") else {}
    family = loss_family(name)
    entropy = family in {"binary-crossentropy", "crossentropy"}
    units = output_units(model)
    n_classes = None
    if family == "crossentropy" and (units or 0) > 1:
        n_classes = units
    elif family == "binary-crossentropy" and units == 1:
        n_classes = 2
    return {
        "task": _task(model, name, entropy),
        "loss": name,
        "n_classes": n_classes,
        "from_logits": bool(config.get("from_logits", False)) if entropy else None,
        "label_smoothing": float(config.get("label_smoothing", 0.0)) if entropy else None,
        "loss_is": "unknown" if own_step else "epoch-mean",
    }


def is_plain_loss(model: Any, loss: Any) -> bool:
    """Keras' own loss, averaged over all samples, with no factor before it."""
    if getattr(getattr(model, "_compile_loss", None), "_user_loss_weights", None) is not None:
        return False
    if isinstance(loss, str):
        return True
    if getattr(loss, "ignore_class", None) is not None:  # samples of that class count for accuracy, not for the loss
        return False
    inner = getattr(loss, "fn", None)
    own = from_keras(loss) and (inner is None or from_keras(inner))
    return own and getattr(loss, "reduction", "sum_over_batch_size") not in {"sum", "none", None}


def overrides(model: Any, *names: str) -> bool:
    """Whether the reader's class, or the model itself, replaces one of these methods."""
    return any(n in vars(model) or not from_keras(getattr(type(model), n, None)) for n in names)


def _task(model: Any, loss: str | None, entropy: bool) -> str | None:
    flat = str(loss).lower()
    if entropy or "hinge" in flat or "crossentropy" in flat:
        return "classification"
    if loss_family(loss) == "mse":
        return None  # of classes too: the targets tell
    if loss_family(loss) == "mae" or any(r in flat for r in _REGRESSION):
        return "regression"
    wanted = str((getattr(model, "_compile_config", None) or _NoConfig).config.get("metrics")).lower()
    return "classification" if "acc" in wanted else None


class _NoConfig:
    config: dict[str, Any] = {}  # noqa: RUF012 - never written to


def learning_rate(model: Any) -> float | None:
    """The optimizer's learning rate at this step; a schedule's value is computed."""
    rate = getattr(getattr(model, "optimizer", None), "learning_rate", None)
    if rate is None:
        return None
    value = getattr(rate, "value", rate)
    if hasattr(value, "detach"):
        value = value.detach()
    return float(value)


def optimizer_facts(model: Any) -> dict[str, Any]:
    """The optimizer's name and learning rate."""
    optimizer = getattr(model, "optimizer", None)
    if optimizer is None:
        return {}
    inner = getattr(optimizer, "inner_optimizer", optimizer)
    return {"optimizer": type(inner).__name__, "learning_rate": learning_rate(model)}


def _backend() -> str | None:
    config = sys.modules.get("keras.src.backend.config")
    return str(config.backend()) if config is not None else None
