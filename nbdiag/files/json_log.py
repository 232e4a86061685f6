"""A JSON file goes in (a history's dict, a list of rows, a Trainer's state), runs come out."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
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
from nbdiag.metrics import canonical, identify, split_of
from nbdiag.run import Run

_NUMBERED = re.compile(r"(?:epoch[ _-]?)?(\d{1,9})", re.IGNORECASE)
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
        if rows := _rows_by_name(data):
            return runs_from_rows(rows)
        lists = {str(k): v for k, v in data.items() if _is_list(v)}
        return runs_from_columns(lists) if lists else _several(data) or _evaluations(data)
    if _is_list(data) and len(data) and all(isinstance(row, Mapping) for row in data):
        histories = {str(i): row for i, row in enumerate(data, 1) if _holds_curves(row)}
        return _several(histories) if len(histories) == len(data) else runs_from_rows(data)
    return []


def _holds_curves(row: Mapping[Any, Any]) -> bool:
    return any(_is_list(value) and is_measure(identify(str(name)).metric) for name, value in row.items())


def _rows_by_name(data: Mapping[Any, Any]) -> Sequence[Mapping[Any, Any]]:
    """``{1: {"loss": 0.4}, 2: ...}``, a row for each epoch; or ``{"train": [{"loss": 0.4}, ...], "val": ...}``, each split's."""
    if all(isinstance(row, Mapping) and not any(map(_is_list, row.values())) for row in data.values()):
        places = [_NUMBERED.fullmatch(str(name)) for name in data]
        return [{"epoch": int(p[1]), **row} for p, row in zip(places, data.values(), strict=True) if p]
    rows = [
        {**row, "split": name}
        for name, part in data.items()
        if _is_list(part)
        for row in part
        if isinstance(row, Mapping)
    ]
    return rows if all(split_of(str(name)) for name in data) else []


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
