"""The values of one metric on one split, as arrays: what rules and views look at."""

from __future__ import annotations

import dataclasses
import functools
from typing import Literal

import numpy as np

Per = Literal["epoch", "step"]


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
    def counted(self) -> np.ndarray:
        """Place in steps, counted over the whole run; where a step is unknown, the running count of values."""
        if not len(self) or not np.isfinite(self.steps).all():
            return np.arange(1.0, len(self) + 1)
        falls = np.flatnonzero(np.diff(self.steps) <= 0) + 1
        base = np.zeros(len(self))
        base[falls] = self.steps[falls - 1]
        counted: np.ndarray = self.steps + np.cumsum(base)
        return counted

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


def running_steps(curve: Curve) -> np.ndarray:
    """Steps counted over the whole run, where the source's own count may restart with each epoch. Shape ``(n,)``."""
    return curve.counted
