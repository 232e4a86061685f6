"""A Keras ``History`` object goes in, its run goes out, at full precision."""

from __future__ import annotations

from typing import Any

from nbdiag.events import Record
from nbdiag.facts import facts_from
from nbdiag.frameworks.keras.facts import training_facts
from nbdiag.metrics import identify
from nbdiag.run import Run


def is_history(source: Any) -> bool:
    """Whether this is a ``History`` of Keras or tf.keras, of any version, that holds values; nothing is imported."""
    if type(source).__name__ != "History" or not hasattr(source, "epoch"):
        return False
    kept = getattr(source, "history", None)
    return isinstance(kept, dict) and any(kept.values())


def read_history(source: Any) -> list[Run]:
    """The one run of a ``History``. With ``validation_freq`` a metric has fewer values than there are epochs."""
    shown = [int(e) + 1 for e in source.epoch]
    columns: dict[str, list[Any]] = {name: list(values) for name, values in source.history.items()}
    params = getattr(source, "params", None) or {}
    known = {"framework": "keras", "loss_is": "epoch-mean", "epochs": params.get("epochs")}
    if params.get("steps"):
        known["steps_per_epoch"] = params["steps"]
    facts = facts_from(known, "object")
    model = getattr(source, "model", None)
    if from_keras_3(model) and getattr(model, "compiled", False):
        facts = facts.merged(training_facts(model, params, None))
    run = Run(framework="keras", facts=facts)
    for name, values in columns.items():
        named = identify(name)
        for epoch, value in zip(_epochs(shown, len(values)), values, strict=True):
            run.append(Record(named.metric, named.split or "train", float(value), epoch, label=name))
    return [run]


def from_keras_3(model: Any) -> bool:
    """Whether this is a model whose objects say what we read from them."""
    return any(kind.__module__.startswith("keras.src.") for kind in type(model).__mro__)


def _epochs(shown: list[int], count: int) -> list[int]:
    """The epochs of ``count`` values: all, or the evenly spaced ones that ``validation_freq`` picks."""
    if count == len(shown) or not count:
        return shown[:count]
    if count > len(shown):  # a History that was edited: count on
        return [*shown, *range((shown[-1] if shown else 0) + 1, (shown[-1] if shown else 0) + 1 + count - len(shown))]
    every = ([e for e in shown if e % frequency == 0] for frequency in range(2, len(shown) + shown[-1] + 1))
    return next((picked for picked in every if len(picked) == count), shown[-count:])
