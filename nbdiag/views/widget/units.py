"""A run goes in; how its epochs translate to steps and to seconds goes out, for the switch under the axis."""

from __future__ import annotations

import numpy as np

from nbdiag.run import Run
from nbdiag.views.horizontal import positions

_MOST = 200
"""Points of a translation: between them it is a straight line."""

Translation = dict[str, list[float]]


def translations(run: Run, unit: str) -> dict[str, Translation]:
    """By unit, places ``at`` in epochs and what they are there (``to``); empty where only one unit is known."""
    if unit != "epoch":
        return {}
    found = {"step": _steps(run), "time": _times(run)}
    return {name: translation for name, translation in found.items() if translation}


def _steps(run: Run) -> Translation | None:
    each = run.facts.steps_per_epoch or run.reached[2]
    last = run.last_epoch
    if each and last:
        return {"at": [0.0, last], "to": [0.0, last * each]}
    return _measured(run, "step")


def _times(run: Run) -> Translation | None:
    return _measured(run, "time")


def _measured(run: Run, unit: str) -> Translation | None:
    """From the curve with most values that knows both."""
    best: tuple[np.ndarray, np.ndarray] | None = None
    for curve in run.curves():
        at, to = positions(run, curve, "epoch"), positions(run, curve, unit)
        known = np.isfinite(curve.steps if unit == "step" else curve.times) & np.isfinite(at)
        if known.sum() > (1 if best is None else len(best[0])) and np.all(np.diff(to[known]) >= 0):
            best = at[known], to[known]
    if best is None or best[1][-1] <= best[1][0]:
        return None
    chosen = np.unique(np.linspace(0, len(best[0]) - 1, min(len(best[0]), _MOST)).astype(int))
    return {"at": best[0][chosen].tolist(), "to": best[1][chosen].tolist()}
