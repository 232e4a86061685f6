"""A curve goes in, how far it has come goes out: whether it has settled and since when, and where it is going."""

from __future__ import annotations

import dataclasses
import math

import numpy as np

from nbdiag import stats
from nbdiag.rules.evidence import Series

TREND_POINTS = 4  # fewer cannot show a trend beside their own noise
TURN_POINTS = 8  # fewer always show some turn


@dataclasses.dataclass(frozen=True, slots=True)
class Forecast:
    """Where a loss is going: ``gain`` expected over the next half of the run, as a share of the level now.

    ``sure`` is the gain at the cautious end (two standard errors less), ``trend`` the fit to the last part in logs.
    """

    gain: float
    sure: float
    now: float
    trend: stats.Trend
    start: float


def forecast(series: Series) -> Forecast | None:
    """Extrapolate the last third of a loss, falling ever slower; None below 4 points or at a value that is not positive.

    In logs the last third has slope s. A curve that flattens as 1/x from there gains about half of what the straight
    line would; half is also what the labelled runs that were continued gained in the median.
    """
    n = len(series)
    if n < TREND_POINTS or not series.positive:
        return None
    tail = slice(min(n - TREND_POINTS, n - max(TREND_POINTS, n // 3)), n)
    x, logs = series.x[tail], series.logs[tail]
    fit = stats.trend(x, logs)
    ahead = float(series.x[-1] - series.x[0] + 1) / 2
    error = fit.sigma * math.sqrt(12 / max(1, len(x)) ** 3) * len(x) / max(float(x[-1] - x[0]), 1e-9)
    gain = 1 - math.exp(min(0.0, fit.slope * ahead / 2))
    sure = 1 - math.exp(min(0.0, (fit.slope + 2 * error) * ahead / 2))
    return Forecast(gain, sure, float(np.median(series.y[-3:])), fit, float(x[0]))


def settled(series: Series, share: float = 0.3, flat: float = 0.02) -> bool:
    """Whether the last ``share`` of a curve (4 points at least) moves by no more than its noise, or by 2 % of its range."""
    n = len(series)
    k = max(TREND_POINTS, math.ceil(share * n))
    if n < k:
        return False
    fit = series.trend(n - k)
    noise = 2 * fit.sigma * math.sqrt(2 / k)
    return abs(fit.change) <= max(noise, flat * series.span, 0.01 * abs(float(np.median(series.y[-k:]))))


def settled_since(series: Series) -> float:
    """The epoch from which the curve stays within its noise, or 3 % of its range, of its final level."""
    level = float(np.median(series.y[-max(3, len(series) // 10) :]))
    band = max(3 * series.noise, 0.03 * series.span, 0.02 * abs(level))
    outside = np.flatnonzero(np.abs(series.smoothed - level) > band)
    return float(series.x[min(len(series) - 1, (outside[-1] + 1) if len(outside) else 0)])
