"""The names a cell bound go in, a line goes out that offers to read what looks like a training history among them.

Only looks: no property of the reader's objects is executed, nothing is imported, and long lists are not walked through.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from itertools import islice
from typing import Any

from nbdiag import frameworks
from nbdiag.frameworks.base import Framework
from nbdiag.metrics import Named, identify, is_loss

FEWEST = 3
"""Values of the shortest list that is taken for a curve: two numbers named ``losses`` may be anything."""
MOST = 32
"""Entries of a dict that are looked at: a history has a few metrics."""
_KEPT = re.compile(r"_(?:list|history|hist|values|vals|log|logs|curve|per_epoch|all|arr|array)$", re.IGNORECASE)


def names_of(namespace: Mapping[str, Any]) -> dict[str, int]:
    """Which object each public name stands for, to be compared later. Keeps nothing alive."""
    return {name: id(value) for name, value in list(namespace.items()) if not name.startswith("_")}


def line(before: Mapping[str, int], namespace: Mapping[str, Any]) -> str:
    """The line to show where a cell gave no curve; empty where it bound nothing that looks like a history."""
    bound = {
        name: value
        for name, value in list(namespace.items())
        if not name.startswith("_") and before.get(name) != id(value)
    }
    known = [framework for framework in frameworks.known() if framework.reads is not None]
    for name, value in reversed(bound.items()):  # the latest is what the cell was about
        if _is_history(value, known):
            return f"nothing was captured; `{name}` looks like a training history: %diagnose {name}"
    if curves := _lists(bound):
        shown = " and ".join(f"`{name}`" for name in curves.values())
        source = ", ".join(f'"{label}": {name}' for label, name in curves.items())
        verb = "looks like a learning curve" if len(curves) == 1 else "look like learning curves"
        return f"nothing was captured; {shown} {verb}: %diagnose {{{source}}}"
    return ""


def _is_history(value: Any, known: list[Framework]) -> bool:
    kind = type(value)
    if kind is list or isinstance(value, dict):
        return _is_table(value)
    roots = {base.__module__.partition(".")[0] for base in kind.__mro__}
    return any(
        f.reads is not None and (roots & set(f.modules) or kind.__name__ == "History") and f.reads(value) for f in known
    )


def _is_table(value: Any) -> bool:
    """``{"loss": [...]}``, ``{"valid": {"rmse": [...]}}`` or ``[{"epoch": 1, "loss": 0.4}, ...]``."""
    if isinstance(value, list):
        if len(value) < FEWEST or type(value[0]) is not dict or type(value[-1]) is not dict:
            return False
        return any(_is_number(value[0].get(n)) and _is_number(value[-1].get(n)) for n in _losses(value[0]))
    if any(_is_curve(value[name]) for name in _losses(value)):
        return True
    return any(isinstance(inner, dict) and _measured(inner) for inner in islice(value.values(), MOST))


def _losses(value: dict[Any, Any]) -> list[str]:
    return [name for name in islice(value, MOST) if isinstance(name, str) and is_loss(identify(name).metric)]


def _measured(inner: dict[Any, Any]) -> bool:
    """An evaluation set's metrics, as boosters keep them: all are curves, and of one length."""
    curves = list(islice(inner.values(), MOST))
    return bool(curves) and all(_is_curve(c) for c in curves) and len({len(c) for c in curves}) == 1


def _lists(bound: Mapping[str, Any]) -> dict[str, str]:
    """Names of lists by what they would be called in a history; none where no loss is among them."""
    curves: dict[str, str] = {}
    losses = False
    for name, value in bound.items():
        named = _named(name)
        if (
            named.metric in ("loss", "accuracy")
            and name.lower() not in ("loss", "acc", "accuracy")
            and _is_curve(value)
        ):
            label = f"{named.split}_{named.metric}" if named.split not in (None, "train") else named.metric
            if label not in curves:
                curves[label] = name
                losses = losses or named.metric == "loss"
    return curves if losses else {}


def _named(name: str) -> Named:
    return identify(_KEPT.sub("", name))


def _is_curve(value: Any) -> bool:
    kind = type(value)
    if kind.__module__ == "numpy" and kind.__name__ == "ndarray":
        return bool(value.ndim == 1 and len(value) >= FEWEST and value.dtype.kind == "f")
    return (
        kind in (list, tuple) and len(value) >= FEWEST and all(_is_number(value[at]) for at in (0, len(value) // 2, -1))
    )


def _is_number(value: Any) -> bool:
    return isinstance(value, (int, float)) and not isinstance(value, bool)
