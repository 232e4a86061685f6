"""Findings and the x axis go in, pins on the lanes of the rail go out: none hides another."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from nbdiag.finding import Finding
from nbdiag.run import Run
from nbdiag.views.horizontal import Horizontal, positions
from nbdiag.views.markup import plain
from nbdiag.views.numbering import Numbered, numbered, severity_of
from nbdiag.views.shapes import Pin

if TYPE_CHECKING:
    from nbdiag.diagnosis import Diagnosis

_HALF = 0.03
"""Half a pin's hit area of 24 px, in shares of the 430 px of plot in an output 600 px wide."""


def pins(diagnosis: Diagnosis, axis: Horizontal) -> tuple[tuple[Pin, ...], int]:
    """The pins in the order of their numbers, and how many lanes they take."""
    out: list[Pin] = []
    lanes: list[list[tuple[float, float]]] = []
    pad = _HALF * (axis.high - axis.low)
    run = diagnosis.run
    first, last = max(axis.low, min(axis.ticks)), axis.progress
    for entry in numbered(diagnosis):
        if entry.number is None:
            continue
        f = entry.finding
        start = first if f.start is None else _placed(run, f, f.start, axis)
        stop = last if f.start is None else _placed(run, f, f.start if entry.stop is None else entry.stop, axis)
        start, stop = (min(max(v, axis.low), axis.high) for v in (start, max(start, stop)))
        whole = f.start is None or (start <= first and stop >= last and last > first)
        still = run.status == "running" and stop >= last and stop > start
        taken = (start - pad, stop + pad)
        lane = next((i for i, lane in enumerate(lanes) if all(_apart(taken, t) for t in lane)), len(lanes))
        if lane == len(lanes):
            lanes.append([])
        lanes[lane].append(taken)
        out.append(
            Pin(entry.id, entry.number, lane, start, stop, severity_of(f), spoken(entry),
                provisional=f.provisional, whole=whole, open=still)
        )  # fmt: skip
    return tuple(out), len(lanes)


def _apart(a: tuple[float, float], b: tuple[float, float]) -> bool:
    return a[1] <= b[0] or b[1] <= a[0]


def _placed(run: Run, finding: Finding, epoch: float, axis: Horizontal) -> float:
    """Where an epoch (or the running count of a curve without epochs) lies on the axis."""
    names = [*finding.curves, *(c.name for c in run.curves())]
    parts = (name.partition(":") for name in names)  # "val:loss"
    found = (run.curve(metric, split) for split, _, metric in parts)
    curve = next((c for c in found if c is not None and len(c)), None)
    if axis.unit == "epoch" or curve is None:
        return epoch
    i = int(np.searchsorted(curve.x, epoch))
    around = np.arange(max(i - 1, 0), min(i + 1, len(curve)))
    return float(np.interp(epoch, curve.x[around], positions(run, curve, axis.unit, around)))


def spoken(entry: Numbered) -> str:
    """How a screen reader names a pin: ``Finding 1, problem, epochs 21 to 47: …``."""
    where = entry.where.replace("–", " to ") or "whole run"
    return f"Finding {entry.number}, {severity_of(entry.finding).value}, {where}: {plain(entry.finding.title)}"
