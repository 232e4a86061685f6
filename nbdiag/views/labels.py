"""Lines of a panel and its y axis go in, labels that hide neither a curve nor each other go out."""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Callable, Sequence

import numpy as np

from nbdiag.views.numbers import shown
from nbdiag.views.shapes import Line, Mark
from nbdiag.views.thin import drawable, stretches
from nbdiag.views.vertical import Vertical

LINE_GAP = 16.0
"""Least distance of two labels of 12 px, in px."""
_OFF = 14.0  # from a point to the middle of its label
_NARROW = 430.0  # px of plot in an output 600 px wide: what is clear there is clear in any wider one
_LETTER = 6.6  # px of a digit at 12 px
_HALF = 7.5  # px from the middle of a label to what it may come near


def spread(wanted: Sequence[float], high: float, gap: float = LINE_GAP) -> list[float]:
    """Places as near as possible to ``wanted``, at least ``gap`` apart, within 0 and ``high`` where they fit."""
    order = sorted(range(len(wanted)), key=lambda i: wanted[i])
    blocks: list[tuple[float, list[int]]] = []  # lowest place, members
    for i in order:
        blocks.append((min(max(wanted[i], 0.0), high), [i]))
        while len(blocks) > 1 and blocks[-2][0] + len(blocks[-2][1]) * gap > blocks[-1][0]:
            members = blocks[-2][1] + blocks[-1][1]
            lowest = sum(wanted[m] - k * gap for k, m in enumerate(members)) / len(members)
            blocks[-2:] = [(max(0.0, min(lowest, high - (len(members) - 1) * gap)), members)]
    out = [0.0] * len(wanted)
    for lowest, members in blocks:
        for k, i in enumerate(members):
            out[i] = lowest + k * gap
    return out


def with_ends(lines: Sequence[Line], axis: Vertical) -> tuple[Line, ...]:
    """The lines with ``end_y`` set, labels kept apart."""
    named = [line for line in lines if line.end_label]
    ends = spread([axis.pixels(_last(line, axis)) for line in named], axis.height)
    at = {id(line): axis.value(end) for line, end in zip(named, ends, strict=True)}
    return tuple(dataclasses.replace(line, end_y=at[id(line)]) if id(line) in at else line for line in lines)


def _last(line: Line, axis: Vertical) -> float:
    finite = line.y[np.isfinite(line.y)]
    return float(finite[-1]) if len(finite) else axis.low


class Placer:
    """Finds room for labels in one panel, one after the other. ``lines`` have their end labels placed."""

    def __init__(self, lines: Sequence[Line], axis: Vertical, span: tuple[float, float]) -> None:
        self.lines, self.axis = lines, axis
        self.low, self.high = span
        self.per_px = (span[1] - span[0]) / _NARROW
        known = ((line, np.isfinite(line.y)) for line in lines)
        self._drawn = [(line.x[k], axis.heights(line.y[k])) for line, k in known if k.any()]
        self.taken = [
            (
                float(line.x[-1]),
                float(line.x[-1]) + self._width(line.end_label) + 10 * self.per_px,
                axis.pixels(line.end_y),
            )
            for line in lines
            if line.end_label and len(line.x)
        ]

    def avoid(self, mark: Mark) -> None:
        """Keep later labels off a sign of 8 px."""
        half = 5 * self.per_px
        self.taken.append((mark.x - half, mark.x + half, self.axis.pixels(mark.y)))

    def place(self, mark: Mark, *, sides: Sequence[int] = (1, -1), far: int = 1) -> Mark | None:
        """The mark with its label beside its point, or up to ``far`` lines of text away; None where there is no room."""
        width, level = self._width(mark.label), self.axis.pixels(mark.y)
        spans = {"start": (mark.x, mark.x + width), "end": (mark.x - width, mark.x),
                 "middle": (mark.x - width / 2, mark.x + width / 2)}  # fmt: skip
        order = ("middle", "start", "end") if mark.kind == "value" else ("start", "end")
        for k in range(far):
            for align in order:
                for side in sides:
                    at = level + side * (_OFF + k * LINE_GAP)
                    if self._free(*spans[align], at):
                        self.taken.append((*spans[align], at))
                        return dataclasses.replace(mark, label_y=self.axis.value(at), align=align)
        return None

    def _width(self, text: str) -> float:
        return len(text) * _LETTER * self.per_px

    def _free(self, left: float, right: float, at: float) -> bool:
        if (
            not _HALF <= at <= self.axis.height + 8
            or right > self.high + 40 * self.per_px
            or left < self.low - 8 * self.per_px
        ):
            return False
        if any(a < right and left < b and abs(at - y) < LINE_GAP - 2 for a, b, y in self.taken):
            return False
        xs = np.linspace(left, right, 17)
        for x, heights in self._drawn:
            inside = heights[np.searchsorted(x, left) : np.searchsorted(x, right, "right")]
            between = np.interp(xs, x, heights, left=np.nan, right=np.nan)
            if (np.abs(np.concatenate((between, inside)) - at) < _HALF).any():
                return False
        return True


def best_mark(line: Line, placer: Placer, unit_word: str) -> Mark | None:
    """A ring on the lowest value of ``line``, named ``best 0.0840, epoch 21``."""
    if np.isfinite(line.y).sum() < 3:  # of two values the lower one is no turning point
        return None
    i = int(np.nanargmin(line.y))
    mark = Mark("best", float(line.x[i]), float(line.y[i]), f"best {shown(float(line.y[i]))}, {unit_word}", line.role)
    placed = placer.place(mark, far=6)
    return placed or dataclasses.replace(mark, label="", label_y=mark.y)


def value_marks(line: Line, placer: Placer, *, percent: bool) -> list[Mark]:
    """A value at each point of a short line but its last (named at the line's end); none where it would collide."""
    marks: list[Mark] = []
    for i in range(len(line.x) - 1):
        y = float(line.y[i])
        if math.isfinite(y):
            near = [float(v) for v in line.y[max(i - 1, 0) : i + 2] if math.isfinite(v)]
            mark = Mark("value", float(line.x[i]), y, shown(y, percent=percent), line.role)
            placed = placer.place(mark, sides=(1, -1) if y >= sum(near) / len(near) else (-1, 1))
            marks += [placed] if placed else []
    return marks


def nonfinite_marks(
    x: np.ndarray, y: np.ndarray, role: str, axis: Vertical, words: Callable[[float], str], most: int = 50
) -> list[Mark]:
    """A cross where each stretch of values that are no numbers begins; ``words`` names its place."""
    marks: list[Mark] = []
    for first, last in stretches(y)[:most]:
        level = float(drawable(y[first - 1 : first])[0]) if first else axis.low
        if np.isinf(y[first]):
            level = axis.high if y[first] > 0 else axis.low
        level = min(max(level, axis.low), axis.high)
        text = f"{shown(float(y[first]))}{' from' if last > first else ','} {words(float(x[first]))}"
        marks.append(Mark("nonfinite", float(x[first]), level, text, role, level))
    return marks
