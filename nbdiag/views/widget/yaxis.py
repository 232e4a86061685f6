"""The range of a panel goes in; a linear and, where values allow it, a logarithmic y axis come out, one of them shown.

The reader switches between the two in the browser: both are sent, so no kernel is asked.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from typing import Any

import numpy as np
from bqplot import Axis, LogScale

from nbdiag import metrics
from nbdiag.views.numbers import linear_ticks, log_ticks, tick_texts
from nbdiag.views.shapes import Panel
from nbdiag.views.widget import marks, palette
from nbdiag.views.widget.sync import assign
from nbdiag.views.widget.ticks import set_ticks, ticks_of


class YAxis:
    """Two scales with their axes; the panel says which one its marks stand on."""

    def __init__(self, panel: Panel) -> None:
        linear, log, self._both = _ranges(panel)
        self._linear = marks.scale(*linear.limits)
        self._log = LogScale(min=log.limits[0], max=log.limits[1], allow_padding=False)
        self._linear_axis = _axis(self._linear, linear, visible=not panel.log)
        self._log_axis = _axis(self._log, log, visible=panel.log)
        self._logarithmic = panel.log
        self.axes = [self._linear_axis, self._log_axis]

    @property
    def scale(self) -> Any:
        """The scale to draw on."""
        return self._log if self._logarithmic else self._linear

    def draw(self, panel: Panel) -> None:
        """Take the panel's range for its own kind of axis, and work out the other."""
        linear, log, self._both = _ranges(panel)
        _set(self._linear, self._linear_axis, linear)
        _set(self._log, self._log_axis, log)
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


@dataclasses.dataclass(frozen=True)
class _Range:
    """Limits of a scale, with its ticks and their texts."""

    limits: tuple[float, float]
    ticks: Sequence[float]
    texts: Sequence[str]


def _ranges(panel: Panel) -> tuple[_Range, _Range, bool]:
    """The linear axis, the logarithmic one, and whether both can be read: where there is no choice, the other is never shown."""
    own = _Range((float(panel.y_min), float(panel.y_max)), panel.ticks, panel.tick_labels)
    span = _positive(panel)
    if span is None:
        other = _Range((0.1, 1.0), (0.1, 1.0), tick_texts((0.1, 1.0)))
    else:
        ticks = linear_ticks(0.0, span[1]) if panel.log else log_ticks(*span)
        texts = tick_texts(ticks, log=not panel.log, percent=panel.percent and panel.log)
        other = _Range((float(ticks[0]), float(ticks[-1])), ticks, texts)
    return (other, own, span is not None) if panel.log else (own, other, span is not None)


def _axis(scale: Any, shown: _Range, *, visible: bool) -> Axis:
    return Axis(
        scale=scale,
        side="left",
        grid_lines="solid",
        grid_color=palette.GRID,
        color=palette.INK2,
        tick_style={"font-size": "12px"},
        visible=visible,
        **ticks_of(shown.ticks, shown.texts),
    )


def _set(scale: Any, axis: Axis, shown: _Range) -> None:
    assign(scale, min=shown.limits[0], max=shown.limits[1])
    set_ticks(axis, shown.ticks, shown.texts)


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
