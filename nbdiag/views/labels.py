"""Lines of a panel and its y axis go in, labels that hide neither a curve nor each other go out."""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Sequence

import numpy as np

from nbdiag.views.numbers import shown
from nbdiag.views.shapes import Line, Mark
from nbdiag.views.thin import stretches
from nbdiag.views.vertical import Vertical

LINE_GAP = 16.0
"""Least distance of two labels of 12 px, in px."""
_OFF = 14.0  # from a point to the middle of its label
_NARROW = 430.0  # px of plot in an output 600 px wide: what is clear there is clear in any wider one
_TEXT = 130.0  # px of "best 0.0840, epoch 21"
_VALUE = 52.0  # px of "11.2487"


def spread(wanted: Sequence[float], high: float, gap: float = LINE_GAP) -> list[float]:
    """Places as near as possible to ``wanted``, at least ``gap`` apart, within 0 and ``high`` where they fit."""
    order = sorted(range(len(wanted)), key=lambda i: wanted[i])
    blocks: list[tuple[float, list[int]]] = []  # middle, members
    for i in order:
        blocks.append((wanted[i], [i]))
        while len(blocks) > 1 and _top(blocks[-2], gap) + gap > _bottom(blocks[-1], gap):
            (m1, a), (m2, b) = blocks[-2:]
            middle = (m1 * len(a) + m2 * len(b)) / (len(a) + len(b))
            blocks[-2:] = [(middle, a + b)]
        middle, members = blocks[-1]
        half = (len(members) - 1) * gap / 2
        blocks[-1] = (max(half, min(middle, high - half)), members)
        while len(blocks) > 1 and _top(blocks[-2], gap) + gap > _bottom(blocks[-1], gap) + 1e-9:
            members = blocks[-2][1] + blocks[-1][1]
            top = _top(blocks[-1], gap)
            blocks[-2:] = [(top - (len(members) - 1) * gap / 2, members)]
    out = [0.0] * len(wanted)
    for block in blocks:
        for k, i in enumerate(block[1]):
            out[i] = _bottom(block, gap) + k * gap
    return out


def _top(block: tuple[float, list[int]], gap: float) -> float:
    return block[0] + (len(block[1]) - 1) * gap / 2


def _bottom(block: tuple[float, list[int]], gap: float) -> float:
    return block[0] - (len(block[1]) - 1) * gap / 2


def with_ends(lines: Sequence[Line], axis: Vertical) -> tuple[Line, ...]:
    """The lines with ``end_y`` set, labels kept apart."""
    named = [line for line in lines if line.end_label]
    ends = spread([axis.pixels(_last(line, axis)) for line in named], axis.height)
    at = {id(line): axis.value(end) for line, end in zip(named, ends, strict=True)}
    return tuple(dataclasses.replace(line, end_y=at[id(line)]) if id(line) in at else line for line in lines)


def _last(line: Line, axis: Vertical) -> float:
    finite = line.y[np.isfinite(line.y)]
    return float(finite[-1]) if len(finite) else axis.low


def best_mark(line: Line, lines: Sequence[Line], axis: Vertical, span: tuple[float, float], where: str) -> Mark | None:
    """A ring on the lowest value, its label clear of every curve. ``where`` is the unit's word: ``epoch``."""
    if np.isfinite(line.y).sum() < 3:  # of two values the lower one is no turning point
        return None
    i = int(np.nanargmin(line.y))
    x, y = float(line.x[i]), float(line.y[i])
    width = _TEXT / _NARROW * (span[1] - span[0])
    sides = {"start": (x, x + width), "end": (x - width, x)}
    fits = [s for s, (a, b) in sides.items() if a >= span[0] and b <= span[1]] or ["end"]
    heights = {side: _above(lines, axis, *sides[side]) for side in fits}
    align = min(fits, key=lambda side: (heights[side] > heights[fits[0]] - LINE_GAP and side != fits[0], heights[side]))
    up = heights[align] + _OFF
    if up > axis.height:
        up = _below(lines, axis, *sides[align]) - _OFF
    return Mark("best", x, y, f"best {shown(y)}, {where}", line.role, axis.value(max(up, 8.0)), align)


def _above(lines: Sequence[Line], axis: Vertical, a: float, b: float) -> float:
    return max((max(_heights(line, axis, a, b)) for line in lines if _heights(line, axis, a, b)), default=0.0)


def _below(lines: Sequence[Line], axis: Vertical, a: float, b: float) -> float:
    return min((min(_heights(line, axis, a, b)) for line in lines if _heights(line, axis, a, b)), default=0.0)


def _heights(line: Line, axis: Vertical, a: float, b: float) -> list[float]:
    """Highest and lowest pixel of ``line`` between ``a`` and ``b``."""
    inside = np.isfinite(line.y) & (line.x >= a) & (line.x <= b)
    if not inside.any():
        return []
    return [axis.pixels(float(line.y[inside].max())), axis.pixels(float(line.y[inside].min()))]


def value_marks(
    line: Line, lines: Sequence[Line], axis: Vertical, span: tuple[float, float], percent: bool
) -> list[Mark]:
    """A value at each point of a short line but its last (named at the line's end); none where it would collide."""
    marks: list[Mark] = []
    free = span[0] - 1.0
    width = _VALUE / _NARROW * (span[1] - span[0])
    for i in range(len(line.x) - 1):
        x, y = float(line.x[i]), float(line.y[i])
        if not math.isfinite(y):
            continue
        near = [float(v) for v in line.y[max(i - 1, 0) : i + 2] if math.isfinite(v)]
        sides = (1, -1) if y >= sum(near) / len(near) else (-1, 1)
        for align, left in (("middle", x - width / 2), ("start", x), ("end", x - width)):
            clear = [
                at
                for side in sides
                if 4 <= (at := axis.pixels(y) + side * _OFF) <= axis.height + 8
                and _clear(lines, axis, at, left, left + width)
            ]
            if clear and left >= free:
                marks.append(Mark("value", x, y, shown(y, percent=percent), line.role, axis.value(clear[0]), align))
                free = left + width
                break
    return marks


def _clear(lines: Sequence[Line], axis: Vertical, at: float, left: float, right: float) -> bool:
    """Whether no line passes within half a label's height of ``at`` between ``left`` and ``right``."""
    xs = np.linspace(left, right, 9)
    for line in lines:
        known = np.isfinite(line.y)
        if known.any():
            ys = np.interp(xs, line.x[known], line.y[known], left=np.nan, right=np.nan)
            if any(abs(axis.pixels(float(y)) - at) < 9 for y in ys if math.isfinite(y)):
                return False
    return True


def nonfinite_marks(
    curve: str, role: str, x: np.ndarray, y: np.ndarray, axis: Vertical, places: Sequence[str], most: int = 50
) -> list[Mark]:
    """A cross where each stretch of values that are no numbers begins; the first is labelled."""
    marks: list[Mark] = []
    for first, last in stretches(y)[:most]:
        before = y[:first][np.isfinite(y[:first])]
        level = float(before[-1]) if len(before) else axis.low
        if np.isinf(y[first]):
            level = axis.high if y[first] > 0 else axis.low
        level = min(max(level, axis.low), axis.high)
        text = f"{shown(float(y[first]))}{' from' if last > first else ','} {places[first]}" if not marks else ""
        up = axis.pixels(level) + _OFF
        label = axis.value(up if up <= axis.height else up - 2 * _OFF)
        align = "start" if x[first] <= x[0] + 0.7 * (x[-1] - x[0]) else "end"
        marks.append(Mark("nonfinite", float(x[first]), level, text, role, label, align))
    return marks
