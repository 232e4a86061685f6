"""One panel of a Chart goes in, one bqplot figure comes out: its curves, their names, its marks, its y axis."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from bqplot import LinearScale, Lines

from nbdiag.views.shapes import Line, Mark, Panel
from nbdiag.views.widget import marks, palette
from nbdiag.views.widget.geometry import LEFT, TITLE
from nbdiag.views.widget.sync import assign
from nbdiag.views.widget.yaxis import YAxis

_FAINT = 0.4


class PanelFigure:
    """Draws a panel above the shared x scale; ``draw`` may be called again with any later state of it."""

    def __init__(self, panel: Panel, x: LinearScale) -> None:
        self._x = x
        self._y = YAxis()
        data = {"x": x, "y": self._y.scale}
        unit = {"x": marks.scale(), "y": marks.scale()}
        self._lines: dict[str, Lines] = {}
        self._ends = marks.text(data, x_offset=10, font_weight="bold")
        self._best = marks.points(data, stroke_width=1.75, default_size=64)
        self._holes = marks.points(data, stroke_width=1.75, default_size=50, marker="cross")
        self._notes = {
            align: marks.text(data, align=align, x_offset=offset, colors=[palette.INK2])
            for align, offset in (("start", 10), ("middle", 0), ("end", -10))
        }
        self._title = marks.text(unit, x_offset=-LEFT, font_weight="bold", colors=[palette.INK])
        self.figure = marks.figure([], self._y.axes, height=panel.height, top=TITLE, bottom=0)
        self.draw(panel)

    def draw(self, panel: Panel) -> None:
        """Bring the figure to this state; only what changed is sent."""
        self._y.draw(panel)
        assign(self.figure.layout, height=f"{TITLE + panel.height}px")
        keys = [_key(line, i) for i, line in enumerate(panel.lines)]
        for key, line in zip(keys, panel.lines, strict=True):
            self._draw_line(key, line)
        for key in self._lines.keys() - set(keys):
            assign(self._lines[key], visible=False)
        self._draw_ends(panel)
        self._draw_marks(panel.marks)
        assign(self._title, x=np.zeros(1), y=np.array([1 + 16 / panel.height]), text=[panel.heading])
        for mark in self._measured():
            assign(mark, scales={"x": self._x, "y": self._y.scale})
        wanted = [*self._measured(), self._title]
        if list(self.figure.marks) != wanted:
            self.figure.marks = wanted

    def parts(self, panel: Panel) -> dict[str, Any]:
        """What the companion has to know by name."""
        named = [line for line in panel.lines if _has_end(line)]
        lines = [
            {
                "line": self._lines[_key(line, i)],
                "name": line.name or panel.title,
                "curve": line.curve,
                "role": line.role,
                "faint": line.faint,
                "end": named.index(line) if line in named else -1,
            }
            for i, line in enumerate(panel.lines)
        ]
        return {
            "figure": self.figure,
            "title": panel.title,
            "percent": panel.percent,
            "ends": self._ends,
            "points": [self._best, self._holes, *self._notes.values()],
            "lines": lines,
            **self._y.parts(),
        }

    def main(self, panel: Panel) -> dict[str, Any]:
        """The line that matters most, the one on top."""
        last = len(panel.lines) - 1
        line = panel.lines[last]
        return {"metric": line.curve.partition(":")[2], "line": self._lines[_key(line, last)]}

    def limits(self) -> dict[str, list[float]]:
        """The range of the linear and of the logarithmic axis."""
        return self._y.limits()

    def _measured(self) -> list[Any]:
        """The marks whose y is a value, the last on top."""
        return [*self._lines.values(), self._best, self._holes, *self._notes.values(), self._ends]

    def _draw_line(self, key: str, line: Line) -> None:
        mark = self._lines.get(key)
        if mark is None:
            scales = {"x": self._x, "y": self._y.scale}
            mark = self._lines[key] = marks.lines(scales, colors=[palette.line_color(line.role)], marker_size=36)
        drawable = bool(np.isfinite(line.y).any())  # a mark of NaN only breaks its figure
        if drawable:
            assign(
                mark,
                x=_compact(np.asarray(line.x, dtype=float)),
                y=np.asarray(line.y, dtype=float),
                marker="circle" if line.markers or len(line.x) == 1 else None,
                opacities=[_FAINT if line.faint else 1.0],
            )
        assign(mark, visible=drawable)

    def _draw_ends(self, panel: Panel) -> None:
        ends = [line for line in panel.lines if _has_end(line)]
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
            x, y = (np.array(v, dtype=float) for v in ([m.x for m in chosen], [m.label_y for m in chosen]))
            assign(notes, x=x, y=y, text=[m.label for m in chosen])


def _key(line: Line, place: int) -> str:
    """A faint line may belong to the same curve as a full one."""
    return f"{place} {line.curve}" if line.faint else line.curve


def _compact(x: np.ndarray) -> np.ndarray:
    """In half the bytes where that is exact, as with whole epochs and steps up to 2**24."""
    half = x.astype(np.float32)
    return half if np.array_equal(half, x) else x


def _has_end(line: Line) -> bool:
    return bool(line.end_label and np.isfinite(line.end_y) and len(line.x))


def _places(found: Sequence[Mark]) -> dict[str, np.ndarray]:
    return {"x": np.array([float(m.x) for m in found]), "y": np.array([float(m.y) for m in found])}
