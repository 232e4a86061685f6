"""A curve goes in, what rules see of it comes out: finite values, noise, trend; and the small values evidence is made of."""

from __future__ import annotations

import dataclasses
import functools

import numpy as np

from nbdiag import metrics, stats
from nbdiag.curve import Curve


@dataclasses.dataclass(frozen=True, eq=False)
class Series:
    """The finite part of a curve, as rules judge it. ``x`` in epochs, ``y`` in the metric's unit, shapes ``(n,)``.

    A curve longer than ``MOST_POINTS`` is means of equal parts. ``raw`` is the curve itself.
    """

    raw: Curve
    x: np.ndarray
    y: np.ndarray
    rounding: float

    @property
    def name(self) -> str:
        """``split:metric``."""
        return self.raw.name

    @property
    def metric(self) -> str:
        """The metric's canonical name."""
        return self.raw.metric

    @property
    def label(self) -> str:
        """The name the reader knows it by."""
        return self.raw.label or (f"{self.raw.split}_{self.raw.metric}" if self.raw.split != "train" else self.metric)

    @functools.cached_property
    def lower_is_better(self) -> bool:
        """Direction of improvement."""
        return metrics.lower_is_better(self.metric)

    @functools.cached_property
    def logs(self) -> np.ndarray:
        """Logarithms of the values, so that noise is a share of the level; not below the rounding. Shape ``(n,)``."""
        floor = max(self.rounding, float(np.abs(self.y).max(initial=0.0)) * 1e-9, 1e-300)
        logs: np.ndarray = np.log(np.maximum(self.y, floor))
        return logs

    @functools.cached_property
    def positive(self) -> bool:
        """Whether every value is above zero, so that logarithms make sense."""
        return bool(len(self.y)) and float(self.y.min()) > 0

    @functools.cached_property
    def noise(self) -> float:
        """Point-to-point noise in the metric's unit, never below the rounding error."""
        return stats.noise(self.y, self.rounding)

    @functools.cached_property
    def smoothed(self) -> np.ndarray:
        """Running median over a twentieth of the curve, at least 3 points. Shape ``(n,)``."""
        return stats.smooth(self.y, max(3, len(self) // 20 * 2 + 1))

    @functools.cached_property
    def best(self) -> int:
        """Index of the best value; the first of equals."""
        return int(np.argmin(self.y) if self.lower_is_better else np.argmax(self.y))

    @property
    def first(self) -> float:
        """The first value."""
        return float(self.raw.values[np.argmax(self.raw.finite)])

    @property
    def last(self) -> float:
        """The last finite value."""
        return float(self.raw.values[len(self.raw) - 1 - np.argmax(self.raw.finite[::-1])])

    @property
    def span(self) -> float:
        """Largest minus smallest value."""
        return float(np.ptp(self.y)) if len(self) else 0.0

    def trend(self, start: int = 0, stop: int | None = None) -> stats.Trend:
        """The straight trend of points ``start`` to ``stop``."""
        return stats.trend(self.x[start:stop], self.y[start:stop])

    def __len__(self) -> int:
        return len(self.y)


@dataclasses.dataclass(frozen=True, eq=False)
class Pair:
    """One metric on training and validation data at the same epochs. Arrays have shape ``(n,)``.

    ``between`` is training's value in the middle between its epoch and the next: where training's value is the mean
    over an epoch, that is the fair comparison for the validation value at the epoch's end.
    """

    x: np.ndarray
    train: np.ndarray
    val: np.ndarray
    between: np.ndarray
    curves: tuple[str, str]
    rounding: tuple[float, float]

    def __len__(self) -> int:
        return len(self.x)


@dataclasses.dataclass(frozen=True, slots=True)
class Known:
    """A number with where it comes from: ``known`` is true where an object, a log or the reader says it."""

    value: float
    known: bool
    source: str


@dataclasses.dataclass(frozen=True, slots=True)
class Chance:
    """What a model that ignores its input gets at best: ``loss`` in nats (None outside cross-entropy), ``accuracy``."""

    loss: float | None
    accuracy: float
    shares_known: bool
