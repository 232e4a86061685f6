"""A JSON file goes in (a history's dict, a list of rows, a Trainer's state), runs come out."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from nbdiag.capture.measures import is_measure
from nbdiag.errors import DamagedSource
from nbdiag.files import jsonl_log
from nbdiag.files.base import Format, text_of
from nbdiag.files.flat import WRAPPERS, columns_of
from nbdiag.files.table import runs_from_columns, runs_from_rows
from nbdiag.frameworks import transformers
from nbdiag.frameworks.catboost import saved
from nbdiag.frameworks.rounds import evaluation_splits
from nbdiag.metrics import canonical
from nbdiag.run import Run

_SETS = ("train", "val", "test")


def knows(path: Path, head: bytes) -> bool:
    """By its name."""
    return path.suffix.lower() == ".json"


def read(path: Path) -> list[Run]:
    """The runs of a file."""
    try:
        runs = runs_from_json(json.loads(text_of(path)))
    except json.JSONDecodeError as error:
        if error.msg == "Extra data":
            return jsonl_log.read(path)  # Detectron2 and MMDetection write JSON lines under this name
        raise DamagedSource(f"{path.name}, line {error.lineno}: no JSON: {error.msg}") from None
    if not runs:
        raise DamagedSource(
            f"{path.name} holds no history: neither a dict of lists nor a list of rows with a known metric"
        )
    return runs


def runs_from_json(data: Any) -> list[Run]:
    """The runs of plain data: a dict of lists, a list of dicts, either inside ``history``; a Trainer's state."""
    if isinstance(data, Mapping):
        if transformers.reads(data):
            return transformers.read(data)
        if saved.reads(data):
            return saved.read(data)
        for name in WRAPPERS:
            if isinstance(data.get(name), (Mapping, list)) and (runs := runs_from_json(data[name])):
                return runs
        if columns := columns_of(data):
            return runs_from_columns(columns)
        lists = {str(k): v for k, v in data.items() if _is_list(v)}
        return runs_from_columns(lists) if lists else _several(data) or _evaluations(data)
    if _is_list(data) and len(data) and all(isinstance(row, Mapping) for row in data):
        histories = {str(i): row for i, row in enumerate(data, 1) if any(_is_list(v) for v in row.values())}
        return _several(histories) if len(histories) == len(data) else runs_from_rows(data)
    return []


def _several(data: Mapping[Any, Any]) -> list[Run]:
    """``{"fold 1": {"loss": [...], "val_loss": [...]}, ...}``: a history for each fold or setting, by its name.

    Where a name is a split's, the parts are no runs but evaluation sets, or metrics with their splits.
    """
    parts = {str(name): part for name, part in data.items() if isinstance(part, Mapping)}
    measured = any(is_measure(canonical(name)) for name in parts)
    if len(parts) < 2 or measured or any(split in _SETS for split in evaluation_splits(list(parts)).values()):
        return []
    runs: list[Run] = []
    for name, part in parts.items():
        for run in runs_from_json(part):
            run.name, run.number = run.name or name, len(runs) + 1
            runs.append(run)
    return runs


def _evaluations(data: Mapping[Any, Any]) -> list[Run]:
    """``{"train": {"rmse": [...]}, "valid": {"rmse": [...]}}``: a booster's evals_result."""
    sets = [str(part) for part, metrics in data.items() if isinstance(metrics, Mapping)]
    splits = {part: split if split in _SETS else part for part, split in evaluation_splits(sets).items()}
    columns = {
        f"{splits[str(part)]}_{metric}": values
        for part, metrics in data.items()
        if isinstance(metrics, Mapping)
        for metric, values in metrics.items()
        if _is_list(values)
    }
    return runs_from_columns(columns) if columns else []


def _is_list(value: Any) -> bool:
    rows = hasattr(value, "__len__") and hasattr(value, "__getitem__") and not isinstance(value, (str, bytes, Mapping))
    return rows and getattr(value, "ndim", 1) != 0  # a tensor of one number has both, too


JSON_LOG = Format("JSON history", knows, read)
