"""A run goes in; how places on its x axis translate to the other units goes out, for the switch under the axis."""

from __future__ import annotations

import numpy as np

from nbdiag.curve import Curve, Part
from nbdiag.run import Run
from nbdiag.views.horizontal import positions

_MOST = 200
"""Points of a translation: between them it is a straight line. A panel is about 700 px wide."""
_STRAIGHT = 1 / 2000
"""Of the range: a bend that is smaller than half a pixel of it needs no points of its own."""
UNITS = ("epoch", "step", "time")
_KNOWN: dict[str, Part] = {"epoch": "epochs", "step": "steps", "time": "times"}

Translation = dict[str, list[float]]


def translations(run: Run, unit: str) -> dict[str, Translation]:
    """By unit, places ``at`` on an axis in ``unit``, and what they are there (``to``); units that nothing tells are left out."""
    found = {other: _translation(run, unit, other) for other in UNITS if other != unit}
    return {other: translation for other, translation in found.items() if translation}


def _translation(run: Run, unit: str, other: str) -> Translation | None:
    each = run.facts.steps_per_epoch or run.reached[2]
    last = run.last_epoch
    if (unit, other) == ("epoch", "step") and each and last:
        return {"at": [0.0, last], "to": [0.0, last * each]}
    return _measured(run, unit, other)


def _measured(run: Run, unit: str, other: str) -> Translation | None:
    """From the curve with most values that knows both."""
    for curve in sorted(run.curves(), key=len, reverse=True):
        if not (_tells(curve, unit) and _tells(curve, other)):
            continue
        chosen = np.unique(np.linspace(0, len(curve) - 1, min(len(curve), _MOST)).astype(int))
        at, to = (positions(run, curve, name, chosen) for name in (unit, other))
        if (np.diff(at) >= 0).all() and (np.diff(to) >= 0).all() and at[-1] > at[0] and to[-1] > to[0]:
            return _thinned(at, to, whole=other == "step")
    return None


def _tells(curve: Curve, unit: str) -> bool:
    known = _KNOWN.get(unit)
    return len(curve) > 1 and (known is None or curve.known(known))


def _thinned(at: np.ndarray, to: np.ndarray, *, whole: bool) -> Translation:
    straight = np.interp(at, at[[0, -1]], to[[0, -1]])
    if np.abs(to - straight).max() <= _STRAIGHT * (to[-1] - to[0]):
        at, to = at[[0, -1]], to[[0, -1]]
    return {"at": at.tolist(), "to": (to if whole else to.round(3)).tolist()}
