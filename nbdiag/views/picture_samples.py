"""Losses of samples go in, a picture where one dot is one sample and the bulk is a cut bar goes out."""

from __future__ import annotations

import textwrap

import htpy as h
import numpy as np

from nbdiag.finding import SamplesPicture
from nbdiag.views.numbers import linear_ticks, shown, tick_texts
from nbdiag.views.svgtags import circle, g, line, path, px, rect, svg, text

WIDTH, HEIGHT, BASE, LEFT, RIGHT = 352, 132, 96, 2, 350
_TALLEST = 8
"""Dots that stand in one column below the words above them, 8 px each."""


def samples(picture: SamplesPicture) -> h.Element:
    """Dots by loss; where more than ``_TALLEST`` share a column it becomes a bar, cut, with its count."""
    losses = np.sort(np.asarray(picture.losses, float))[::-1]
    losses = losses[np.isfinite(losses)]
    if not len(losses):
        return svg(".fig", viewBox=f"0 0 {WIDTH} 20", role="img", aria_label="No finite loss")
    ticks = linear_ticks(0.0, max(float(losses[0]), 1e-9), 5)
    top = max(float(losses[0]) * 1.03, 1e-9)
    ticks = tuple(t for t in ticks if t <= top)
    x = LEFT + 8 + losses / top * (RIGHT - LEFT - 16)
    column = np.round((x - LEFT) / 10.2).astype(int)
    worst = _worst_count(picture, losses)
    tall = {int(c) for c, n in zip(*np.unique(column, return_counts=True), strict=True) if n > _TALLEST}
    bulk = [_bar(c, losses[column == c], i) for i, c in enumerate(sorted(tall))]
    names = _names(picture, column)
    return svg(".fig", viewBox=f"0 0 {WIDTH} {HEIGHT}", role="img", aria_label=_spoken(picture, losses))[
        bulk, _dots(column, tall, worst), names, _note(picture.marked_note), _axis(ticks, top)
    ]


def _worst_count(picture: SamplesPicture, losses: np.ndarray) -> int:
    """How many dots to stress: those above the widest gap in the upper half, at least the named ones."""
    tail = losses[losses > losses[0] / 2]
    gaps = -np.diff(np.append(tail, losses[len(tail)] if len(tail) < len(losses) else 0.0))
    return max(len(picture.marked), int(gaps.argmax()) + 1 if len(gaps) else 0)


def _center(column: int) -> float:
    return LEFT + column * 10.2


def _dots(column: np.ndarray, tall: set[int], worst: int) -> list[h.Node]:
    height: dict[int, int] = {}
    out: list[h.Node] = []
    for i in range(len(column) - 1, -1, -1):
        c = int(column[i])
        if c in tall:
            continue
        k = height[c] = height.get(c, -1) + 1
        kind = "pt hi" if i < worst else "pt"
        out.append(circle(class_=kind, cx=px(_center(c)), cy=BASE - 4 - 8 * k, r=3))
    return out


def _bar(column: int, losses: np.ndarray, i: int) -> h.Node:
    x = max(_center(column) - 5, LEFT)
    words = (
        [
            text(class_="strong", x=px(x + 17), y=18)[f"{len(losses):,} below {shown_short(float(losses.max()))}"],
            text(x=px(x + 17), y=34)[f"half of them below {shown_short(float(np.median(losses)))}"],
        ]
        if i == 0
        else None
    )
    return g[
        rect(class_="bulk", x=px(x), y=8, width=10, height=BASE - 8),
        path(class_="cut", d=f"M{px(x - 2)},28l14,-5v5l-14,5z"),
        words,
    ]


def shown_short(value: float) -> str:
    """Two significant digits: ``0.003``, ``1.2``; the next higher number, so that "below" stays true."""
    if value <= 0:
        return "0"
    size = 10.0 ** (np.floor(np.log10(value)) - 1)
    return f"{np.ceil(value / size - 1e-9) * size:.2g}"


def _names(picture: SamplesPicture, column: np.ndarray) -> list[h.Node]:
    """The worst samples by index, as low as no dots and no other name are in the way; none where there is no room."""
    stacks = dict(zip(*(a.tolist() for a in np.unique(column, return_counts=True)), strict=True))
    out: list[h.Node] = []
    taken: list[tuple[float, float, float]] = []
    for c, index in zip(column.tolist(), picture.marked, strict=False):
        half = 3.2 * len(str(index)) + 3
        x = min(_center(c), RIGHT - half)
        under = max(n for k, n in stacks.items() if abs(_center(k) - x) < half + 3)
        if under > _TALLEST:
            continue
        levels = [float(y) for y in range(BASE - 4 - 8 * under, 45, -4)]  # above 45 stand the words
        y = next((y for y in levels if all(abs(x - a) > half + w or abs(y - b) >= 12 for a, b, w in taken)), None)
        if y is None:
            continue
        taken.append((x, y, half))
        foot = BASE - 2 - 8 * stacks[c]
        stem = (
            line(class_="axis", x1=px(_center(c)), x2=px(_center(c)), y1=px(y + 2), y2=px(foot))
            if foot - y > 8
            else None
        )
        out.append(g[stem, text(class_="index", x=px(x), y=px(y), text_anchor="middle")[str(index)]])
    return out


def _note(note: str) -> h.Node:
    """What the stressed dots are, top right, on two lines."""
    rows = textwrap.wrap(note, 17)[:2]
    return [text(class_="hi", x=RIGHT, y=18 + 16 * i, text_anchor="end")[row] for i, row in enumerate(rows)]


def _axis(ticks: tuple[float, ...], top: float) -> h.Node:
    at = [LEFT + t / top * (RIGHT - LEFT - 16) + (8 if t else 0) for t in ticks]
    anchors = ["start", *["middle"] * (len(ticks) - 1)]
    return g[
        line(class_="axis", x1=LEFT, x2=RIGHT, y1=px(BASE + 0.5), y2=px(BASE + 0.5)),
        [line(class_="axis", x1=px(x), x2=px(x), y1=BASE, y2=BASE + 4) for x in at],
        [
            text(x=px(x), y=114, text_anchor=anchor)[label]
            for x, anchor, label in zip(at, anchors, tick_texts(ticks), strict=True)
        ],
        text(x=RIGHT, y=130, text_anchor="end")["loss of one sample"],
    ]


def _spoken(picture: SamplesPicture, losses: np.ndarray) -> str:
    named = ", ".join(str(i) for i in picture.marked)
    words = f"{len(losses):,} sample losses: half below {shown(float(np.median(losses)))}, highest {shown(float(losses[0]))}"
    return words + (f"; the worst are samples {named}" if named else "")
