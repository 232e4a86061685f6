"""The values of one metric on one split, as arrays: what rules and views look at."""

from __future__ import annotations

import dataclasses
import functools
from typing import Literal

import numpy as np

from nbdiag.blocks import Summary
from nbdiag.digest import Digest

Per = Literal["epoch", "step"]
Part = Literal["values", "epochs", "steps", "times", "rounding", "x", "counted"]


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
    _digest: Digest = dataclasses.field(default_factory=Digest, repr=False)
    _summaries: dict[str, Summary] = dataclasses.field(default_factory=dict, repr=False, init=False)

    @property
    def name(self) -> str:
        """``split:metric``, as findings name a curve."""
        return f"{self.split}:{self.metric}"

    def summary(self, part: Part = "values") -> Summary:
        """What is known of one of the arrays: asked of a curve that grows, it reads only what is new."""
        found = self._summaries.get(part)
        if found is None:
            found = self._summaries[part] = self._digest.summary(self._source(part), getattr(self, part))
        return found

    def _source(self, part: Part) -> str:
        """What this array is of, and stays while the curve grows."""
        if part == "x":
            return "epochs" if self.known("epochs") else "count"
        if part == "counted":
            return "count" if not self.known("steps") else "steps" if self.summary("steps").climbing else "counted"
        return part

    def alike(self, other: Curve, part: Part) -> bool:
        """Whether one array of both, equally long curves holds the same numbers."""
        names = self._source(part), other._source(part)
        return self._digest.alike(names[0], getattr(self, part), other._digest, names[1], getattr(other, part))

    def known(self, part: Part) -> bool:
        """Whether all of it are finite numbers."""
        return self.summary(part).holes == 0

    def first(self, n: int) -> Curve:
        """The curve of its first ``n`` values."""
        if n >= len(self):
            return self
        values, epochs, steps, times, rounding = (
            part[:n] for part in (self.values, self.epochs, self.steps, self.times, self.rounding)
        )
        return dataclasses.replace(self, values=values, epochs=epochs, steps=steps, times=times, rounding=rounding)

    @functools.cached_property
    def x(self) -> np.ndarray:
        """Place in epochs; where no epoch is known, the running count of values."""
        return self.epochs if self.known("epochs") else _count(len(self))

    @functools.cached_property
    def counted(self) -> np.ndarray:
        """Place in steps, counted over the whole run; where a step is unknown, the running count of values."""
        if not len(self) or not self.known("steps"):
            return _count(len(self))
        return self.steps if self.summary("steps").climbing else self._digest.counted(self.steps)

    @functools.cached_property
    def starts(self) -> np.ndarray:
        """Indices at which another epoch begins than the one before."""
        return self._digest.starts(self.epochs)

    @functools.cached_property
    def finite(self) -> np.ndarray:
        """Which values are finite numbers."""
        return np.broadcast_to(True, len(self)) if self.known("values") else np.isfinite(self.values)

    @property
    def exact(self) -> bool:
        """Every value came at full precision."""
        return not self.summary("rounding").high > 0

    def __len__(self) -> int:
        return len(self.values)


@functools.cache
def _numbers(n: int) -> np.ndarray:
    numbers = np.arange(1.0, n + 1)
    numbers.flags.writeable = False
    return numbers


def _count(n: int) -> np.ndarray:
    """1 to ``n``; made for twice as many, so that a curve that grows seldom needs another."""
    return _numbers(1 << max(10, n.bit_length()))[:n]


def running_steps(curve: Curve) -> np.ndarray:
    """Steps counted over the whole run, where the source's own count may restart with each epoch. Shape ``(n,)``."""
    return curve.counted
