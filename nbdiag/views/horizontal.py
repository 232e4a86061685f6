"""A run goes in, its shared x axis goes out: the unit, the place of every value, the range and the ticks."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence

import numpy as np

from nbdiag.curve import Curve, running_steps
from nbdiag.run import Run
from nbdiag.views.numbers import duration, place, step_for, tick_texts

FEW = 8
"""Up to so many points each is drawn with its value: more values would not fit side by side at 600 px."""
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


def unit_for(curves: Sequence[Curve], wanted: str) -> str:
    """``wanted`` where every curve has it, else the next best; steps where the whole run is within two epochs."""
    has = {
        "epoch": all(np.isfinite(c.epochs).all() for c in curves),
        "step": all(np.isfinite(c.steps).all() for c in curves),
        "time": all(np.isfinite(c.times).all() for c in curves),
    }
    within = all(c.per == "step" and len(c) and c.epochs.max() - c.epochs.min() < 2 for c in curves)
    if wanted == "epoch" and has["epoch"] and has["step"] and within:
        return "step"
    order = [wanted, "epoch", "step"]
    return next((unit for unit in order if has.get(unit)), "value")


def positions(run: Run, curve: Curve, unit: str) -> np.ndarray:
    """Place of each value in ``unit``, shape ``(n,)``."""
    if unit == "epoch":
        return _within_epochs(curve, run.facts.steps_per_epoch or run.reached[2])
    if unit == "step":
        return running_steps(curve)
    return curve.times - (run.began or 0.0) if unit == "time" else curve.x


def _within_epochs(curve: Curve, steps: int | None) -> np.ndarray:
    """Epochs; values of steps that name only their epoch are spread over it, so that its last lies at its end."""
    epochs = curve.epochs
    if curve.per == "epoch" or len(epochs) < 2 or (epochs != np.floor(epochs)).any() or (np.diff(epochs) > 0).all():
        return epochs
    if steps and np.nanmax(curve.steps) <= steps:
        return np.asarray(epochs - 1 + curve.steps / steps)
    starts = np.flatnonzero(np.concatenate(([True], np.diff(epochs) != 0)))
    counts = np.diff(np.append(starts, len(epochs)))
    rank = np.arange(len(epochs)) - np.repeat(starts, counts) + 1
    return np.asarray(epochs - 1 + rank / counts.max())


def horizontal(run: Run, unit: str, xs: Sequence[np.ndarray]) -> Horizontal:
    """The axis for values at ``xs``: to the planned end once a fifth of it is run, else to 10, 20, 50 …"""
    ends = [(float(np.nanmin(x)), float(np.nanmax(x))) for x in xs if len(x)]
    low, last = (min(a for a, _ in ends), max(b for _, b in ends)) if ends else (1.0, 1.0)
    low = 0.0 if unit == "epoch" and 0 < low < 1 else low  # steps of the first epoch lie before its end
    running = run.status == "running"
    high, planned = last, _planned(run, unit)
    if running:
        high = planned if planned and last >= planned / 5 else _round_end(last)
        high = max(min(high, planned or high), last)
    few = not running and max((len(x) for x in xs), default=0) <= FEW
    if high <= low:
        low_edge, high_edge = low - 0.5, high + 0.5
    elif few:  # room for markers and their values at both ends
        low_edge, high_edge = low - 0.0375 * (high - low), high + 0.0375 * (high - low)
    else:  # 8 px of 840 before the first value
        low_edge, high_edge = low - 0.0096 * (high - low), high
    whole = unit != "time" and all((x == np.floor(x)).all() for x in xs)
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
