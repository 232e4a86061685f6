"""The cells of a column go in, as a file or an object holds them; numbers with their rounding and percent signs come out."""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from typing import Any

from nbdiag.capture.pairs import NUMBER, number

_SHOWN = re.compile(
    rf"\s*(?:(?:tensor|array|(?:np|numpy|jnp)\.\w{{1,20}})\()?({NUMBER})\s*(%?)(?:\s*[,)][\s\w=,'\":<>.()]{{0,80}})?\Z"
)
_MISSING = {"", "na", "n/a", "none", "null", "-", "--"}
"""What stands where nothing was measured; Keras' CSVLogger writes ``NA``."""


class Cell:
    """One number, half a unit of its last printed digit, and whether a percent sign stood behind it."""

    __slots__ = ("percent", "rounding", "value")

    def __init__(self, value: float, rounding: float = 0.0, percent: bool = False) -> None:
        self.value, self.rounding, self.percent = value, rounding, percent


Cells = list[Cell | None]


def cells_of(values: Sequence[Any]) -> Cells | None:
    """A column's cells, or None where something in it is no number. Printed cells share the finest rounding seen."""
    cells: Cells = []
    for value in values:
        if is_missing(value):
            cells.append(None)
        elif isinstance(value, str):
            shown = _SHOWN.match(value)
            if shown is None:
                return None
            cells.append(Cell(*number(shown[1], bool(shown[2])), bool(shown[2])))
        elif (found := number_of(value)) is None:
            return None
        else:
            cells.append(Cell(found))
    finest = min((c.rounding for c in cells if c is not None and math.isfinite(c.value)), default=0.0)
    for cell in cells:
        if cell is not None:
            cell.rounding = finest
    return cells if any(c is not None for c in cells) else None


def is_missing(value: Any) -> bool:
    """Whether a cell says that nothing was measured."""
    return value is None or (isinstance(value, str) and value.strip().lower() in _MISSING)


def number_of(value: Any) -> float | None:
    """A cell as a number; None where it is none or missing. NaN stays where it is a measured value's cell."""
    if is_missing(value) or isinstance(value, bool):
        return None
    if isinstance(value, str):
        shown = _SHOWN.match(value)
        return number(shown[1])[0] if shown else None
    try:
        return float(value.detach() if hasattr(value, "detach") else value)
    except (TypeError, ValueError, OverflowError):
        return None


def place_of(value: Any) -> float | None:
    """A cell as a place; None where it is none."""
    found = number_of(value)
    return found if found is not None and math.isfinite(found) else None


def forget_gaps(measured: dict[str, Cells]) -> None:
    """In a file, NaN at all but every k-th row is "not measured" where other losses are known there: validation every few epochs."""
    known = {name: _known(cells) for name, cells in measured.items()}
    for name, cells in measured.items():
        at = known[name]
        every = at[1] - at[0] if len(at) > 1 else 1
        if every > 1 and at[0] < every and at == list(range(at[0], len(cells), every)):
            others = (found for other, found in known.items() if other != name and "loss" in other.lower())
            if any(len({*found, *at}) == len(cells) for found in others):
                _forget(cells, range(len(cells)))


def _known(cells: Cells) -> list[int]:
    return [i for i, cell in enumerate(cells) if cell is not None and cell.value == cell.value]


def forget_missing(measured: dict[str, Cells]) -> None:
    """In a DataFrame, NaN is "not measured"; but where every loss is NaN from a row to the end, the training broke there."""
    losses = [cells for name, cells in measured.items() if "loss" in name.lower()]
    count = max(len(cells) for cells in measured.values())
    known = [
        any(i < len(c) and (cell := c[i]) is not None and cell.value == cell.value for c in losses)
        for i in range(count)
    ]
    broke = max((i + 1 for i, yes in enumerate(known) if yes), default=0) if losses else count
    for name, cells in measured.items():
        _forget(cells, range(broke if "loss" in name.lower() else count))


def _forget(cells: Cells, rows: range) -> None:
    for i in rows[: len(cells)]:
        cell = cells[i]
        if cell is not None and cell.value != cell.value:
            cells[i] = None
