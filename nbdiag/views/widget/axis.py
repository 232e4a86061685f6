"""The reach of a run goes in, the x axis comes out; it is the progress bar: ink as far as the run has come."""

from __future__ import annotations

from typing import Any

import numpy as np
from bqplot import Axis, LinearScale

from nbdiag.views.chart import Chart
from nbdiag.views.widget import marks, palette
from nbdiag.views.widget.geometry import AXIS
from nbdiag.views.widget.sync import assign
from nbdiag.views.widget.ticks import set_ticks, ticks_of


class XAxis:
    """The shared x scale, its numbers, and the progress drawn on it."""

    def __init__(self, chart: Chart) -> None:
        self.scale: LinearScale = marks.scale(*_reach(chart))
        self.unit = {"x": marks.scale(), "y": marks.scale()}
        self._axis = Axis(
            scale=self.scale, grid_lines="none", color=palette.INK2, tick_style={"font-size": "12px"},
            **ticks_of(chart.x_ticks, chart.x_tick_labels),
        )  # fmt: skip
        done = {"colors": [palette.INK], "opacities": [0.75], "stroke_width": 2}
        self._done = marks.lines({"x": self.scale, "y": self.unit["y"]}, **done, **_done(chart))
        self._unit = marks.text(self.unit, colors=[palette.INK2], y_offset=15, **_unit(chart))
        drawn = [self._done, self._unit]
        self.figure = marks.figure(drawn, [self._axis], self.unit, height=1, top=0, bottom=AXIS, place=-1)

    def draw(self, chart: Chart) -> None:
        """Bring the axis to this state."""
        low, high = _reach(chart)
        assign(self.scale, min=low, max=high)
        set_ticks(self._axis, chart.x_ticks, chart.x_tick_labels)
        assign(self._done, **_done(chart))
        assign(self._unit, **_unit(chart))

    def parts(self) -> dict[str, Any]:
        """What the companion has to know by name."""
        return {"figure": self.figure, "scale": self.scale, "axis": self._axis, "done": self._done}


def _reach(chart: Chart) -> tuple[float, float]:
    return float(chart.x_min), float(chart.x_max)


def _done(chart: Chart) -> dict[str, Any]:
    low, high = _reach(chart)
    done = min(max(chart.progress, low), high)
    return {"x": np.array([low, done]), "y": np.zeros(2), "visible": done > low}


def _unit(chart: Chart) -> dict[str, Any]:
    # Beside the last number, which stands in the middle of its tick: 3.3 px are half a digit.
    beside = round(11 + 3.3 * len(chart.x_tick_labels[-1])) if chart.x_tick_labels else 14
    return {"x": np.ones(1), "y": np.zeros(1), "text": [chart.x_unit], "x_offset": beside}
