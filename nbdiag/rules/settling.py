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
    """Where a loss is going: ``gain`` expected if the run went on for as long again, as a share of the level ``now``.

    ``falling`` tells that the fall of the last third is beyond its noise. ``least`` and ``most`` bound the gain: with
    the slope two standard errors flatter, and with no further flattening. ``start`` is where the last third begins.
    """

    gain: float
    least: float
    most: float
    now: float
    falling: bool
    start: float


def forecast(series: Series) -> Forecast | None:
    """Extrapolate a loss, flattening as fast as it has been; None below 4 points or at a value that is not positive.

    The slope of the log loss over the last third and over the last sixth lie a twelfth of the run apart; their ratio
    q is how fast it flattens. Going on like that, the log loss still falls by ``slope·tau·(1 − exp(−length/tau))``
    with ``tau = −length/12/ln q``.
    """
    n = len(series)
    if n < TREND_POINTS or not series.positive:
        return None
    third, sixth = max(TREND_POINTS, n // 3), max(3, n // 6)
    x, logs, length = series.x, series.logs, float(series.x[-1] - series.x[0]) * n / max(n - 1, 1)
    wide, near = stats.trend(x[-third:], logs[-third:]), stats.trend(x[-sixth:], logs[-sixth:])
    error = wide.sigma * math.sqrt(12 / third**3) * n / length
    now = stats.median(series.y[-3:])
    if wide.slope >= 0 or near.slope >= 0:
        return Forecast(0.0, 0.0, 0.0, now, False, float(x[-third]))
    # Steeper at the end than before is noise more often than not: then the wider look counts.
    slope, q = max(near.slope, wide.slope), min(max(near.slope / wide.slope, 0.3), 1.0)
    share = 1.0
    if q < 1:
        tau = -length / 12 / math.log(q)
        share = tau / length * (1 - math.exp(-length / tau)) * math.sqrt(q)

    def gained(slope: float, part: float) -> float:
        return 1 - math.exp(min(0.0, slope) * length * part)

    return Forecast(
        gain=gained(slope, share),
        least=gained(slope + 2 * error, share),
        most=gained(min(near.slope, wide.slope), 1.0),
        now=now,
        falling=wide.slope + 1.5 * error < 0,
        start=float(x[-third]),
    )


def settled(series: Series, share: float = 0.3, flat: float = 0.02, level: float = 0.01) -> bool:
    """Whether the last ``share`` of a curve (4 points at least) moves by no more than its noise, or by 2 % of its range, or 1 % of its level."""
    n = len(series)
    k = max(TREND_POINTS, math.ceil(share * n))
    if n < k:
        return False
    fit = series.trend(n - k)
    noise = 2 * fit.sigma * math.sqrt(2 / k)
    return abs(fit.change) <= max(noise, flat * series.span, level * abs(stats.median(series.y[-k:])))


def settled_since(series: Series) -> float:
    """The epoch from which the curve stays within its noise, or 3 % of its range, of its final level.

    The first value counts for no range: a regression's may lie any number of times above all others.
    """
    level = stats.median(series.y[-max(3, len(series) // 10) :])
    band = max(
        3 * series.noise, 0.03 * float(np.ptp(series.smoothed[1:])) if len(series) > 1 else 0.0, 0.02 * abs(level)
    )
    outside = np.flatnonzero(np.abs(series.smoothed - level) > band)
    return float(series.x[min(len(series) - 1, (outside[-1] + 1) if len(outside) else 0)])
