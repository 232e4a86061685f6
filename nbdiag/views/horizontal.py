"""A run goes in, its shared x axis goes out: the unit, the place of every value, the range and the ticks."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence

import numpy as np

from nbdiag.curve import Curve, Part
from nbdiag.run import Run
from nbdiag.views.numbers import duration, place, step_for, tick_texts

FEW = 8
"""Up to so many points each is drawn with its value: more values would not fit side by side at 600 px."""
_ALL = slice(None)
_PLACES: dict[str, Part] = {"epoch": "epochs", "step": "counted", "time": "times"}
_CLOCK = (1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 14400, 28800, 86400)


@dataclasses.dataclass(frozen=True)
class Horizontal:
    """The shared x axis."""

    unit: str
    low: float
    high: float
    ticks: tuple[float, ...]
    labels: tuple[str, ...]
    progress: float


@dataclasses.dataclass(frozen=True)
class Reach:
    """Where a curve begins and ends, how many values it has, and whether all stand at whole places."""

    low: float
    high: float
    count: int
    whole: bool


def unit_for(curves: Sequence[Curve], wanted: str) -> str:
    """``wanted`` where every curve has it, else the next best; steps where the whole run is within two epochs."""
    has = {
        "epoch": all(c.known("epochs") for c in curves),
        "step": all(c.known("steps") for c in curves),
        "time": all(c.known("times") for c in curves),
    }
    within = all(c.per == "step" and c.summary("epochs").high - c.summary("epochs").low < 2 for c in curves)
    if wanted == "epoch" and has["epoch"] and has["step"] and within:
        return "step"
    order = [wanted, "epoch", "step"]
    return next((unit for unit in order if has.get(unit)), "value")


def positions(run: Run, curve: Curve, unit: str, at: np.ndarray | slice = _ALL) -> np.ndarray:
    """Place in ``unit`` of each value, or of those ``at`` these indices. Shape ``(n,)``."""
    if unit == "epoch" and _names_only_epochs(curve):
        return _within_epochs(run, curve, at)
    places: np.ndarray = getattr(curve, _PLACES.get(unit, "x"))[at]
    return places - (run.began or 0.0) if unit == "time" else places


def _names_only_epochs(curve: Curve) -> bool:
    """Whether these are values of steps, several of which stand at one whole epoch."""
    epochs = curve.summary("epochs")
    return curve.per == "step" and len(curve) > 1 and epochs.whole and not epochs.climbing


def _within_epochs(run: Run, curve: Curve, at: np.ndarray | slice) -> np.ndarray:
    """Values of steps that name only their epoch are spread over it, so that its last lies at its end."""
    steps = run.facts.steps_per_epoch or run.reached[2]
    if steps and curve.summary("steps").high <= steps:
        return np.asarray(curve.epochs[at] - 1 + curve.steps[at] / steps)
    starts = curve.starts
    at = np.arange(len(curve)) if isinstance(at, slice) else at
    rank = at - starts[np.searchsorted(starts, at, "right") - 1] + 1
    return np.asarray(curve.epochs[at] - 1 + rank / np.diff(np.append(starts, len(curve))).max())


def reach(run: Run, curve: Curve, unit: str) -> Reach | None:
    """How far a curve reaches; None where not all its places are known."""
    if not len(curve):
        return None
    if unit == "epoch" and _names_only_epochs(curve):
        ends = np.array([0, len(curve) - 1]) if curve.summary("epochs").rising else np.arange(len(curve))
        x = positions(run, curve, unit, ends)
        return Reach(float(x.min()), float(x.max()), len(curve), False) if np.isfinite(x).all() else None
    places, begin = curve.summary(_PLACES.get(unit, "x")), (run.began or 0.0) if unit == "time" else 0.0
    return Reach(places.low - begin, places.high - begin, len(curve), places.whole) if not places.holes else None


def horizontal(run: Run, unit: str, reaches: Sequence[Reach]) -> Horizontal:
    """The axis for curves with these reaches: to the planned end once a fifth of it is run, else to 10, 20, 50 …"""
    low, last = (min(r.low for r in reaches), max(r.high for r in reaches)) if reaches else (1.0, 1.0)
    low = 0.0 if unit == "epoch" and 0 < low < 1 else low  # steps of the first epoch lie before its end
    running = run.status == "running"
    high, planned = last, _planned(run, unit)
    if running:
        high = planned if planned and last >= planned / 5 else _round_end(last)
        high = max(min(high, planned or high), last)
    few = not running and max((r.count for r in reaches), default=0) <= FEW
    if high <= low:
        low_edge, high_edge = low - 0.5, high + 0.5
    elif few:  # room for markers and their values at both ends
        low_edge, high_edge = low - 0.0375 * (high - low), high + 0.0375 * (high - low)
    else:  # 8 px of 840 before the first value
        low_edge, high_edge = low - 0.0096 * (high - low), high
    whole = unit != "time" and all(r.whole for r in reaches)
    ticks = _ticks(low, high, unit, whole=whole)
    labels = tuple(duration(t) for t in ticks) if unit == "time" else _texts(ticks)
    return Horizontal(unit, low_edge, high_edge, ticks, labels, last)


def _planned(run: Run, unit: str) -> float | None:
    epochs, steps = run.facts.epochs, run.facts.steps_per_epoch or run.reached[2]
    if unit == "epoch":
        return float(epochs) if epochs else None
    return float(epochs * steps) if unit == "step" and epochs and steps else None


def _round_end(last: float) -> float:
    size = 10.0
    while True:
        for factor in (1, 2, 5):
            if size * factor >= last:
                return size * factor
        size *= 10


def _ticks(low: float, high: float, unit: str, *, whole: bool) -> tuple[float, ...]:
    """The first place and at most six multiples of a nice step."""
    if high <= low:
        return (low,)
    step = step_for(high - low, 6)
    if unit == "time":
        step = next((float(s) for s in _CLOCK if s * 6 >= high - low), step)
    elif whole or high - low >= 2:  # whole epochs only: 2.5 is no place to look at
        step = max(5.0 if step == 2.5 else step, 1.0)
    multiples = [i * step for i in range(int(np.ceil(low / step - 1e-9)), int(np.floor(high / step + 1e-9)) + 1)]
    apart = 0.04 * (high - low)  # 17 px at 600 px: two labels of one digit
    return (low, *(round(m, 9) for m in multiples if m - low >= apart))


def _texts(ticks: tuple[float, ...]) -> tuple[str, ...]:
    return tick_texts(ticks) if max(ticks) >= 1e5 else tuple(place(t) for t in ticks)
