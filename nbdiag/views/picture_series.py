"""Values by epoch with a band or with bounds go in, a small picture with named axes goes out."""

from __future__ import annotations

from collections.abc import Sequence

import htpy as h

from nbdiag.finding import BandPicture, BoundsPicture
from nbdiag.views.labels import spread
from nbdiag.views.numbers import linear_ticks, place, shown, tick_texts
from nbdiag.views.svgtags import g, line, path, px, svg, text

WIDTH, HEIGHT, TOP, BASE, LEFT, RIGHT = 352, 168, 12, 138, 42, 264
_NAMES = {"train": "training", "val": "validation"}
_ROLES = {"train": "train", "training": "train", "val": "val", "validation": "val"}


class _Plot:
    """Places in the picture for epochs and values."""

    def __init__(self, epochs: Sequence[float], values: Sequence[float], *, zero: bool, percent: bool = False) -> None:
        low, high = min(values), max(values)
        low = min(low, 0.0) if zero else low
        if high <= low:
            low, high = low - 0.5, high + 0.5
        self.ticks = linear_ticks(low, high, 5)
        self.labels = tick_texts(self.ticks, percent=percent)
        self.first, self.last = min(epochs), max(epochs)
        self.half = (RIGHT - LEFT) / (2 * max(len(set(epochs)), 1)) if len(set(epochs)) <= 12 else 6.0

    def x(self, epoch: float) -> float:
        if self.last <= self.first:
            return (LEFT + RIGHT) / 2
        return LEFT + self.half + (epoch - self.first) / (self.last - self.first) * (RIGHT - LEFT - 2 * self.half)

    def y(self, value: float) -> float:
        low, high = self.ticks[0], self.ticks[-1]
        return BASE - (value - low) / (high - low) * (BASE - TOP)

    def frame(self, epochs: Sequence[float]) -> h.Node:
        every = -(-len(epochs) // 6)
        rows = [
            g[
                line(class_="axis" if i == 0 else "grid", x1=LEFT, x2=RIGHT, y1=px(self.y(t)), y2=px(self.y(t))),
                text(x=LEFT - 6, y=px(self.y(t) + 4), text_anchor="end")[label],
            ]
            for i, (t, label) in enumerate(zip(self.ticks, self.labels, strict=True))
        ]
        names = [text(x=px(self.x(e)), y=156, text_anchor="middle")[place(e)] for e in epochs[::every]]
        return g[rows, names, text(x=RIGHT + 6, y=156)["epoch"]]


def bounds(picture: BoundsPicture) -> h.Element:
    """Bars from the lowest to the highest possible value by epoch, against a limit."""
    epochs = sorted({e for _, rows in picture.series for e, _, _ in rows})
    if not epochs:
        return _empty()
    tops = [v for _, rows in picture.series for _, low, high in rows for v in (low, high)]
    plot = _Plot(epochs, [*tops, *([] if picture.limit is None else [picture.limit])], zero=True)
    beside = 9.0 if plot.half > 12 else plot.half / 2
    drawn = [
        line(
            class_=f"bar {_role(split)}",
            x1=px(x := plot.x(e) + (k - (len(picture.series) - 1) / 2) * beside), x2=px(x),
            y1=px(plot.y(low)), y2=px(min(plot.y(high), plot.y(low) - 1.5)),
        )
        for k, (split, rows) in enumerate(picture.series)
        for e, low, high in rows
    ]  # fmt: skip
    ends = [(_NAMES.get(split, split), f"end-name {_role(split)}", plot.y(sum(rows[-1][1:]) / 2))
            for split, rows in picture.series if rows]  # fmt: skip
    limit = None
    if picture.limit is not None:
        y = plot.y(picture.limit)
        limit = line(class_="limit", x1=LEFT, x2=RIGHT, y1=px(y), y2=px(y))
        ends.append((picture.limit_label or f"limit {shown(picture.limit)}", "hi", y))
    label = f"Bounds by epoch. {'. '.join(_NAMES.get(s, s) + ': ' + _ranges(r) for s, r in picture.series)}"
    return svg(".fig", viewBox=f"0 0 {WIDTH} {HEIGHT}", role="img", aria_label=label)[
        plot.frame(epochs), limit, drawn, _ends(ends)
    ]


def band(picture: BandPicture) -> h.Element:
    """A curve in its band; dotted from where it is a forecast."""
    points = sorted(picture.points)
    if not points:
        return _empty()
    epochs = [p[0] for p in points]
    plot = _Plot(epochs, [v for p in points for v in p[1:]], zero=False, percent=picture.percent)
    upper = [f"{px(plot.x(e))},{px(plot.y(high))}" for e, _, _, high in points]
    lower = [f"{px(plot.x(e))},{px(plot.y(low))}" for e, low, _, _ in reversed(points)]
    cut = picture.forecast_from if picture.forecast_from is not None else epochs[-1]
    seen = [p for p in points if p[0] <= cut]
    ahead = [p for p in points if p[0] >= (seen[-1][0] if seen else cut)] if picture.forecast_from is not None else []
    last = shown(points[-1][2], percent=picture.percent)
    return svg(".fig", viewBox=f"0 0 {WIDTH} {HEIGHT}", role="img",
               aria_label=f"From {shown(points[0][2], percent=picture.percent)} at epoch {place(epochs[0])} to {last} "
               f"at epoch {place(epochs[-1])}, between {shown(points[-1][1], percent=picture.percent)} and "
               f"{shown(points[-1][3], percent=picture.percent)}")[
        plot.frame(epochs), path(class_="band", d=f"M{'L'.join(upper + lower)}Z"),
        _curve(seen, plot, "curve val"), _curve(ahead, plot, "curve val forecast"),
        _ends([(last, "end-name val", plot.y(points[-1][2]))]),
    ]  # fmt: skip


def _curve(points: Sequence[tuple[float, float, float, float]], plot: _Plot, kind: str) -> h.Node:
    if len(points) < 2:
        return None
    return path(class_=kind, d="M" + "L".join(f"{px(plot.x(e))},{px(plot.y(v))}" for e, _, v, _ in points))


def _ends(named: Sequence[tuple[str, str, float]]) -> h.Node:
    ends = spread([BASE - y for _, _, y in named], BASE)
    return [
        text(class_=kind, x=RIGHT + 6, y=px(BASE - y + 4))[name] for (name, kind, _), y in zip(named, ends, strict=True)
    ]


def _role(split: str) -> str:
    return _ROLES.get(split, "other")


def _ranges(rows: Sequence[tuple[float, float, float]]) -> str:
    return ", ".join(f"{low:.3g} to {high:.3g}" for _, low, high in rows)


def _empty() -> h.Element:
    return svg(".fig", viewBox=f"0 0 {WIDTH} 20", role="img", aria_label="No values")
