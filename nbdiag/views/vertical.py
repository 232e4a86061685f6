"""Values of one panel go in, its y axis goes out: range, ticks, and where a value lies in pixels."""

from __future__ import annotations

import dataclasses
import math

import numpy as np

from nbdiag import metrics
from nbdiag.views.numbers import linear_ticks, log_ticks, tick_texts


@dataclasses.dataclass(frozen=True)
class Vertical:
    """The y axis of one panel."""

    low: float
    high: float
    ticks: tuple[float, ...]
    labels: tuple[str, ...]
    height: int
    log: bool = False

    def pixels(self, y: float) -> float:
        """Height of ``y`` above the panel's bottom."""
        if self.log:
            y, low, high = (math.log10(max(v, 5e-324)) for v in (y, self.low, self.high))
        else:
            low, high = self.low, self.high
        return (y - low) / (high - low) * self.height

    def heights(self, y: np.ndarray) -> np.ndarray:
        """The same for many values."""
        if self.log:
            y, low, high = np.log10(np.maximum(y, 5e-324)), math.log10(self.low), math.log10(self.high)
        else:
            low, high = self.low, self.high
        return np.asarray((y - low) / (high - low) * self.height)

    def value(self, pixels: float) -> float:
        """The value so many pixels above the panel's bottom."""
        share = pixels / self.height
        if self.log:
            low, high = math.log10(self.low), math.log10(self.high)
            return float(10 ** (low + share * (high - low)))
        return self.low + share * (self.high - self.low)


def vertical(
    metric: str, values: np.ndarray, some: np.ndarray, height: int, *, percent: bool = False, log: bool | None = None
) -> Vertical:
    """A loss starts at 0, any other metric is cut to its data; logarithmic where asked, or where a line would hide.

    The lowest and the highest are among ``values``; ``some`` stand for how all are spread.
    """
    y = values[np.isfinite(values)]
    if not len(y):
        return Vertical(0.0, 1.0, (0.0, 0.5, 1.0), tick_texts((0.0, 0.5, 1.0), percent=percent), height)
    low, high = float(y.min()), float(y.max())
    if low > 0 and (_hidden(metric, some[np.isfinite(some)], high) if log is None else log):
        ticks = log_ticks(low, high)
        return Vertical(ticks[0], ticks[-1], ticks, tick_texts(ticks, log=True), height, log=True)
    fraction = metrics.is_fraction(metric) and low >= 0 and high <= 1
    if metrics.is_loss(metric) and low >= 0:
        low = 0.0
    elif fraction:  # below two points a difference is seldom more than the sampling error
        low, high = _widened(low, high, 0.02)
        low, high = max(0.0, min(low, 0.98)), min(1.0, max(high, 0.02))
    if high <= low:
        low, high = _widened(low, high, abs(high) * 0.1 or 1.0)
    ticks = linear_ticks(low, high)
    return Vertical(ticks[0], ticks[-1], ticks, tick_texts(ticks, percent=percent), height)


def _widened(low: float, high: float, least: float) -> tuple[float, float]:
    missing = max(0.0, least - (high - low)) / 2
    return low - missing, high + missing


def _hidden(metric: str, y: np.ndarray, top: float) -> bool:
    """Three quarters of the values would lie within 4 of 192 pixels, two widths of the line, or half of them within 1.

    A learning rate is read in powers of ten once it spans more than one.
    """
    if metric == "learning_rate":
        return bool(top > 10 * y.min())
    if not metrics.is_loss(metric) or y.min() >= top * 4 / 192:
        return False
    half, most = np.quantile(y, (0.5, 0.75)) / top
    return bool(most < 4 / 192 or half < 1 / 192)
