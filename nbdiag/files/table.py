"""A table of measured values goes in, wide or tidy, as columns; runs come out."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

from nbdiag.capture.measures import is_aside, is_measure
from nbdiag.events import Record
from nbdiag.files.cells import Cells, cells_of, forget_gaps, forget_missing, is_missing, number_of, place_of
from nbdiag.files.flat import flat, means_of_folds
from nbdiag.files.restarts import Columns, trainings
from nbdiag.files.uneven import Places, beside_a_counter, beside_each_other, counted_within, of_pairs, paired
from nbdiag.metrics import identify, is_fraction, is_setting
from nbdiag.run import Run

_EPOCH = {"epoch", "epochs", "round", "boosting_round"}
_STEP = {"step", "steps", "global_step", "iteration", "iter", "iterations", "batch", "trainer/global_step"}
_GROUP = {"run", "fold", "trial"}
_ASIDE = re.compile(
    r"|unnamed: ?\d+|index|time|timestamp|date|wall[_ ]?time|.*(runtime|per_second|seconds|elapsed|duration)|dur|eta|seed"
)
_FASTAI = {"train_loss", "valid_loss", "time"}
"""Columns of fastai's ``CSVLogger``: what it measures beside the losses it measures on the validation data."""
_EXPORT = re.compile(r"(.{1,200}?) - ([^-]{1,100}?)(__MIN|__MAX)?")


def runs_from_columns(columns: Columns, framework: str = "", *, missing: bool = False) -> list[Run]:
    """The runs of a table; empty where no column is a known measure.

    ``missing``: NaN stands for "not measured" (a DataFrame's), except in the last rows where every loss is NaN.
    Columns need not be equally long (see ``uneven``); text such as ``"93.1%"`` is read as printed.
    """
    lower = {str(name).strip().lower(): list(values) for name, values in columns.items()}
    if {"metric", "value"} <= set(lower):
        return _tidy(lower, framework)
    columns = means_of_folds(columns)
    runs = _exported(columns, framework, missing)
    if runs:
        return runs
    group = next((lower[name] for name in lower if name in _GROUP), None)
    if group is None:
        counters = [n for n in columns if _counts(n, _EPOCH)] or [n for n in columns if _counts(n, _STEP)]
        places = [place_of(v) for v in columns[counters[0]]] if counters else None
        parts = trainings(columns, [n for n in columns if is_counter(n)], places)
        found = (_wide(part, framework, missing) for part in parts)
        return _numbered([run for run in found if run is not None])
    group = [str(label) for label in group]
    for label in dict.fromkeys(group):
        rows = [i for i, g in enumerate(group) if g == label]
        part = {
            n: [v[i] for i in rows if i < len(v)] for n, v in columns.items() if str(n).strip().lower() not in _GROUP
        }
        if (run := _wide(part, framework, missing)) is not None:
            run.name = label
            runs.append(run)
    return _numbered(runs)


def _is_beside(name: str) -> bool:
    """Whether a column stands beside the measures of many a training: times, rates, norms."""
    return bool(_ASIDE.fullmatch(_plain(name))) or is_setting(identify(str(name)).metric)


def is_counter(name: str) -> bool:
    """Whether a column of this name counts epochs or steps."""
    return _counts(name, _EPOCH | _STEP)


def _counts(name: str, counters: set[str]) -> bool:
    return _plain(name) in counters


def _plain(name: str) -> str:
    """A column's name to be compared; Weights & Biases marks its own by a line in front: ``_step``."""
    return str(name).strip().lower().removeprefix("_")


def _exported(columns: Columns, framework: str, missing: bool) -> list[Run]:
    """The runs of a Weights & Biases export: ``Step``, ``run-1 - loss``, ``run-1 - loss__MIN``, …"""
    parts: dict[str, dict[str, Sequence[Any]]] = {}
    counters = {n: v for n, v in columns.items() if is_counter(n)}
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
    measured: dict[str, Cells] = {}
    told: dict[str, list[int]] = {}
    for name, values in columns.items():
        key = _plain(name)
        pairs = paired(values)
        if key in _EPOCH and epochs is None:
            epochs = [place_of(v) for v in values]
        elif key in _STEP and steps is None:
            steps = [place_of(v) for v in values]
        elif not (_ASIDE.fullmatch(key) or is_aside(key)) and (cells := cells_of(pairs[1] if pairs else values)):
            measured[str(name)] = cells
            if pairs:
                told[str(name)] = pairs[0]
    if not any(is_measure(identify(_without_period(name)[0]).metric) for name in measured):
        return None
    (forget_missing if missing else forget_gaps)(measured)
    if epochs and steps and len(epochs) != len(steps):
        steps = None  # of two counters that disagree the coarser is kept
    own = of_pairs(told)
    if epochs is None and steps is None:
        told_of = [n for n, values in columns.items() if not (_is_beside(n) or all(map(is_missing, values)))]
        if not measured.keys() >= {*map(str, told_of)}:
            return None  # words beside the numbers, and nothing counts: a table of something else
        counts = {name: len(cells) for name, cells in measured.items() if name not in own}
        trained = [count for name, count in counts.items() if identify(name).split in (None, "train")]
        counted = beside_each_other([*counts.values()], max(trained, default=0))
        own |= {name: counted[len(cells)] for name, cells in measured.items() if name not in own}
    offset = 1 if epochs and min((e for e in epochs if e is not None), default=1) == 0 else 0
    counted_epochs = [None if e is None else e + offset for e in epochs] if epochs else None
    unnamed = "val" if {*map(_plain, columns)} >= _FASTAI else "train"
    run = Run(framework=framework)
    for name, cells in measured.items():
        places = own.get(name) or beside_a_counter(len(cells), counted_epochs, steps)
        if places is not None:
            _column(run, name, cells, *places, unnamed)
    return run if len(run) else None


def _column(
    run: Run,
    name: str,
    cells: Cells,
    epochs: Places,
    steps: Places,
    unnamed: str,
) -> None:
    label, period = _without_period(name)
    named = identify(label)
    rows = [i for i, cell in enumerate(cells) if cell is not None]
    places = [epochs[i] if epochs else None for i in rows]
    once_an_epoch = epochs is not None and None not in places and len(set(places)) == len(places)
    if steps is None and period is None and len(places) >= 2 * len(set(places)):
        steps = counted_within(epochs, rows)  # an epoch's number stands at each of its steps
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
                or ("val" if name.strip().lower().startswith("metrics/") else unnamed),  # YOLO's results.csv
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


def _tidy(columns: Mapping[str, list[Any]], framework: str) -> list[Run]:
    count = max(map(len, columns.values()))
    blank: list[Any] = [None] * count
    columns = {name: [*values, *blank[len(values) :]] for name, values in columns.items()}
    group = next((columns[name] for name in columns if name in _GROUP), blank)
    runs: dict[Any, Run] = {}
    zero = min((e for v in columns.get("epoch", blank) if (e := place_of(v)) is not None), default=1) == 0
    for i in range(count):
        value = number_of(columns["value"][i])
        if value is None:
            continue
        epoch, step = place_of(columns.get("epoch", blank)[i]), place_of(columns.get("step", blank)[i])
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


def _numbered(runs: list[Run]) -> list[Run]:
    for i, run in enumerate(runs, 1):
        run.number = i
    return runs
