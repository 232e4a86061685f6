"""The names a cell bound go in, a line goes out that offers to read what looks like a training history among them.

Only looks: no property of the reader's objects is executed, nothing is imported, and long lists are not walked through.
"""

from __future__ import annotations

import re
from collections import Counter, deque
from collections.abc import Iterator, Mapping
from itertools import islice
from types import ModuleType
from typing import Any

from nbdiag import frameworks
from nbdiag.candidates import MOST, is_curve, is_named_otherwise, is_table, size
from nbdiag.frameworks.base import Framework
from nbdiag.metrics import Named, identify, split_of

_KEPT = re.compile(r"_?(?:list|history|hist)$|_(?:values|vals|log|logs|curve|per_epoch|all|arr|array)$", re.IGNORECASE)
_ALL = re.compile(r"^all_", re.IGNORECASE)
_PLAYERS = re.compile(r"(g|d|gen|disc|generator|discriminator|critic|actor)_loss(?:es)?", re.IGNORECASE)
"""Losses of models that train against each other: theirs are no partial losses of one."""
_ITEM = re.compile(r'\["(.+)"\]$')
_RATES = 100
"""Rates that grow this much between their ends were tried out: the losses beside them are no training's."""

Names = Mapping[str, tuple[int, int]]


def names_of(namespace: Mapping[str, Any]) -> Names:
    """Which object each public name stands for, and how much it holds, to be compared later. Keeps nothing alive."""
    return {name: (id(value), size(value)) for name, value in _public(namespace)}


def line(before: Names, namespace: Mapping[str, Any]) -> str:
    """The line to show where a cell gave no curve; empty where it bound nothing that looks like a history."""
    bound = {name: value for name, value in _public(namespace) if before.get(name) != (id(value), size(value))}
    known = [framework for framework in frameworks.known() if framework.reads is not None]
    for name, value in reversed(bound.items()):  # the latest is what the cell was about
        if source := _history(name, value, known):
            return f"nothing was captured; `{source}` looks like a training history: %diagnose {source}"
    for found in (bound, *_parts(bound)):
        if curves := _curves(found):
            shown = " and ".join(f"`{name}`" for name in curves.values())
            source = ", ".join(f'"{label}": {name}' for label, name in curves.items())
            verb = "looks like a learning curve" if len(curves) == 1 else "look like learning curves"
            return f"nothing was captured; {shown} {verb}: %diagnose {{{source}}}"
    return ""


def _public(namespace: Mapping[str, Any]) -> list[tuple[str, Any]]:
    """The reader's own names: not those under which IPython keeps what was typed and shown."""
    return [(n, v) for n, v in list(namespace.items()) if not n.startswith("_") and n not in ("In", "Out")]


def _history(name: str, value: Any, known: list[Framework]) -> str:
    """How to write the history that a name stands for, or that its object keeps; empty where there is none."""
    if _is_history(name, value, known):
        return name
    kept = _attributes(value).items()
    return next((f"{name}.{part}" for part, inner in kept if _is_history(part, inner, known)), "")


def _is_history(name: str, value: Any, known: list[Framework]) -> bool:
    if is_table(value):
        return not is_named_otherwise(name)
    kind = type(value)
    roots = {base.__module__.partition(".")[0] for base in kind.__mro__}
    return any(
        f.reads is not None and (roots & set(f.modules) or kind.__name__ == "History") and f.reads(value) for f in known
    )


def _attributes(value: Any) -> dict[str, Any]:
    """What an object of the reader's own keeps, its properties left alone."""
    if isinstance(value, (ModuleType, type)):
        return {}
    try:
        kept = object.__getattribute__(value, "__dict__")
    except AttributeError:
        return {}
    return {k: v for k, v in islice(kept.items(), MOST) if isinstance(k, str) and not k.startswith("_")}


def _parts(bound: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """What stands below the names: the lists an object keeps, and those of ``losses = {"train": [...], "val": [...]}``."""
    for name, value in reversed(bound.items()):
        if type(value) is dict:
            named = _named(name)
            if named.metric == "loss" and named.split is None and not is_named_otherwise(name):
                splits = {key: inner for key, inner in islice(value.items(), MOST) if isinstance(key, str)}
                yield {f'{name}["{key}"]': inner for key, inner in splits.items() if split_of(key)}
        else:
            yield {f"{name}.{part}": inner for part, inner in _attributes(value).items()}


def _curves(bound: Mapping[str, Any]) -> dict[str, str]:
    """Names of lists by what they would be called in a history; none where no loss is among them."""
    found: dict[str, list[str]] = {}
    for name, value in bound.items():
        if (
            (label := _label(name))
            and not is_named_otherwise(name)
            and is_curve(value)
            and not _of_samples(name, value)
        ):
            found.setdefault(label, []).append(name)
    if not any("loss" in label for label in found) or _tried_out(bound):
        return {}
    # Of the losses of each batch and those of each epoch, the ones that stand beside the other curves.
    usual = Counter(len(bound[name]) for names in found.values() for name in names)
    return {label: max(names, key=lambda n: (usual[len(bound[n])], -len(bound[n]))) for label, names in found.items()}


def _of_samples(name: str, value: Any) -> bool:
    """Whether these may be the losses of single samples: an array under a name that tells of no split and no history."""
    array = not isinstance(value, (list, tuple, deque))
    return array and _named(name).split is None and _KEPT.search(name) is None


def _label(name: str) -> str:
    """What a list of this name would be called in a history; empty for any other."""
    last = name.rpartition(".")[2]
    if found := _ITEM.search(last):
        return f"{split_of(found[1])}_loss".removeprefix("train_")
    if playing := _PLAYERS.fullmatch(_KEPT.sub("", last)):
        return f"{playing[1].lower()}_loss"
    named = _named(last)
    if named.metric not in ("loss", "accuracy") or last.lower() in ("loss", "acc", "accuracy"):
        return ""
    return f"{named.split}_{named.metric}" if named.split not in (None, "train") else named.metric


def _tried_out(bound: Mapping[str, Any]) -> bool:
    """Whether learning rates beside the losses were tried out, from the smallest to the largest."""
    rates = [
        v for n, v in bound.items() if identify(_KEPT.sub("", n)).metric in ("learning_rate", "lrs", "learning_rates")
    ]
    return any(is_curve(v) and float(v[-1]) > _RATES * abs(float(v[0])) for v in rates)


def _named(name: str) -> Named:
    return identify(_ALL.sub("", _KEPT.sub("", name)))
