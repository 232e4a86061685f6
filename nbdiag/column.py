"""Appendable columns of one curve: records come in, a ``Curve`` goes out; the last value wins for the same place."""

from __future__ import annotations

import copy
from array import array
from typing import Literal

import numpy as np

from nbdiag.curve import Curve, Per
from nbdiag.digest import Digest
from nbdiag.events import Record, Steps
from nbdiag.growing import Growing

_NAN = float("nan")
_LONG = 1000  # values: of fewer, all places are looked at in the time it takes to ask whether they rise
_VALUE, _EPOCH, _STEP, _TIME, _ROUNDING = range(5)


class Column:
    """Appendable columns of one curve; the last value wins for the same place."""

    __slots__ = ("_digest", "_last", "_new", "_places", "_rows", "_seen", "label", "unit")

    def __init__(self, record: Record) -> None:
        self.label, self.unit = record.label, record.unit
        self._rows, self._new = Growing(5), array("d")  # what came since the curve was last looked at waits, row by row
        self._digest = Digest()
        self._last = (_NAN, _NAN)  # epoch and step
        self._places: dict[tuple[float, float], int] | None = None  # built only when a place comes out of order
        self._seen: Curve | None = None

    def append(self, r: Record, time: float | None = None) -> None:
        """Add one value; ``time`` is that of a record which has none."""
        time = time if r.time is None else r.time
        epoch = _NAN if r.epoch is None else float(r.epoch)
        step = _NAN if r.step is None else float(r.step)
        i = self._place(epoch, step)
        if i is None:
            self._last = (epoch, step)
            self._new.extend((r.value, epoch, step, _NAN if time is None else time, r.rounding))
        else:
            self._settle()
            self._part(i)
            changed = [(_VALUE, r.value), (_ROUNDING, r.rounding), *([] if time is None else [(_TIME, time)])]
            for row, value in changed:
                self._rows.put(row, i, value)

    def extend(self, told: Steps, time: float | None) -> None:
        """Add many values."""
        n = len(told.values)
        rows = np.full((5, n), _NAN)
        rows[_VALUE], rows[_EPOCH] = told.values, told.epochs
        rows[_ROUNDING] = told.rounding if len(told.rounding) else 0.0
        if len(told.steps):
            rows[_STEP] = told.steps
        if time is not None:
            rows[_TIME] = time
        last, first = (tuple(map(_key, places)) for places in (self._last, rows[[_EPOCH, _STEP], 0].tolist()))
        if self._places is None and (not len(self) or first > last):
            self._settle()
            self._rows.extend(rows)
            self._last = float(rows[_EPOCH, -1]), float(rows[_STEP, -1])
            return
        for value, epoch, step, _, half in rows.T.tolist():
            place = (None if epoch != epoch else epoch, None if step != step else int(step))
            self.append(Record(told.metric, told.split, value, *place, told.label, told.unit, half, time))

    def _place(self, epoch: float, step: float) -> int | None:
        """Where this place stands already, or None. NaN (unknown) places are always new."""
        if not len(self) or (epoch != epoch and step != step):
            return None
        key, last = (_key(epoch), _key(step)), (_key(self._last[0]), _key(self._last[1]))
        if key == last:
            return len(self) - 1
        if self._places is None:
            if key > last:
                return None
            self._settle()
            pairs = self._rows.upto(len(self))[[_EPOCH, _STEP]].T.tolist()
            self._places = {(_key(e), _key(s)): i for i, (e, s) in enumerate(pairs)}
        found = self._places.get(key)
        if found is None:
            self._places[key] = len(self)
        return found

    def _settle(self) -> None:
        """Move what is new to the rows."""
        if self._new:
            self._rows.extend(np.frombuffer(self._new).reshape(-1, 5).T)
            self._new = array("d")

    def _part(self, i: int) -> None:
        """Before value ``i`` changes: curves given out keep what they show."""
        self._digest = self._digest.fork(i)
        if self._seen is not None:
            self._rows, self._seen = self._rows.fork(len(self)), None

    def curve(self, metric: str, split: str, per: Per) -> Curve:
        """The curve as it is now; it does not change when more comes."""
        if self._seen is None or self._new or len(self._seen.values) != self._rows.n:
            self._settle()
            values, epochs, steps, times, rounding = self._rows.upto(self._rows.n)
            self._seen = Curve(
                metric, split, per, values, epochs, steps, times, rounding, self.label, self.unit, self._digest
            )
        return self._seen

    def until(self, place: float, whole: Curve, part: Literal["epochs", "counted"]) -> Column:
        """This column, whose curve is ``whole``, without what came after ``place`` in epochs, or in counted steps."""
        then = copy.copy(self)  # of hundreds of curves most are never asked for: nothing of them is worked out here
        then._new, then._places, then._seen = array("d"), None, None
        places = getattr(whole, part)
        if len(whole) > _LONG and whole.summary(part).rising:
            kept = np.broadcast_to(True, int(np.searchsorted(places, place, "right")))
        else:
            kept = ~(places > place)
        n = int(np.count_nonzero(kept))
        if kept[:n].all():
            then._rows, then._digest = self._rows.fork(n), self._digest.fork(n)
        else:
            then._rows, then._digest = Growing(5), Digest()
            then._rows.extend(self._rows.upto(len(whole))[:, kept])
        if then._rows.n:
            then._last = tuple(then._rows.upto(then._rows.n)[[_EPOCH, _STEP], -1].tolist())
        return then

    def __len__(self) -> int:
        return self._rows.n + len(self._new) // 5


def _key(place: float) -> float:
    return -1.0 if place != place else place
