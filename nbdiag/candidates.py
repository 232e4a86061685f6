"""A value that a cell bound goes in; whether it has the shape of a curve or of a history comes out, without reading it.

Libraries' own containers are asked for their shape; of the reader's objects no code runs.
"""

from __future__ import annotations

import re
from collections import deque
from collections.abc import Iterable, Mapping
from itertools import islice
from typing import Any

from nbdiag.metrics import identify, is_loss, is_setting

FEWEST = 3
"""Values of the shortest list that is taken for a curve: two numbers named ``losses`` may be anything."""
MOST = 32
"""Entries of a dict that are looked at: a history has a few metrics."""
_COUNTERS = {"epoch", "epochs", "step", "steps", "global_step", "iteration", "iter", "round"}


def size(value: Any, depth: int = 2) -> int:
    """How much a container holds, with the lists in it: a history that an earlier cell began grows in this one.

    ``depth`` dicts are looked into, as an evaluation's results have: a dict may hold itself.
    """
    kind = type(value)
    if kind in (list, deque):
        return len(value)
    if not depth or not isinstance(value, dict):
        return 0
    return dict.__len__(value) + sum(size(inner, depth - 1) for inner in islice(dict.values(value), MOST))


def is_curve(value: Any) -> bool:
    """Numbers in a row, one of them at least no count; also as tensors, or as pairs of a place and a number."""
    kind, root = type(value), type(value).__module__.partition(".")[0]
    if (root, kind.__name__) in (("numpy", "ndarray"), ("pandas", "Series")):
        return bool(value.ndim == 1 and len(value) >= FEWEST and value.dtype.kind == "f")
    if (root, kind.__name__) == ("torch", "Tensor"):
        return bool(value.ndim == 1 and len(value) >= FEWEST and value.is_floating_point())
    if kind not in (list, tuple, deque) or len(value) < FEWEST:
        return False
    some = [value[at] for at in (0, len(value) // 2, -1)]
    if all(type(each) is tuple and len(each) == 2 and type(each[0]) is int for each in some):
        some = [each[1] for each in some]
    return all(map(_is_number, some)) and not all(type(each) is int for each in some)


def is_table(value: Any) -> bool:
    """``{"loss": [...]}``, ``{"valid": {"rmse": [...]}}``, rows ``{"epoch": 1, "loss": 0.4}``, or a table of such columns."""
    if isinstance(value, dict):
        if any(is_curve(value[name]) for name in _losses(value)):
            return True
        if _is_numbered(value):
            return True
        return any(isinstance(inner, dict) and _measured(inner) for inner in islice(value.values(), MOST))
    if type(value) is list and len(value) > 1 and type(value[0]) is type(value[-1]) is dict:
        ends = (value[0], value[-1])
        return (len(value) >= FEWEST and all(map(_is_row, ends))) or all(map(is_table, ends))
    kind = type(value)
    return (kind.__module__.partition(".")[0], kind.__name__) == ("pandas", "DataFrame") and _is_frame(value)


def _is_numbered(value: dict[Any, Any]) -> bool:
    """``{1: {"loss": 0.4}, 2: ...}``: a row for each epoch."""
    first, rows = list(islice(value, FEWEST)), list(islice(value.values(), FEWEST))
    return (
        len(first) == FEWEST
        and all(type(n) is int for n in first)
        and all(type(r) is dict and _is_row(r) for r in rows)
    )


def _is_row(row: dict[Any, Any]) -> bool:
    """What a loop noted once: a loss, and a count or nothing but measures. A sweep's rows hold settings, others words."""
    names = [name for name in islice(row, MOST) if isinstance(name, str)]
    inner = [f"{name}_{key}" for name in names if type(row[name]) is dict for key in islice(row[name], MOST)]
    losses = [name for name in _losses(row) if _is_number(row[name])] + _losses(inner)
    counted = not _COUNTERS.isdisjoint(name.lower() for name in names)
    return bool(losses) and (counted or _only_measures(row, names))


def _only_measures(row: dict[Any, Any], names: list[str]) -> bool:
    numbers = all(type(row[name]) is dict or _is_number(row[name]) for name in names)
    return numbers and not any(is_setting(identify(name).metric) for name in names)


def _is_frame(frame: Any) -> bool:
    """A column of a loss beside one that counts, or beside another split's."""
    kinds = {
        str(name).removesuffix("-mean"): kind.kind
        for name, kind in zip(frame.columns[:MOST], frame.dtypes, strict=False)
    }
    names = list(kinds)
    losses = [name for name in _losses(names) if kinds[name] == "f"]
    counted = {str(frame.index.name).lower(), *(name.lower() for name in names)} & _COUNTERS
    several = len({identify(name).split for name in losses}) > 1
    return len(frame) >= FEWEST and bool(losses) and (bool(counted) or several)


def _losses(names: Iterable[Any]) -> list[str]:
    return [name for name in islice(names, MOST) if isinstance(name, str) and is_loss(identify(name).metric)]


def _measured(inner: Mapping[Any, Any]) -> bool:
    """An evaluation set's metrics, as boosters keep them: all are curves, and of one length."""
    curves = list(islice(inner.values(), MOST))
    return bool(curves) and all(is_curve(c) for c in curves) and len({len(c) for c in curves}) == 1


def _is_number(value: Any) -> bool:
    """A number, also as an array or a tensor without dimensions."""
    if isinstance(value, (int, float)):
        return not isinstance(value, bool)
    root = type(value).__module__.partition(".")[0]
    if root == "numpy":
        return bool(getattr(value, "ndim", 1) == 0 and value.dtype.kind == "f")
    return (root, type(value).__name__) == ("torch", "Tensor") and bool(value.ndim == 0)


_WORDS = re.compile(r"grid|param|config|weight|mask|landscape|surface|sample|range", re.IGNORECASE)


def is_named_otherwise(name: str) -> bool:
    """Whether the name says that these numbers are no history: weights of losses, a grid to search, losses of samples."""
    return _WORDS.search(name) is not None
