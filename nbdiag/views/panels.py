"""A run goes in, the panels of its chart go out: which metrics, which lines, with ranges, marks and labels."""

from __future__ import annotations

import bisect
import dataclasses
from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from nbdiag import metrics
from nbdiag.blocks import Blocks, Summary
from nbdiag.curve import Curve
from nbdiag.run import Run
from nbdiag.views import labels
from nbdiag.views.horizontal import FEW, Horizontal, positions, reach
from nbdiag.views.markup import clean
from nbdiag.views.numbers import place, shown
from nbdiag.views.shapes import Line, Mark, Panel
from nbdiag.views.thin import drawable, some
from nbdiag.views.vertical import Vertical, vertical

if TYPE_CHECKING:
    from nbdiag.diagnosis import Diagnosis

MOST = 4
"""More panels than this do not fit one screen."""
MOST_WANTED = 12
"""More than this, at the reader's own wish, are three screens: a browser still follows them."""
EACH_STEP, PREVIOUS = "each step", "previous run"
"""What the faint lines are called: the steps of a curve that has epochs too, and the run of the same cell before."""
Window = tuple[float, float] | None
_LONGEST = 14  # letters of a split's name: with its value they fill the right margin


def chosen(diagnosis: Diagnosis, wanted: Sequence[str] | None = None) -> list[str]:
    """The metrics to draw: those ``wanted``; else loss, accuracy, what a finding speaks of, a moving learning rate, others."""
    run = diagnosis.run
    if asked := [m for m in run.metrics if m in (wanted or ())][:MOST_WANTED]:
        return asked
    measured = [m for m in run.metrics if not metrics.is_setting(m)]
    loss = [m for m in measured if m == "loss"] or [m for m in measured if metrics.is_loss(m)]
    accuracy = [m for m in measured if metrics.is_accuracy(m)] or [m for m in measured if metrics.is_fraction(m)]
    spoken = [name.partition(":")[2] for f in diagnosis.findings for name in f.curves]
    rates = [m for m in run.metrics if m == "learning_rate" and _moves(run, m)]
    order = dict.fromkeys([*loss[:1], *accuracy[:1], *spoken, *rates, *measured])
    drawn = [m for m in order if m in run.metrics][:MOST]
    return drawn or run.metrics[:1]


def _moves(run: Run, metric: str) -> bool:
    found = [c.summary() for c in run.curves() if c.metric == metric and c.finite.any()]
    return bool(found) and min(s.low for s in found) < max(s.high for s in found)


def splits_of(run: Run, metric: str) -> list[tuple[str, str]]:
    """``(split, role)`` of a metric, in drawing order: training first, the protagonist last, on top."""
    have = [s for s in run.splits if run.curve(metric, s) is not None]
    others = [s for s in have if s != "train"]
    main = "val" if "val" in others else others[0] if others else None
    roles = {s: "train" if s == "train" else "val" if s == main else "other" for s in have}
    return sorted(roles.items(), key=lambda item: ("train", "other", "val").index(item[1]))


def end_name(metric: str, split: str) -> str:
    """What a line is called at its end: nothing for a setting, of which there is only one."""
    if metrics.is_setting(metric):
        return ""
    name = clean({"train": "training", "val": "validation"}.get(split, split))
    return name if len(name) <= _LONGEST else name[: _LONGEST - 1] + "…"


def panel(
    diagnosis: Diagnosis,
    metric: str,
    axis: Horizontal,
    height: int,
    *,
    previous: Diagnosis | None = None,
    points: int = 1000,
    log: bool | None = None,
    window: Window = None,
) -> Panel:
    """One metric's panel."""
    run = diagnosis.run
    pairs = [(run.curve(metric, s), role) for s, role in splits_of(run, metric)]
    curves = [(curve, role) for curve, role in pairs if curve is not None]
    percent = any(curve.unit == "%" for curve, _ in curves)
    faint = _faint(run, metric, axis, "step", points, window)
    behind = [np.nanquantile(line.y, (0.01, 0.99)) for line in faint if np.isfinite(line.y).any()]
    spans = [np.array([c.summary().low, c.summary().high]) for c, _ in curves]
    typical = np.concatenate([some(c.values) for c, _ in curves] + behind)
    extremes = drawable(np.concatenate(spans + behind))
    y_axis = vertical(metric, extremes, drawable(typical), height, percent=percent, log=log)
    if previous is not None and metric in previous.run.metrics:
        faint += _faint(previous.run, metric, axis, "epoch", points)
    lines = [_line(run, curve, role, axis.unit, percent, points, window) for curve, role in curves]
    placed = labels.with_ends(lines, y_axis)
    marks = _marks(run, metric, curves, placed, y_axis, axis, percent)
    return Panel(
        title=clean(metric.replace("_", " ")) + (", log scale" if y_axis.log else ""),
        lines=(*faint, *placed),
        y_min=y_axis.low, y_max=y_axis.high, ticks=y_axis.ticks, tick_labels=y_axis.labels,
        marks=tuple(marks), height=height, log=y_axis.log, percent=percent,
    )  # fmt: skip


def _line(run: Run, curve: Curve, role: str, unit: str, percent: bool, points: int, window: Window = None) -> Line:
    name = end_name(curve.metric, curve.split)
    value = shown(float(curve.values[-1]), percent=percent)
    at = curve.summary().corners(points)
    if window is not None and len(at) < len(curve):
        at = np.union1d(at, _closely(run, curve, unit, points, window))
    y = drawable(curve.values[at])
    x = positions(run, curve, unit, at)
    return Line(
        curve.name,
        role,
        name,
        x,
        np.where(np.isfinite(y), y, np.nan),
        f"{name} {value}".strip(),
        markers=len(curve) <= FEW,
    )


def _closely(run: Run, curve: Curve, unit: str, points: int, window: tuple[float, float]) -> np.ndarray:
    """Indices of about as many values within a window as a whole line has, and of the one beyond each edge."""

    def place_of(i: int) -> float:
        return float(positions(run, curve, unit, np.array([i]))[0])

    first = bisect.bisect_left(range(len(curve)), window[0], key=place_of)
    last = bisect.bisect_right(range(len(curve)), window[1], key=place_of)
    if first >= last:
        return np.zeros(0, int)
    first, last = max(first - 1, 0), last + 1
    return np.asarray(first + Summary(curve.values[first:last], Blocks()).corners(points))


def _marks(
    run: Run,
    metric: str,
    curves: Sequence[tuple[Curve, str]],
    lines: Sequence[Line],
    y_axis: Vertical,
    axis: Horizontal,
    percent: bool,
) -> list[Mark]:
    """Values that are no numbers; then values at few points, else the best one of the protagonist's loss."""
    placer = labels.Placer(lines, y_axis, (axis.low, axis.high))
    marks: list[Mark] = []
    for curve, role in curves:
        if not curve.known("values"):
            x = positions(run, curve, axis.unit)
            marks += labels.nonfinite_marks(x, curve.values, role, y_axis, lambda at: f"{axis.unit} {place(at)}")
    for mark in marks:
        placer.avoid(mark)
    marks = _named(marks, placer)
    if not lines:
        return marks
    main = lines[-1]
    if all(len(curve) <= FEW for curve, _ in curves):
        return marks + labels.value_marks(main, placer, percent=percent)
    if not metrics.is_loss(metric) or main.role == "train" or not np.isfinite(main.y).any():
        return marks
    best = labels.best_mark(main, placer, f"{axis.unit} {place(float(main.x[np.nanargmin(main.y)]))}")
    return marks + ([best] if best else [])


def _named(marks: Sequence[Mark], placer: labels.Placer) -> list[Mark]:
    """The marks, each text once, where there is room for it."""
    out: list[Mark] = []
    for mark in marks:
        placed = None if any(mark.label == other.label for other in out) else placer.place(mark, far=4)
        out.append(placed or dataclasses.replace(mark, label=""))
    return out


def _faint(run: Run, metric: str, axis: Horizontal, per: str, points: int, window: Window = None) -> list[Line]:
    """Curves behind the others: the steps of a metric that has epochs too, or a whole other run."""
    out = []
    for split, role in splits_of(run, metric):
        main = run.curve(metric, split)
        curve = run.curve(metric, split, "step") if per == "step" else main
        if curve is None or (per == "step" and curve is main):
            continue
        if reach(run, curve, axis.unit) is not None:
            drawn = _line(run, curve, role, axis.unit, False, points, window)
            name = EACH_STEP if per == "step" else PREVIOUS
            out.append(dataclasses.replace(drawn, name=name, end_label="", markers=False, faint=True))
    return out
