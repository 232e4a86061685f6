"""A table's row comes in, read; the rows below it that differ from it in their numbers only go out, as columns."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping

from nbdiag.capture.pairs import numbers
from nbdiag.capture.rows import COUNT, VALUE, Rows

_COUNT = re.compile(r"(\d*)")
_NUMBER = re.compile(r"\[?([^\[\]%]*)")  # what may stand around it: ``[0.5]``, ``93.1%``
_FREE = r"[^\s,;%|\u2502\u2503\u2551]{0,40}"
"""A cell of a column that is not read: a time, a mark, a word; nothing that would part it in two."""
_TRIES = 3
"""Rows of a table of which a form is made: where they are still unlike then, the others are, too."""

Cells = dict[str, tuple[float, float, bool]]
"""The numbers of a row by their column: value, rounding, and whether it is a percentage."""
Columns = dict[str, tuple[list[float], list[float], str]]
"""The numbers of many rows: values, rounding, and their unit."""


class TableRows:
    """The form of one table's rows. ``reads`` tells of a column's name whether a number there is a value."""

    def __init__(self, reads: Callable[[str], bool]) -> None:
        self._reads = reads
        self._rows: Rows | None = None
        self._units: dict[str, str] = {}
        self._tries = 0
        self.before = False
        """Whether the row before stood in this form."""

    def look(self, text: str, cells: Mapping[str, str], counts: int, row: Cells) -> None:
        """A row was read: its ``cells`` by their column, the first of them ``counts``, the values in ``row``."""
        if self._rows is None and self._tries < _TRIES:
            self._tries += 1
            self._rows = self._form(text, cells, counts, row)
            self._units = {name: "%" if percent else "" for name, (_, _, percent) in row.items()}
        self.before = self._rows is not None and self._rows.numbers(text) is not None

    def ahead(self, text: str, start: int, stop: int) -> int:
        """Until where rows follow that are as the one before but for their numbers."""
        return self._rows.until(text, start, stop) if self.before and self._rows else start

    def columns(self, text: str, start: int, end: int) -> tuple[list[list[int]], Columns] | None:
        """The counters of these rows, and their values by the name of their column; None of too few rows."""
        shown = self._rows.columns(text, start, end) if self._rows else None
        if shown is None:
            return None
        counters = len(shown) - len(self._units)
        values = zip(self._units.items(), shown[counters:], strict=True)
        told = {name: (*numbers(column, unit == "%"), unit) for (name, unit), column in values}
        return [[int(token) for token in column] for column in shown[:counters]], told

    def _form(self, text: str, cells: Mapping[str, str], counts: int, row: Cells) -> Rows | None:
        if "%" in text and ("|" in text or "━" in text):
            return None  # what stands behind ``93%|`` is a bar
        parts, last = [""], 0
        for i, (name, cell) in enumerate(cells.items()):
            start = text.find(cell, last)
            parts[-1] += _gap(text[last:start], i > 0)
            last = start + len(cell)
            if i < counts or name in row:
                number = (_COUNT if i < counts else _NUMBER).match(cell)
                assert number is not None  # both match nothing at all, too
                parts[-1] += re.escape(cell[: number.start(1)])
                parts += [COUNT if i < counts else VALUE, re.escape(cell[number.end(1) :])]
            elif not self._reads(name):
                parts[-1] += _FREE
            else:
                return None  # another row may have a value there
        parts[-1] += _gap(text[last:], False)
        return Rows(parts)


def by_row(columns: Columns) -> list[Cells]:
    """The same, row by row."""
    rows = [[(v, half, unit == "%") for v, half in zip(*both, strict=True)] for *both, unit in columns.values()]
    return [dict(zip(columns, row, strict=True)) for row in zip(*rows, strict=True)]


def _gap(text: str, between: bool) -> str:
    """What stands between two cells with any number of blanks around it, or at least one where they alone part them."""
    bare = text.strip(" ")
    return f" {{0,99}}{re.escape(bare)} {{0,99}}" if bare else f" {{{int(between)},99}}"
