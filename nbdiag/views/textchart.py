"""A chart goes in, rows of text that show its curves go out: one line of blocks for each curve."""

from __future__ import annotations

import itertools

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
    known = np.isfinite(line.y)
    low, high = chart.x_ticks[0], max(chart.progress, chart.x_ticks[0])
    edges = np.linspace(low, high, across + 1)
    out = []
    for a, b in itertools.pairwise(edges):
        inside = (line.x >= a) & ((line.x < b) | (b == edges[-1]) & (line.x <= b))
        if inside.any() and not known[inside].all():
            out.append("×")
            continue
        before, after = line.x <= b, line.x >= a
        if not known.any() or not before.any() or not after.any():
            out.append(" ")
            continue
        if not inside.any() and not (known[before.nonzero()[0][-1]] and known[after.nonzero()[0][0]]):
            out.append("×")
            continue
        y = (
            float(np.mean(line.y[inside]))
            if inside.any()
            else float(np.interp((a + b) / 2, line.x[known], line.y[known]))
        )
        out.append(_BLOCKS[int(np.clip(_share(y, panel) * len(_BLOCKS), 0, len(_BLOCKS) - 1))])
    return "".join(out)


def _share(y: float, panel: Panel) -> float:
    low, high = panel.y_min, panel.y_max
    if panel.log and y > 0:
        y, low, high = (float(np.log10(v)) for v in (y, low, high))
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
