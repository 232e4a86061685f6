"""A chart goes in, its SVG goes out: an element for a page with our style sheet, or a text that stands alone."""

from __future__ import annotations

import htpy as h
import numpy as np

from nbdiag.views.shapes import Chart, Line, Mark, Panel, Pin
from nbdiag.views.svgfile import alone
from nbdiag.views.svgtags import circle, clip_path, defs, g, line, path, px, rect, svg, title
from nbdiag.views.svgtags import text as label

WIDTH, LEFT, RIGHT, LANE = 1024, 44, 136, 22
NARROW = 600
_GAP_ABOVE, _GAP_BELOW, _FOOT = 26, 10, 30
_ONE_LETTER = 6.6  # px of a digit at 12 px: ticks wider than four of them need a wider margin


class Frame:
    """Places on the page: the x axis and the top of each panel."""

    def __init__(self, chart: Chart, width: int, name: str = "fig") -> None:
        self.name = name
        longest = max((len(t) for p in chart.panels for t in p.tick_labels), default=4)
        self.left, self.right = max(LEFT, int(12 + _ONE_LETTER * longest)), width - (RIGHT if width > NARROW else 124)
        self.chart = chart
        self.tops: list[float] = []
        y = chart.lanes * LANE
        for i, panel in enumerate(chart.panels):
            y += _GAP_ABOVE if i or chart.lanes == 0 else _GAP_ABOVE - 6
            self.tops.append(y)
            y += panel.height + _GAP_BELOW
        self.bottom = y - _GAP_BELOW
        self.height = self.bottom + _FOOT

    def x(self, value: float) -> float:
        return float(self.xs(np.array([value]))[0])

    def xs(self, values: np.ndarray) -> np.ndarray:
        span = self.chart.x_max - self.chart.x_min
        return np.asarray(self.left + (values - self.chart.x_min) / span * (self.right - self.left))

    def y(self, i: int, value: float) -> float:
        return float(self.ys(i, np.array([value]))[0])

    def ys(self, i: int, values: np.ndarray) -> np.ndarray:
        panel = self.chart.panels[i]
        low, high = panel.y_min, panel.y_max
        if panel.log:
            values = np.log10(np.where(values > 0, values, np.nan))
            low, high = np.log10(low), np.log10(high)
        return np.asarray(self.tops[i] + (high - values) / (high - low) * panel.height)


def figure(chart: Chart, *, width: int = WIDTH, links: bool = False, kind: str = "fig") -> h.Element:
    """The chart as an element; with ``links`` each pin leads to its card. ``kind`` are its classes, unique in a page."""
    f = Frame(chart, width, kind.replace(" ", "-"))
    return svg(class_=kind, viewBox=f"0 0 {width} {px(f.height)}", role="group" if links else "img",
               aria_label="Learning curves with numbered findings")[
        defs[[_clip(f, i, p) for i, p in enumerate(chart.panels)]],
        [_span(f, pin) for pin in chart.pins],
        [_panel(f, i, p) for i, p in enumerate(chart.panels)],
        _axis(f),
        [_pin(f, pin, links) for pin in chart.pins],
    ]  # fmt: skip


def text(chart: Chart, name: str, *, width: int = WIDTH) -> str:
    """A whole SVG file of the chart, ``name`` its title."""
    drawn = figure(chart, width=width)
    return alone(drawn, width, Frame(chart, width).height, name=name, description=chart.description)


def anchor(finding: str) -> str:
    """The id that a pin of a page leads to."""
    return f"card-{finding}"


def _clip(f: Frame, i: int, panel: Panel) -> h.Node:
    return clip_path(id=f"nbdiag-{f.name}-{i}")[
        rect(x=px(f.left - 4), y=px(f.tops[i] - 4), width=px(f.right - f.left + 8), height=panel.height + 8)
    ]


def _panel(f: Frame, i: int, panel: Panel) -> h.Node:
    rows = [
        [
            line(class_="axis" if k == 0 else "grid", x1=px(f.left), x2=px(f.right), y1=px(y := f.y(i, t)), y2=px(y)),
            label(x=px(f.left - 8), y=px(y + 4), text_anchor="end")[name],
        ]
        for k, (t, name) in enumerate(zip(panel.ticks, panel.tick_labels, strict=True))
    ]
    return g[
        rows,
        label(class_="panel-name", x=0, y=px(f.tops[i] - 12))[panel.heading],
        g(aria_hidden="true")[
            [_line(f, i, ln) for ln in panel.lines],
            [_mark(f, i, m) for m in panel.marks],
            [_end(f, i, ln) for ln in panel.lines if ln.end_label],
        ],
    ]


def _line(f: Frame, i: int, ln: Line) -> h.Node:
    xs, ys = f.xs(ln.x), f.ys(i, ln.y)
    kind = ln.role + (" faint" if ln.faint else " dense" if ln.dense else "")
    places = [(x, y) for x, y in zip(xs, ys, strict=True) if y == y] if ln.markers else []
    dots = [circle(class_=f"mark {ln.role}", cx=px(x), cy=px(y), r=3) for x, y in places]
    clip = f"url(#nbdiag-{f.name}-{i})"
    return [path(class_=f"curve {kind}", d=_path(xs, ys), clip_path=clip), dots]


def _path(xs: np.ndarray, ys: np.ndarray) -> str:
    """``M`` begins after each gap."""
    out, pen = [], "M"
    for x, y in zip(xs.tolist(), ys.tolist(), strict=True):
        if y != y:
            pen = "M"
            continue
        out.append(f"{pen}{px(x)},{px(y)}")
        pen = "L"
    return "".join(out)


def _end(f: Frame, i: int, ln: Line) -> h.Node:
    x = f.x(float(ln.x[-1]))
    return label(class_=f"end-name halo {ln.role}", x=px(x + 10), y=px(f.y(i, ln.end_y) + 4))[ln.end_label]


def _mark(f: Frame, i: int, m: Mark) -> h.Node:
    x, y, at = f.x(m.x), f.y(i, m.y), f.y(i, m.label_y)
    name = label(class_=f"halo {m.kind}-name", x=px(x), y=px(at + 4), text_anchor=m.align)[m.label] if m.label else None
    sign = None
    if m.kind == "best":
        sign = circle(class_="best", cx=px(x), cy=px(y), r=4)
    elif m.kind == "nonfinite":
        sign = path(class_="nonfinite", d=f"M{px(x - 4)},{px(y - 4)}l8,8m0,-8l-8,8")
    return [sign, name]


def _axis(f: Frame) -> h.Node:
    c, y = f.chart, f.bottom
    names = [
        [
            line(class_="axis", x1=px(x := f.x(t)), x2=px(x), y1=px(y), y2=px(y + 4)),
            label(x=px(x), y=px(y + 18), text_anchor="middle")[name],
        ]
        for t, name in zip(c.x_ticks, c.x_tick_labels, strict=True)
    ]
    done = min(max(c.progress, c.x_min), c.x_max)
    running = done < c.x_max - 1e-9 and not np.isclose(done, c.x_ticks[-1])
    return g[
        line(class_="axis", x1=px(f.left), x2=px(f.right), y1=px(y), y2=px(y)),
        line(class_="done", x1=px(f.left), x2=px(f.x(done)), y1=px(y), y2=px(y)) if running else None,
        names,
        label(x=px(f.right + 11 + 3.3 * len(c.x_tick_labels[-1])), y=px(y + 18))[c.x_unit],
    ]


def _span(f: Frame, pin: Pin) -> h.Node:
    """What a finding tints, in all panels and the gaps between them; nothing where it is the whole run."""
    if pin.whole or not f.tops:
        return None
    a, b, top = f.x(pin.start), f.x(pin.stop), f.tops[0]
    return g(class_=f"sev-{pin.severity.value}", data_f=pin.id)[
        rect(class_="span", x=px(a), y=px(top), width=px(max(b - a, 0)), height=px(f.bottom - top)),
        line(class_="drop", x1=px(a), x2=px(a), y1=px(pin.lane * LANE + 19), y2=px(f.bottom)),
    ]


def _pin(f: Frame, pin: Pin, links: bool) -> h.Node:
    x, end, y = f.x(pin.start), f.x(pin.stop), pin.lane * LANE + 11
    cap = "" if pin.open else f"M{px(end)},{y - 4}v8"
    extent = path(class_="ext", d=f"M{px(x + 10)},{y}H{px(end)}{cap}") if end > x + 11 else None
    drawn = [
        rect(class_="hit", x=px(x - 12), y=y - 10, width=px(max(end - x, 0) + 24), height=20),
        extent,
        circle(class_="ring", cx=px(x), cy=y, r=11),
        circle(class_="dot", cx=px(x), cy=y, r=8),
        label(x=px(x), y=y + 4)[str(pin.number)],
    ]
    kind = f"pin sev-{pin.severity.value}" + (" is-prov" if pin.provisional else "")
    if links:
        return h.a(class_=kind, href=f"#{anchor(pin.id)}", data_f=pin.id, aria_label=pin.label)[drawn]
    return g(class_=kind, data_f=pin.id)[title[pin.label], drawn]
