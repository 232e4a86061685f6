"""One panel of a Chart goes in, one bqplot figure comes out: its curves, their names, its marks, its y axis."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
from bqplot import Lines

from nbdiag.views.shapes import Line, Mark, Panel
from nbdiag.views.widget import marks, palette
from nbdiag.views.widget.axis import XAxis
from nbdiag.views.widget.geometry import LEFT, TITLE
from nbdiag.views.widget.sync import assign
from nbdiag.views.widget.yaxis import YAxis

_FAINT = 0.4


class PanelFigure:
    """Draws a panel above the shared x scale; ``draw`` may be called again with any later state of it."""

    def __init__(self, panel: Panel, axis: XAxis, place: int) -> None:
        self._x = axis.scale
        self._y = YAxis(panel)
        self._lines: dict[str, Lines] = {}
        self._points: dict[str, Any] = {}  # rings, crosses and their names, each made when it is first needed
        self._ends = marks.text(self._scales, x_offset=10, font_weight="bold", **_ends(panel))
        title = {"x_offset": -LEFT, "font_weight": "bold", "colors": [palette.INK]}
        self._title = marks.text(axis.unit, **title, **_title(panel))
        self._bring(panel)
        size = {"height": panel.height, "top": TITLE, "bottom": 0}
        self.figure = marks.figure(self._marks(), self._y.axes, axis.unit, place=place, **size)

    @property
    def _scales(self) -> dict[str, Any]:
        return {"x": self._x, "y": self._y.scale}

    def draw(self, panel: Panel) -> None:
        """Bring the figure to this state; only what changed is sent."""
        self._y.draw(panel)
        assign(self.figure.layout, height=f"{TITLE + panel.height}px")
        assign(self._ends, **_ends(panel))
        assign(self._title, **_title(panel))
        self._bring(panel)
        for mark in self._measured():
            assign(mark, scales=self._scales)
        if list(self.figure.marks) != self._marks():
            self.figure.marks = self._marks()

    def _bring(self, panel: Panel) -> None:
        keys = [_key(line, i) for i, line in enumerate(panel.lines)]
        for key, line in zip(keys, panel.lines, strict=True):
            self._draw_line(key, line)
        for key in self._lines.keys() - set(keys):
            assign(self._lines[key], visible=False)
        self._draw_points(panel.marks)

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
            "points": list(self._points.values()),
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
        return [*self._lines.values(), *self._points.values(), self._ends]

    def _marks(self) -> list[Any]:
        return [*self._measured(), self._title]

    def _draw_line(self, key: str, line: Line) -> None:
        traits: dict[str, Any] = {"visible": bool(np.isfinite(line.y).any())}  # a mark of NaN only breaks its figure
        if traits["visible"]:
            # bqplot 0.13 puts a hidden label at a line's last point: where that is NaN, an error in the console.
            drawn = slice(int(np.flatnonzero(np.isfinite(line.y))[-1]) + 1)
            traits |= {
                "x": _compact(np.asarray(line.x[drawn], dtype=float)),
                "y": _coarse(line.y[drawn]) if line.dense else np.asarray(line.y[drawn], dtype=float),
                "marker": "circle" if line.markers or len(line.x) == 1 else None,
                "opacities": [_FAINT if line.faint else 1.0],
                "stroke_width": 1.0 if line.faint or line.dense else 2.0,  # 1: thin and solid, see style.css
            }
        known = self._lines.get(key)
        if known is not None:
            assign(known, **traits)
        else:
            colors = [palette.line_color(line.role)]
            self._lines[key] = marks.lines(self._scales, colors=colors, marker_size=36, **traits)

    def _draw_points(self, found: Sequence[Mark]) -> None:
        best = [m for m in found if m.kind == "best"]
        colors = [palette.line_color(m.role) for m in best] or [palette.INK2]
        self._put("best", marks.points, best, colors=colors, stroke_width=1.75, default_size=64)
        holes = [m for m in found if m.kind == "nonfinite"]
        look = {"stroke_width": 1.75, "default_size": 50, "marker": "cross"}
        self._put("holes", marks.points, holes, colors=[palette.BROKEN], **look)
        for align, offset in (("start", 10), ("middle", 0), ("end", -10)):
            named = [m for m in found if m.align == align and m.label and np.isfinite(m.label_y)]
            beside = [dataclasses.replace(m, y=m.label_y) for m in named]
            look = {"align": align, "x_offset": offset, "colors": [palette.INK2]}
            self._put(align, marks.text, beside, text=[m.label for m in named], **look)

    def _put(self, name: str, make: Callable[..., Any], places: Sequence[Mark], **traits: Any) -> None:
        """Bring one kind of mark to these places; what there is none of is not made."""
        x, y = (np.array([float(v) for v in column]) for column in ([m.x for m in places], [m.y for m in places]))
        known = self._points.get(name)
        if known is not None:
            assign(known, x=x, y=y, **traits)
        elif places:
            self._points[name] = make(self._scales, x=x, y=y, **traits)


def _key(line: Line, place: int) -> str:
    """A faint line may belong to the same curve as a full one."""
    return f"{place} {line.curve}" if line.faint else line.curve


def _coarse(y: np.ndarray) -> np.ndarray:
    """In half the bytes, good to seven digits: nobody reads more of one point among hundreds. Not where it would overflow."""
    half = y.astype(np.float32)
    return half if np.array_equal(np.isfinite(half), np.isfinite(y)) else y


def _compact(x: np.ndarray) -> np.ndarray:
    """In half the bytes where that is exact, as with whole epochs and steps up to 2**24."""
    half = x.astype(np.float32)
    return half if np.array_equal(half, x) else x


def _has_end(line: Line) -> bool:
    return bool(line.end_label and np.isfinite(line.end_y) and len(line.x))


def _ends(panel: Panel) -> dict[str, Any]:
    ends = [line for line in panel.lines if _has_end(line)]
    return {
        "x": np.full(len(ends), max((float(line.x[-1]) for line in ends), default=0.0)),
        "y": np.array([float(line.end_y) for line in ends]),
        "text": [line.end_label for line in ends],
        "colors": [palette.label_color(line.role) for line in ends] or [palette.INK2],
    }


def _title(panel: Panel) -> dict[str, Any]:
    return {"x": np.zeros(1), "y": np.array([1 + 16 / panel.height]), "text": [panel.heading]}
