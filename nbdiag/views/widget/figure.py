"""One panel of a Chart goes in, one bqplot figure comes out: its curves, their names, its marks, its y axis."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from bqplot import Axis, LinearScale, Lines

from nbdiag.views.chart import Line, Mark, Panel
from nbdiag.views.widget import marks, palette
from nbdiag.views.widget.geometry import GAP, LEFT, TITLE
from nbdiag.views.widget.sync import assign


class PanelFigure:
    """Draws a panel above the shared x scale; ``draw`` may be called again with any later state of it."""

    def __init__(self, panel: Panel, x: LinearScale) -> None:
        self._y = marks.scale(panel.y_min, panel.y_max)
        self._data: dict[str, Any] = {"x": x, "y": self._y}
        self._lines: dict[str, Lines] = {}
        unit = {"x": marks.scale(), "y": marks.scale()}
        self._ends = marks.text(self._data, x_offset=10, font_weight="bold")
        self._best = marks.points(self._data, stroke_width=1.75, default_size=64)
        self._holes = marks.points(self._data, stroke_width=1.75, default_size=50, marker="cross")
        self._notes = {
            align: marks.text(self._data, align=align, x_offset=offset, y_offset=4, colors=[palette.INK2])
            for align, offset in (("start", 10), ("middle", 0), ("end", -10))
        }
        self._title = marks.text(unit, x_offset=-LEFT, font_weight="bold", colors=[palette.INK])
        self._axis = Axis(
            scale=self._y,
            orientation="vertical",
            tick_values=np.array(panel.ticks),
            tick_labels=_tick_labels(panel),
            grid_lines="solid",
            grid_color=palette.GRID,
            color=palette.INK2,
            tick_style={"font-size": "12px"},
        )
        self.figure = marks.figure([], [self._axis], height=panel.height, top=TITLE, bottom=GAP)
        self.draw(panel)

    def draw(self, panel: Panel) -> None:
        """Bring the figure to this state; only what changed is sent."""
        assign(self._y, min=float(panel.y_min), max=float(panel.y_max))
        assign(self._axis, tick_values=np.array(panel.ticks), tick_labels=_tick_labels(panel))
        self.figure.layout.height = f"{TITLE + panel.height + GAP}px"
        for line in panel.lines:
            self._draw_line(line)
        for name in self._lines.keys() - {line.curve for line in panel.lines}:
            self._lines[name].visible = False
        self._draw_ends(panel)
        self._draw_marks(panel.marks)
        assign(self._title, x=np.zeros(1), y=np.array([1 + 16 / panel.height]), text=[panel.title])
        wanted = [*self._lines.values(), self._best, self._holes, *self._notes.values(), self._ends, self._title]
        if list(self.figure.marks) != wanted:
            self.figure.marks = wanted

    def parts(self, panel: Panel) -> dict[str, Any]:
        """What the companion has to know by name."""
        lines = [{"line": self._lines[line.curve], "name": line.name, "curve": line.curve} for line in panel.lines]
        return {"figure": self.figure, "y": self._y, "ends": self._ends, "lines": lines, "title": panel.title}

    def _draw_line(self, line: Line) -> None:
        mark = self._lines.get(line.curve)
        if mark is None:
            mark = self._lines[line.curve] = marks.lines(self._data, colors=[palette.line_color(line.role)])
        drawable = bool(np.isfinite(line.y).any())  # a mark of NaN only breaks its figure
        if drawable:
            assign(
                mark,
                x=np.asarray(line.x, dtype=float),
                y=np.asarray(line.y, dtype=float),
                marker="circle" if line.markers or len(line.x) == 1 else None,
                marker_size=36,
                opacities=[0.4 if line.faint else 1.0],
            )
        assign(mark, visible=drawable)

    def _draw_ends(self, panel: Panel) -> None:
        ends = [line for line in panel.lines if line.end_label and np.isfinite(line.end_y)]
        right = max((float(line.x[-1]) for line in ends), default=0.0)
        assign(
            self._ends,
            x=np.full(len(ends), right),
            y=np.array([float(line.end_y) for line in ends]),
            text=[line.end_label for line in ends],
            colors=[palette.label_color(line.role) for line in ends] or [palette.INK2],
        )

    def _draw_marks(self, found: Sequence[Mark]) -> None:
        best = [m for m in found if m.kind == "best"]
        holes = [m for m in found if m.kind == "nonfinite"]
        assign(self._best, **_places(best), colors=[palette.line_color(m.role) for m in best] or [palette.INK2])
        assign(self._holes, **_places(holes), colors=[palette.BROKEN])
        for align, notes in self._notes.items():
            chosen = [m for m in found if m.align == align and m.label and np.isfinite(m.label_y)]
            places = {"x": np.array([float(m.x) for m in chosen]), "y": np.array([float(m.label_y) for m in chosen])}
            assign(notes, **places, text=[m.label for m in chosen])


def _places(found: Sequence[Mark]) -> dict[str, np.ndarray]:
    return {"x": np.array([float(m.x) for m in found]), "y": np.array([float(m.y) for m in found])}


def _tick_labels(panel: Panel) -> dict[str, str]:
    return {_as_key(tick): label for tick, label in zip(panel.ticks, panel.tick_labels, strict=True)}


def _as_key(number: float) -> str:
    """A number as JavaScript writes it when it is the name of a property: ``1``, not ``1.0``."""
    if number and not 1e-6 <= abs(number) < 1e21:
        mantissa, exponent = np.format_float_scientific(number, trim="-").split("e")
        return f"{mantissa}e{int(exponent):+d}"
    return str(np.format_float_positional(number, trim="-"))
