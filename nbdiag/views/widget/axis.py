"""The reach of a run goes in, the x axis comes out; it is the progress bar: ink as far as the run has come."""

from __future__ import annotations

from typing import Any

import numpy as np
from bqplot import Axis, LinearScale

from nbdiag.views.chart import Chart
from nbdiag.views.widget import marks, palette
from nbdiag.views.widget.geometry import AXIS
from nbdiag.views.widget.sync import assign
from nbdiag.views.widget.ticks import set_ticks


class XAxis:
    """The shared x scale, its numbers, and the progress drawn on it."""

    def __init__(self) -> None:
        self.scale: LinearScale = marks.scale()
        self.unit = {"x": marks.scale(), "y": marks.scale()}
        self._axis = Axis(
            scale=self.scale, grid_lines="none", color=palette.INK2, tick_values=np.zeros(0),
            tick_style={"font-size": "12px"},
        )  # fmt: skip
        self._done = marks.lines(
            {"x": self.scale, "y": self.unit["y"]}, colors=[palette.INK], opacities=[0.75], stroke_width=2
        )
        self._unit = marks.text(self.unit, colors=[palette.INK2], x_offset=14, y_offset=15)
        self.figure = marks.figure([self._done, self._unit], [self._axis], self.unit, height=1, top=0, bottom=AXIS)

    def draw(self, chart: Chart) -> None:
        """Bring the axis to this state."""
        low, high = float(chart.x_min), float(chart.x_max)
        assign(self.scale, min=low, max=high)
        set_ticks(self._axis, chart.x_ticks, chart.x_tick_labels)
        done = min(max(chart.progress, low), high)
        assign(self._done, x=np.array([low, done]), y=np.zeros(2), visible=done > low)
        # Beside the last number, which stands in the middle of its tick: 3.3 px are half a digit.
        beside = round(11 + 3.3 * len(chart.x_tick_labels[-1])) if chart.x_tick_labels else 14
        assign(self._unit, x=np.ones(1), y=np.zeros(1), text=[chart.x_unit], x_offset=beside)

    def parts(self) -> dict[str, Any]:
        """What the companion has to know by name."""
        return {"figure": self.figure, "scale": self.scale, "axis": self._axis, "done": self._done}
