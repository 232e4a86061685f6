"""A chart goes in, rows of text that show its curves go out: one line of blocks for each curve."""

from __future__ import annotations

import math

import numpy as np
from rich.table import Table
from rich.text import Text

from nbdiag.views.numbers import place, shown
from nbdiag.views.shapes import Chart, Line, Panel

_BLOCKS = "▁▂▃▄▅▆▇█"
_STYLES = {"train": "dim", "val": "blue", "other": "magenta"}
_AROUND = 40  # columns taken by names and values beside the blocks


def rows(chart: Chart, width: int) -> Table:
    """Each curve as blocks on a common scale within its panel, with its ends; the pins' numbers above them."""
    across = max(10, min(60, width - _AROUND))
    table = Table.grid(padding=(0, 1))
    table.add_column(no_wrap=True, overflow="ellipsis", max_width=22)
    table.add_column(no_wrap=True)
    table.add_column(no_wrap=True, overflow="ellipsis")
    if chart.pins:
        table.add_row("", _pins(chart, across), "")
    for panel in chart.panels:
        for line in panel.lines:
            if not line.faint and len(line.x):
                name = f"{panel.title} {line.name}".strip()
                table.add_row(
                    name, Text(blocks(line, panel, chart, across), style=_STYLES[line.role]), _ends(line, panel)
                )
    first, last = place(round(chart.x_ticks[0], 2)), place(round(chart.progress, 2))
    table.add_row("", Text(f"{chart.x_unit} {first}".ljust(max(across - len(last), 0)) + last, style="dim"), "")
    return table


def blocks(line: Line, panel: Panel, chart: Chart, across: int) -> str:
    """``across`` characters from the run's first value to its last: ``×`` no number, blank nothing measured."""
    order = np.argsort(line.x, kind="stable")
    x, y = line.x[order], line.y[order]
    known = np.isfinite(y)
    low, high = chart.x_ticks[0], max(chart.progress, chart.x_ticks[0])
    edges = np.linspace(low, high, across + 1)
    begin, reached = np.searchsorted(x, edges[:-1]).tolist(), np.searchsorted(x, edges[1:], "right").tolist()
    end = np.searchsorted(x, edges[1:]).tolist()
    end = [right if b == edges[-1] else left for left, right, b in zip(end, reached, edges[1:], strict=True)]
    unknown = [0, *np.cumsum(~known).tolist()]
    between = np.interp((edges[1:] + edges[:-1]) / 2, x[known], y[known]).tolist() if known.any() else []
    out = []
    for i, j, so_far, middle in zip(begin, end, reached, between, strict=False):
        if j > i:
            level = float(y[i:j].sum() / (j - i)) if unknown[j] == unknown[i] else None
        elif not so_far or i == len(x):
            out.append(" ")
            continue
        else:
            level = middle if known[so_far - 1] and known[i] else None
        out.append("×" if level is None else _BLOCKS[min(max(int(_share(level, panel) * len(_BLOCKS)), 0), 7)])
    return "".join(out) or "".join("×" if j > i else " " for i, j in zip(begin, end, strict=True))


def _share(y: float, panel: Panel) -> float:
    low, high = panel.y_min, panel.y_max
    if panel.log and y > 0:
        y, low, high = (math.log10(v) for v in (y, low, high))
    return (y - low) / (high - low)


def _pins(chart: Chart, across: int) -> Text:
    """The numbers where their findings begin; a later one moves right where an earlier one stands."""
    low, span = chart.x_ticks[0], max(chart.progress - chart.x_ticks[0], 1e-9)
    cells = [" "] * across
    for pin in sorted(chart.pins, key=lambda p: (p.start, p.number)):
        text = str(pin.number)
        at = int(np.clip((pin.start - low) / span * (across - 1), 0, across - len(text)))
        while at + len(text) <= across and "".join(cells[max(at - 1, 0) : at + len(text)]).strip():
            at += 1
        if at + len(text) <= across:
            cells[at : at + len(text)] = text
    return Text("".join(cells), style="bold")


def _ends(line: Line, panel: Panel) -> str:
    return f"{shown(float(line.y[0]), percent=panel.percent)} → {line.end_label.removeprefix(line.name).strip()}"
