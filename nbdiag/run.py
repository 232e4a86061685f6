"""One training execution: records are appended, curves are looked at."""

from __future__ import annotations

import dataclasses
import functools
from array import array
from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, Any, Literal, TypeVar

import numpy as np

from nbdiag.events import Record, Status
from nbdiag.facts import Facts
from nbdiag.samples import SampleLosses

if TYPE_CHECKING:
    import pandas as pd

Per = Literal["epoch", "step"]
T = TypeVar("T")
_NAN = float("nan")


@dataclasses.dataclass(frozen=True, eq=False)
class Curve:
    """The values of one metric on one split, in the order they came. All arrays have shape ``(n,)``.

    ``epochs`` count from 1 and may be fractional, ``steps`` are the numbers the source shows; NaN where unknown.
    ``rounding`` is half a unit of the last printed digit of each value, 0 for full precision.
    """

    metric: str
    split: str
    per: Per
    values: np.ndarray
    epochs: np.ndarray
    steps: np.ndarray
    times: np.ndarray
    rounding: np.ndarray
    label: str = ""
    unit: str = ""

    @property
    def name(self) -> str:
        """``split:metric``, as findings name a curve."""
        return f"{self.split}:{self.metric}"

    @functools.cached_property
    def x(self) -> np.ndarray:
        """Place in epochs; where no epoch is known, the running count of values."""
        if np.isfinite(self.epochs).all():
            return self.epochs
        return np.arange(1.0, len(self.values) + 1)

    @functools.cached_property
    def finite(self) -> np.ndarray:
        """Which values are finite numbers."""
        finite: np.ndarray = np.isfinite(self.values)
        return finite

    @property
    def exact(self) -> bool:
        """Every value came at full precision."""
        return not self.rounding.any()

    def __len__(self) -> int:
        return len(self.values)


class _Column:
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

    def until(self, epoch: float, whole: Curve) -> _Column:
        """This column, whose curve is ``whole``, without what came after ``epoch``."""
        then = _Column(Record(whole.metric, whole.split, 0.0, label=self.label, unit=self.unit))
        for name in ("values", "epochs", "steps", "times", "rounding"):
            setattr(then, name, array("d", getattr(whole, name)[~(whole.epochs > epoch)].tobytes()))
        return then


def _key(place: float) -> float:
    return -1.0 if place != place else place


class Run:
    """One training execution and everything measured in it.

    ``number`` counts from 1 within the cell, ``cell`` is its execution count. ``reached`` is how far the training
    got (epoch, step, steps per epoch), also where nothing was measured yet. Not safe for several threads at once.
    """

    def __init__(
        self, records: Iterable[Record] = (), *, name: str = "", framework: str = "", facts: Facts | None = None
    ) -> None:
        self.name, self.framework, self.facts = name, framework, facts or Facts()
        self.number: int = 1
        self.cell: int | None = None
        self.status: Status = "finished"
        self.samples: SampleLosses | None = None
        self.reached: tuple[float | None, int | None, int | None] = (None, None, None)
        self.seconds: float | None = None
        self.notes: list[str] = []
        self._columns: dict[tuple[str, str, Per], _Column] = {}
        self._memo: dict[Any, Any] = {}
        self.extend(records)

    def append(self, record: Record) -> None:
        """Add one record; the last value wins for the same metric, split, epoch and step."""
        per: Per = "epoch" if record.step is None else "step"
        key = (record.metric, record.split, per)
        column = self._columns.get(key)
        if column is None:
            column = self._columns[key] = _Column(record)
        column.append(record)
        if self._memo:
            self._memo = {}

    def extend(self, records: Iterable[Record]) -> None:
        """Add records in order."""
        for record in records:
            self.append(record)

    def copy(self, curve: Curve) -> None:
        """Add all values of another run's curve."""
        columns = zip(curve.values, curve.epochs, curve.steps, curve.times, curve.rounding, strict=True)
        for value, epoch, step, time, rounding in columns:
            self.append(
                Record(
                    curve.metric,
                    curve.split,
                    float(value),
                    None if epoch != epoch else float(epoch),
                    None if step != step else int(step),
                    curve.label,
                    curve.unit,
                    float(rounding),
                    None if time != time else float(time),
                )
            )

    def forget(self, metric: str, split: str, per: Per) -> None:
        """Take a curve out again: a better source of it has appeared."""
        self._columns.pop((metric, split, per), None)
        self._memo = {}

    def learn(self, facts: Facts) -> None:
        """Add facts; what the reader gave is never overruled."""
        self.facts, self._memo = self.facts.merged(facts), {}

    def curve(self, metric: str, split: str, per: Per | None = None) -> Curve | None:
        """The curve of ``metric`` on ``split``: its epochs' values, or where there are none its steps'."""
        for kind in (per,) if per else ("epoch", "step"):
            column = self._columns.get((metric, split, kind))
            if column is not None:
                return column.curve(metric, split, kind)
        return None

    def curves(self, per: Per | None = None) -> list[Curve]:
        """All curves, in the order they began; without ``per`` one for each metric and split, as ``curve`` gives."""
        if per:
            return [c.curve(*key) for key, c in self._columns.items() if key[2] == per]
        pairs = dict.fromkeys((metric, split) for metric, split, _ in self._columns)
        return [curve for pair in pairs if (curve := self.curve(*pair)) is not None]

    @property
    def metrics(self) -> list[str]:
        """Names of the metrics, in the order they began."""
        return list(dict.fromkeys(metric for metric, _, _ in self._columns))

    @property
    def splits(self) -> list[str]:
        """Names of the splits, in the order they began."""
        return list(dict.fromkeys(split for _, split, _ in self._columns))

    @property
    def last_epoch(self) -> float | None:
        """The last epoch any curve has a value for; None where no epoch is known."""
        ends = [np.nanmax(c.epochs) for c in self.curves() if np.isfinite(c.epochs).any()]
        return float(max(ends)) if ends else None

    def x(self, unit: Per, metric: str = "loss", split: str = "train") -> np.ndarray:
        """Places of one curve: in epochs, or as the running count of steps over the whole run."""
        curve = self.curve(metric, split, unit) or self.curve(metric, split)
        if curve is None:
            return np.zeros(0)
        return curve.x if unit == "epoch" else running_steps(curve)

    def remember(self, key: Any, compute: Callable[[], T]) -> T:
        """``compute()``, once until the run changes."""
        if key not in self._memo:
            self._memo[key] = compute()
        found: T = self._memo[key]
        return found

    def until(self, epoch: float) -> Run:
        """This run as it stood after ``epoch``: what came later, and the samples measured at the end, left out."""
        then = Run(name=self.name, framework=self.framework, facts=self.facts)
        then.status = self.status
        then._columns = {key: c.until(epoch, c.curve(*key)) for key, c in self._columns.items()}
        return then

    def __len__(self) -> int:
        return sum(len(c.values) for c in self._columns.values())

    def __repr__(self) -> str:
        names = ", ".join(c.name for c in self.curves())
        return f"Run({self.name or self.framework or 'training'!r}, {names or 'no curves'}, {len(self)} values)"

    def to_pandas(self) -> pd.DataFrame:
        """A tidy table: epoch, step, split, metric, value, label, unit; one row for each value."""
        import pandas as pd

        parts = [
            pd.DataFrame(
                {
                    "epoch": c.epochs,
                    "step": pd.array(c.steps, dtype="Float64").astype("Int64"),
                    "split": c.split,
                    "metric": c.metric,
                    "value": c.values,
                    "label": c.label,
                    "unit": c.unit,
                }
            )
            for c in (*self.curves("epoch"), *self.curves("step"))
        ]
        columns = ["epoch", "step", "split", "metric", "value", "label", "unit"]
        return pd.concat(parts, ignore_index=True) if parts else pd.DataFrame(columns=columns)


def running_steps(curve: Curve) -> np.ndarray:
    """Steps counted over the whole run, where the source's own count may restart with each epoch. Shape ``(n,)``."""
    if not len(curve):
        return np.zeros(0)
    if not np.isfinite(curve.steps).all():
        return np.arange(1.0, len(curve) + 1)
    falls = np.flatnonzero(np.diff(curve.steps) <= 0) + 1
    base = np.zeros(len(curve))
    base[falls] = curve.steps[falls - 1]
    counted: np.ndarray = curve.steps + np.cumsum(base)
    return counted
