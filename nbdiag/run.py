"""One training execution: records are appended, curves are looked at."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, Any, Literal, TypeVar

import numpy as np

from nbdiag.column import Column
from nbdiag.curve import Curve, Per, running_steps
from nbdiag.events import Record, Status, Steps
from nbdiag.facts import Facts
from nbdiag.samples import SampleLosses

if TYPE_CHECKING:
    import pandas as pd

T = TypeVar("T")


class Run:
    """One training execution and everything measured in it.

    ``number`` counts from 1 within the cell, ``cell`` is its execution count. ``reached`` is how far the training
    got (epoch, step, steps per epoch), also where nothing was measured yet. ``began`` is on the clock of the records'
    times, ``seconds`` is how long it took. Not safe for several threads at once.
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
        self.began: float | None = None
        self.seconds: float | None = None
        self.notes: list[str] = []
        self._columns: dict[tuple[str, str, Per], Column] = {}
        self._memo: dict[Any, Any] = {}
        self.extend(records)

    def append(self, record: Record, time: float | None = None) -> None:
        """Add one record, of this ``time`` if it has none; the last value wins for the same metric, split, epoch and step."""
        per: Per = "epoch" if record.step is None else "step"
        key = (record.metric, record.split, per)
        column = self._columns.get(key)
        if column is None:
            column = self._columns[key] = Column(record)
        column.append(record, time)
        if self._memo:
            self._memo = {}

    def append_steps(self, told: Steps, time: float | None = None) -> None:
        """Add many values, measured until ``time``."""
        key: tuple[str, str, Per] = (told.metric, told.split, "step" if len(told.steps) else "epoch")
        column = self._columns.get(key)
        if column is None:
            column = self._columns[key] = Column(Record(told.metric, told.split, 0.0, label=told.label, unit=told.unit))
        column.extend(told, time)
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
        ends = [end for c in self.curves() if (end := c.summary("epochs").high) == end]
        return max(ends) if ends else None

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

    def until(self, place: float, part: Literal["epochs", "counted"] = "epochs") -> Run:
        """This run as it stood after an epoch, or after so many ``counted`` steps (values, where no step is known).

        What came later, and the samples measured at the end, are left out.
        """
        then = Run(name=self.name, framework=self.framework, facts=self.facts)
        then.status = self.status
        then._columns = {key: c.until(place, c.curve(*key), part) for key, c in self._columns.items()}
        return then

    def __len__(self) -> int:
        return sum(map(len, self._columns.values()))

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
