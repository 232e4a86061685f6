"""Appendable columns of one curve: records come in, a ``Curve`` goes out; the last value wins for the same place."""

from __future__ import annotations

from array import array

import numpy as np

from nbdiag.curve import Curve, Per
from nbdiag.events import Record

_NAN = float("nan")


class Column:
    """Appendable columns of one curve; the last value wins for the same place."""

    __slots__ = ("cached", "epochs", "label", "places", "rounding", "steps", "times", "unit", "values")

    def __init__(self, record: Record) -> None:
        self.values, self.epochs, self.steps = array("d"), array("d"), array("d")
        self.times, self.rounding = array("d"), array("d")
        self.label, self.unit = record.label, record.unit
        self.places: dict[tuple[float, float], int] | None = None  # built only when a place comes out of order
        self.cached: Curve | None = None

    def append(self, r: Record) -> None:
        epoch = _NAN if r.epoch is None else float(r.epoch)
        step = _NAN if r.step is None else float(r.step)
        i = self._place(epoch, step)
        if i is None:
            self.values.append(r.value)
            self.epochs.append(epoch)
            self.steps.append(step)
            self.times.append(_NAN if r.time is None else r.time)
            self.rounding.append(r.rounding)
        else:
            self.values[i], self.rounding[i] = r.value, r.rounding
            if r.time is not None:
                self.times[i] = r.time
        self.cached = None

    def _place(self, epoch: float, step: float) -> int | None:
        """Where this place stands already, or None. NaN (unknown) places are always new."""
        if not self.values or (epoch != epoch and step != step):
            return None
        key, last = (_key(epoch), _key(step)), (_key(self.epochs[-1]), _key(self.steps[-1]))
        if key == last:
            return len(self.values) - 1
        if self.places is None:
            if key > last:
                return None
            pairs = zip(self.epochs, self.steps, strict=True)
            self.places = {(_key(e), _key(s)): i for i, (e, s) in enumerate(pairs)}
        found = self.places.get(key)
        if found is None:
            self.places[key] = len(self.values)
        return found

    def curve(self, metric: str, split: str, per: Per) -> Curve:
        if self.cached is None:
            self.cached = Curve(
                metric,
                split,
                per,
                np.array(self.values),
                np.array(self.epochs),
                np.array(self.steps),
                np.array(self.times),
                np.array(self.rounding),
                self.label,
                self.unit,
            )
        return self.cached

    def until(self, epoch: float, whole: Curve) -> Column:
        """This column, whose curve is ``whole``, without what came after ``epoch``."""
        then = Column(Record(whole.metric, whole.split, 0.0, label=self.label, unit=self.unit))
        for name in ("values", "epochs", "steps", "times", "rounding"):
            setattr(then, name, array("d", getattr(whole, name)[~(whole.epochs > epoch)].tobytes()))
        return then


def _key(place: float) -> float:
    return -1.0 if place != place else place
