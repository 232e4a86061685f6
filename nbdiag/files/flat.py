"""Rows as loggers nest them, and tables as pandas writes them to JSON, go in; flat rows and columns go out."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

from nbdiag.metrics import identify, split_of

WRAPPERS = (
    "history", "log", "logs", "log_history", "metrics", "results", "epochs", "scalars", "values", "records", "data",
)  # fmt: skip
"""Keys under which a file keeps its values, beside what else it holds."""
_SPREAD = re.compile(r"-stdv?$")
_SPLITS = ("mode", "split", "phase", "stage")
_NO_SPLIT = {"epoch", "step", "iter", "iteration", "global_step", "lr", "learning_rate"}


def flat(row: Mapping[Any, Any]) -> dict[str, Any]:
    """``{"epoch": 1, "val": {"loss": 0.4}}`` as ``{"epoch": 1, "val_loss": 0.4}``; a row's ``mode`` names its split."""
    out: dict[str, Any] = {}
    for key, value in row.items():
        if isinstance(value, Mapping):
            inside = flat(value)
            out |= inside if str(key).lower() in WRAPPERS else {f"{key}_{name}": v for name, v in inside.items()}
        else:
            out[str(key)] = value
    named = next((str(row[key]) for key in _SPLITS if isinstance(row.get(key), str)), "")
    if split := split_of(named):
        out = {
            name if name.lower() in _NO_SPLIT or identify(name).split else f"{split}_{name}": v
            for name, v in out.items()
        }
    return out


def columns_of(data: Mapping[Any, Any]) -> dict[str, Sequence[Any]]:
    """The columns of a DataFrame written with ``to_json`` (``orient`` columns or split); empty where this is none."""
    names, rows = data.get("columns"), data.get("data")
    if isinstance(names, list) and isinstance(rows, list) and all(isinstance(row, list) for row in rows):
        return {str(name): [row[i] for row in rows if i < len(row)] for i, name in enumerate(names)}
    if data and all(isinstance(v, Mapping) and v and all(str(k).isdecimal() for k in v) for v in data.values()):
        return {str(name): list(column.values()) for name, column in data.items()}
    return {}


def means_of_folds(columns: Mapping[Any, Sequence[Any]]) -> Mapping[Any, Sequence[Any]]:
    """A table of ``xgb.cv``, ``lgb.cv`` or CatBoost's ``cv``: the means under the metric's own name, without their spread."""
    spread = {name: _SPREAD.sub("-mean", str(name)) for name in columns if _SPREAD.search(str(name))}
    means = {name for name in columns if name in set(spread.values())}
    if not means or len(means) < len(spread):
        return columns
    return {
        name.removesuffix("-mean") if name in means else name: values
        for name, values in columns.items()
        if name not in spread
    }
