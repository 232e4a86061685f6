"""The range of a panel goes in; a linear and, where values allow it, a logarithmic y axis come out, one of them shown.

The reader switches between the two in the browser: both are sent, so no kernel is asked.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from bqplot import Axis, LogScale

from nbdiag import metrics
from nbdiag.views.numbers import linear_ticks, log_ticks, tick_texts
from nbdiag.views.shapes import Panel
from nbdiag.views.widget import marks, palette
from nbdiag.views.widget.sync import assign
from nbdiag.views.widget.ticks import set_ticks


class YAxis:
    """Two scales with their axes; the panel says which one its marks stand on."""

    def __init__(self) -> None:
        self._linear = marks.scale()
        self._log = LogScale(min=0.1, max=1.0, allow_padding=False)
        self._linear_axis, self._log_axis = _axis(self._linear, visible=True), _axis(self._log, visible=False)
        self._logarithmic = False
        self._both = False
        self.axes = [self._linear_axis, self._log_axis]

    @property
    def scale(self) -> Any:
        """The scale to draw on."""
        return self._log if self._logarithmic else self._linear

    def draw(self, panel: Panel) -> None:
        """Take the panel's range for its own kind of axis, and work out the other."""
        own, other = (self._log, self._linear) if panel.log else (self._linear, self._log)
        _set(own, self._axis_of(own), panel.y_min, panel.y_max, panel.ticks, panel.tick_labels)
        span = _positive(panel)
        self._both = span is not None
        if span is not None:
            ticks = log_ticks(*span) if other is self._log else linear_ticks(0.0, span[1])
            labels = tick_texts(ticks, log=other is self._log, percent=panel.percent and other is self._linear)
            _set(other, self._axis_of(other), ticks[0], ticks[-1], ticks, labels)
        if panel.log != self._logarithmic:  # else what the reader chose in the browser stays
            self._logarithmic = panel.log
            assign(self._linear_axis, visible=not panel.log)
            assign(self._log_axis, visible=panel.log)

    def parts(self) -> dict[str, Any]:
        """What the companion has to know by name; ``log`` only where there is a choice."""
        linear = {"scale": self._linear, "axis": self._linear_axis}
        log = {"scale": self._log, "axis": self._log_axis}
        return {"linear": linear, "log": log, "both": self._both, "logarithmic": self._logarithmic}

    def limits(self) -> dict[str, list[float]]:
        """Lowest and highest value of both scales."""
        return {"linear": [self._linear.min, self._linear.max], "log": [self._log.min, self._log.max]}

    def _axis_of(self, scale: Any) -> Axis:
        return self._log_axis if scale is self._log else self._linear_axis


def _axis(scale: Any, *, visible: bool) -> Axis:
    return Axis(
        scale=scale,
        side="left",
        tick_values=np.array([0.1, 1.0]),
        grid_lines="solid",
        grid_color=palette.GRID,
        color=palette.INK2,
        tick_style={"font-size": "12px"},
        visible=visible,
    )


def _set(scale: Any, axis: Axis, low: float, high: float, ticks: Any, labels: Any) -> None:
    assign(scale, min=float(low), max=float(high))
    set_ticks(axis, ticks, labels)


def _positive(panel: Panel) -> tuple[float, float] | None:
    """Lowest and highest value above 0, if powers of ten are a way to read them; what is not above 0 lies on the floor."""
    names = {line.curve.partition(":")[2] for line in panel.lines}
    if not all(metrics.is_loss(name) or name == "learning_rate" for name in names):
        return None
    positive = [line.y[np.isfinite(line.y) & (line.y > 0)] for line in panel.lines]
    values = np.concatenate([*positive, np.zeros(0)])
    if not len(values) or values.min() == values.max():
        return None
    return float(values.min()), float(values.max())
