"""A diagnosis goes in, what to draw comes out: panels, lines, spans and pins, without a drawing library."""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from nbdiag.curve import Curve
from nbdiag.run import Run
from nbdiag.views.horizontal import horizontal, reach, unit_for
from nbdiag.views.numbers import place, shown
from nbdiag.views.panels import chosen, panel
from nbdiag.views.pins import pins
from nbdiag.views.shapes import Chart, Line, Mark, Panel, Pin

if TYPE_CHECKING:
    from nbdiag.diagnosis import Diagnosis

__all__ = ["Chart", "Line", "Mark", "Panel", "Pin", "draw"]

POINTS = 1000
"""Points of a line: about as many as a wide screen has pixels for it."""
_HEIGHTS = (192, 128, 96, 96)
_HEALTHY_HEIGHTS = (152, 104, 88, 88)
"""Panels' heights in px, from the top; lower where there is nothing to explain."""


def draw(
    diagnosis: Diagnosis,
    *,
    previous: Diagnosis | None = None,
    x_unit: str = "epoch",
    points: int = POINTS,
    log: bool | None = None,
    metrics: Sequence[str] | None = None,
    window: tuple[float, float] | None = None,
) -> Chart:
    """The chart of one run; ``previous`` (by default the cell's run before it) is drawn faintly behind.

    ``x_unit`` (``epoch``, ``step`` or ``time``) falls back to what the run has. ``log`` asks for or against
    logarithmic y axes; by default a loss gets one only where a linear one would hide most of its values. ``metrics`` are
    those to draw. A line has about ``points`` points, and in a ``window`` of the x axis as many again.
    """
    run, previous = diagnosis.run, previous or diagnosis.previous
    names = chosen(diagnosis, metrics)
    curves = [c for c in run.curves() if c.metric in names]
    unit = unit_for(curves, x_unit)
    reaches = (reach(run, c, unit) for c in [*curves, *_steps_behind(run, curves)])
    axis = horizontal(run, unit, [r for r in reaches if r is not None])
    behind = previous if previous is not None and unit_for(previous.run.curves(), unit) == unit else None
    pinned, lanes = pins(diagnosis, axis)
    heights = _HEIGHTS if pinned else _HEALTHY_HEIGHTS
    drawn = [
        panel(diagnosis, name, axis, height, previous=behind, points=points, log=log, window=window)
        for name, height in zip(names, itertools.chain(heights, itertools.repeat(heights[-1])), strict=False)
    ]
    return Chart(
        panels=tuple(drawn), pins=pinned, lanes=lanes, x_min=axis.low, x_max=axis.high,
        x_ticks=axis.ticks, x_unit=unit, progress=axis.progress, x_tick_labels=axis.labels,
        description=_described(drawn, unit),
    )  # fmt: skip


def _steps_behind(run: Run, curves: Sequence[Curve]) -> list[Curve]:
    """The steps of curves that have epochs too: the axis holds them as well."""
    found = (run.curve(c.metric, c.split, "step") for c in curves if c.per == "epoch")
    return [c for c in found if c is not None]


def _described(panels: Sequence[Panel], unit: str) -> str:
    """The curves in a sentence: from where over the extreme to where."""
    parts = [
        f"{p.title}: " + "; ".join(_course(line, p, unit) for line in p.lines if not line.faint and len(line.y))
        for p in panels
    ]
    return ". ".join(part[:1].upper() + part[1:] for part in parts) + "." if parts else "No values yet."


def _course(line: Line, p: Panel, unit: str) -> str:
    y = line.y[np.isfinite(line.y)]
    x = line.x[np.isfinite(line.y)]
    name = line.name or p.title
    if not len(y):
        return f"{name} has no finite value"
    if len(y) == 1:
        return f"{name} {shown(float(y[0]), percent=p.percent)} at {unit} {place(float(x[0]))}"
    low, high = int(y.argmin()), int(y.argmax())
    turns = [i for i in sorted({low, high}) if 0 < i < len(y) - 1]
    over = "".join(f", {shown(float(y[i]), percent=p.percent)} at {unit} {place(float(x[i]))}" for i in turns)
    first, last = shown(float(y[0]), percent=p.percent), shown(float(y[-1]), percent=p.percent)
    return f"{name} from {first} at {unit} {place(float(x[0]))}{over} to {last} at {unit} {place(float(x[-1]))}"
