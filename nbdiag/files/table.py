"""A table of measured values goes in, wide or tidy, as columns; runs come out."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping, Sequence
from typing import Any

from nbdiag.capture.measures import is_aside, is_measure
from nbdiag.capture.pairs import NUMBER, number
from nbdiag.events import Record
from nbdiag.files.flat import flat
from nbdiag.files.uneven import Places, beside_a_counter, beside_each_other, of_pairs, paired
from nbdiag.metrics import identify, is_fraction
from nbdiag.run import Run

Columns = Mapping[str, Sequence[Any]]

_EPOCH = {"epoch", "epochs", "round", "boosting_round"}
_STEP = {"step", "steps", "global_step", "iteration", "iter", "batch", "trainer/global_step"}
_GROUP = {"run", "fold", "trial"}
_ASIDE = re.compile(
    r"|unnamed: ?\d+|index|time|timestamp|date|wall[_ ]?time|.*(runtime|per_second|seconds|elapsed|duration)|eta|seed"
)
_EXPORT = re.compile(r"(.{1,200}?) - ([^-]{1,100}?)(__MIN|__MAX)?")
_SHOWN = re.compile(rf"\s*({NUMBER})\s*(%?)\s*\Z")


def runs_from_columns(columns: Columns, framework: str = "", *, missing: bool = False) -> list[Run]:
    """The runs of a table; empty where no column is a known measure.

    ``missing``: NaN stands for "not measured" (a DataFrame's), except in the last rows where every loss is NaN.
    Columns need not be equally long (see ``uneven``); text such as ``"93.1%"`` is read as printed.
    """
    lower = {str(name).strip().lower(): list(values) for name, values in columns.items()}
    if {"metric", "value"} <= set(lower):
        return _tidy(lower, framework)
    if runs := _exported(columns, framework, missing):
        return runs
    group = next((lower[name] for name in lower if name in _GROUP), None)
    if group is None:
        run = _wide(columns, framework, missing)
        return [run] if run is not None else []
    runs = []
    for label in dict.fromkeys(group):
        rows = [i for i, g in enumerate(group) if g == label]
        part = {n: [v[i] for i in rows] for n, v in columns.items() if str(n).strip().lower() not in _GROUP}
        if (run := _wide(part, framework, missing)) is not None:
            run.name = str(label)
            runs.append(run)
    return _numbered(runs)


def _exported(columns: Columns, framework: str, missing: bool) -> list[Run]:
    """The runs of a Weights & Biases export: ``Step``, ``run-1 - loss``, ``run-1 - loss__MIN``, …"""
    parts: dict[str, dict[str, Sequence[Any]]] = {}
    counters = {n: v for n, v in columns.items() if str(n).strip().lower() in _EPOCH | _STEP}
    for name, values in columns.items():
        found = _EXPORT.fullmatch(str(name))
        if found and not found[3]:
            parts.setdefault(found[1], dict(counters))[found[2]] = values
        elif found is None and name not in counters:
            return []
    runs = []
    for label, part in parts.items():
        if (run := _wide(part, framework, missing)) is not None:
            run.name = label
            runs.append(run)
    return _numbered(runs)


def runs_from_rows(rows: Sequence[Mapping[Any, Any]]) -> list[Run]:
    """The runs of a list of dicts, one for each time something was logged."""
    rows = [flat(row) for row in rows]
    names = dict.fromkeys(str(key) for row in rows for key in row)
    return runs_from_columns({name: [row.get(name) for row in rows] for name in names})


def _wide(columns: Columns, framework: str, missing: bool) -> Run | None:
    epochs = steps = None
    measured: dict[str, list[_Cell | None]] = {}
    told: dict[str, list[int]] = {}
    for name, values in columns.items():
        key = str(name).strip().lower()
        pairs = paired(values)
        if key in _EPOCH and epochs is None:
            epochs = [_place(v) for v in values]
        elif key in _STEP and steps is None:
            steps = [_place(v) for v in values]
        elif not (_ASIDE.fullmatch(key) or is_aside(key)) and (cells := _cells(pairs[1] if pairs else values)):
            measured[str(name)] = cells
            if pairs:
                told[str(name)] = pairs[0]
    if not any(is_measure(identify(_without_period(name)[0]).metric) for name in measured):
        return None
    if missing:
        _forget_missing(measured)
    own = of_pairs(told)
    if epochs is None and steps is None:
        if len(measured) < len([name for name in columns if not _ASIDE.fullmatch(str(name).strip().lower())]):
            return None  # words beside the numbers, and nothing counts: a table of something else
        counted = beside_each_other([len(cells) for name, cells in measured.items() if name not in own])
        own |= {name: counted[len(cells)] for name, cells in measured.items() if name not in own}
    offset = 1 if epochs and min((e for e in epochs if e is not None), default=1) == 0 else 0
    counted_epochs = [None if e is None else e + offset for e in epochs] if epochs else None
    run = Run(framework=framework)
    for name, cells in measured.items():
        places = own.get(name) or beside_a_counter(len(cells), counted_epochs, steps)
        if places is not None:
            _column(run, name, cells, *places)
    return run if len(run) else None


class _Cell:
    __slots__ = ("percent", "rounding", "value")

    def __init__(self, value: float, rounding: float = 0.0, percent: bool = False) -> None:
        self.value, self.rounding, self.percent = value, rounding, percent


def _cells(values: Sequence[Any]) -> list[_Cell | None] | None:
    """A column's cells, or None where something in it is no number. Printed cells share the finest rounding seen."""
    cells: list[_Cell | None] = []
    for value in values:
        if value is None or (isinstance(value, str) and not value.strip()):
            cells.append(None)
        elif isinstance(value, str):
            shown = _SHOWN.match(value)
            if shown is None:
                return None
            cells.append(_Cell(*number(shown[1], bool(shown[2])), bool(shown[2])))
        elif isinstance(value, bool) or (found := _number(value)) is None:
            return None
        else:
            cells.append(_Cell(found))
    finest = min((c.rounding for c in cells if c is not None and math.isfinite(c.value)), default=0.0)
    for cell in cells:
        if cell is not None:
            cell.rounding = finest
    return cells if any(c is not None for c in cells) else None


def _column(
    run: Run,
    name: str,
    cells: list[_Cell | None],
    epochs: Places,
    steps: Places,
) -> None:
    label, period = _without_period(name)
    named = identify(label)
    rows = [i for i, cell in enumerate(cells) if cell is not None]
    places = [epochs[i] if epochs else None for i in rows]
    once_an_epoch = epochs is not None and None not in places and len(set(places)) == len(places)
    per_epoch = period == "epoch" or (period is None and (steps is None or once_an_epoch))
    values = [cell.value for cell in cells if cell is not None]
    marked = any(c is not None and c.percent for c in cells)
    meant = (
        not marked
        and is_fraction(named.metric)
        and any(1.5 < v <= 100 for v in values)
        and not any(v > 100 for v in values)
    )
    scale = 100.0 if meant else 1.0
    for i in rows:
        cell = cells[i]
        if cell is None:
            continue
        epoch = epochs[i] if epochs else None
        step = steps[i] if steps and not per_epoch else None
        run.append(
            Record(
                named.metric,
                named.split
                or ("val" if name.strip().lower().startswith("metrics/") else "train"),  # YOLO's results.csv
                cell.value / scale,
                epoch,
                None if step is None else int(step),
                name,
                "%" if marked or meant else "",
                cell.rounding / scale,
            )
        )


def _without_period(name: str) -> tuple[str, str | None]:
    """``train_loss_step`` is ``train_loss`` per step."""
    for period in ("step", "epoch"):
        if name.lower().endswith(f"_{period}"):
            return name[: -len(period) - 1], period
    return name, None


def _forget_missing(measured: dict[str, list[_Cell | None]]) -> None:
    """NaN is "not measured", but where every loss is NaN from a row to the end, the training broke there."""
    losses = [cells for name, cells in measured.items() if "loss" in name.lower()]
    count = max(len(cells) for cells in measured.values())
    known = [
        any(i < len(c) and (cell := c[i]) is not None and cell.value == cell.value for c in losses)
        for i in range(count)
    ]
    broke = max((i + 1 for i, yes in enumerate(known) if yes), default=0) if losses else count
    for name, cells in measured.items():
        is_loss = "loss" in name.lower()
        for i, cell in enumerate(cells):
            if cell is not None and cell.value != cell.value and not (i >= broke and is_loss):
                cells[i] = None


def _tidy(columns: Mapping[str, list[Any]], framework: str) -> list[Run]:
    count = len(columns["value"])
    blank: list[Any] = [None] * count
    group = next((columns[name] for name in columns if name in _GROUP), blank)
    runs: dict[Any, Run] = {}
    zero = min((e for v in columns.get("epoch", blank) if (e := _place(v)) is not None), default=1) == 0
    for i in range(count):
        value = _number(columns["value"][i])
        if value is None:
            continue
        epoch, step = _place(columns.get("epoch", blank)[i]), _place(columns.get("step", blank)[i])
        named = identify(str(columns["metric"][i]))
        split = columns.get("split", blank)[i]
        key = None if group[i] is None else str(group[i])
        run = runs.setdefault(key, Run(name=key or "", framework=framework))
        run.append(
            Record(
                named.metric,
                str(split) if isinstance(split, str) and split else named.split or "train",
                value,
                None if epoch is None else epoch + zero,
                None if step is None else int(step),
                str(columns.get("label", blank)[i] or named.label),
                str(columns.get("unit", blank)[i] or ""),
            )
        )
    return _numbered([run for run in runs.values() if len(run)])


def _number(value: Any) -> float | None:
    """A cell as a number; None where it is none or missing. NaN stays where it is a measured value's cell."""
    if value is None or isinstance(value, bool):
        return None
    if isinstance(value, str):
        shown = _SHOWN.match(value)
        return number(shown[1])[0] if shown else None
    try:
        found = float(value.detach() if hasattr(value, "detach") else value)
    except (TypeError, ValueError):
        return None
    return found


def _place(value: Any) -> float | None:
    found = _number(value)
    return found if found is not None and math.isfinite(found) else None


def _numbered(runs: list[Run]) -> list[Run]:
    for i, run in enumerate(runs, 1):
        run.number = i
    return runs
