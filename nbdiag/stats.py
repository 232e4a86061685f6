"""Arrays of numbers go in, robust statistics of them go out: noise, trend, turning point, sampling error, resolution.

Pure functions on finite one-dimensional arrays of shape ``(n,)``. None of them knows what a curve means.
"""

from __future__ import annotations

import dataclasses
import functools
import math

import numpy as np

from nbdiag.blocks import Summary, means

MAD_TO_SIGMA = 1.4826  # makes the median absolute deviation of normal noise its standard deviation
PAIRWISE_POINTS = 128  # pairwise slopes cost n²: above this many points, means of equal parts stand for them


def median(values: np.ndarray) -> float:
    """What ``np.median`` gives, in a third of its time for the short arrays of a run; NaN where one is or none is given."""
    n = len(values)
    if not n:
        return math.nan
    ordered = np.partition(values, sorted({(n - 1) // 2, n // 2, n - 1}))
    if ordered[-1] != ordered[-1]:
        return math.nan
    low, high = float(ordered[(n - 1) // 2]), float(ordered[n // 2])
    return low if n % 2 else (low + high) / 2


def noise(values: np.ndarray, rounding: float = 0.0) -> float:
    """Standard deviation of the point-to-point noise, untouched by trend and spikes; never below the rounding error."""
    if len(values) < 3:
        return rounding
    steps = np.diff(values)
    return max(MAD_TO_SIGMA * median(np.abs(steps - median(steps))) / math.sqrt(2), rounding)


def lag1(values: np.ndarray) -> float:
    """Correlation of neighbours; 0 where it cannot be said."""
    if len(values) < 4:
        return 0.0
    centred = values - values.mean()
    total = float(centred @ centred)
    return float(centred[1:] @ centred[:-1]) / total if total > 0 else 0.0


def effective(n: int, correlation: float) -> float:
    """How many independent points ``n`` points with this correlation of neighbours are worth; between 2 and n."""
    rho = min(max(correlation, 0.0), 0.95)
    return max(2.0, n * (1 - rho) / (1 + rho))


@dataclasses.dataclass(frozen=True, slots=True)
class Trend:
    """A straight trend: ``slope`` per unit of x, ``change`` over the whole span, ``z`` signed strength, ``sigma`` noise."""

    slope: float
    change: float
    z: float
    sigma: float
    n: int


def trend(x: np.ndarray, y: np.ndarray) -> Trend:
    """Theil-Sen slope and the Mann-Kendall statistic, corrected for neighbours that resemble each other.

    The correction sees the bend of a smooth curve as resemblance. So z is not less than the change stands out of a
    random walk with steps as irregular as these: nothing resembles its neighbours more than that.
    """
    if len(x) < 3 or x[-1] <= x[0]:
        return Trend(0.0, 0.0, 0.0, noise(y), len(x))
    x, y = bins(x, y, PAIRWISE_POINTS)
    n = len(x)
    upper = _pairs(n)
    rises = y[upper[1]] - y[upper[0]]
    slope = median(rises / (x[upper[1]] - x[upper[0]]))
    balance, variance = float(np.sign(rises).sum()), n * (n - 1) * (2 * n + 5) / 18
    plain = balance / math.sqrt(variance)
    corrected = plain / math.sqrt(n / effective(n, lag1(y - slope * x)))
    steps = np.diff(y)
    irregular = MAD_TO_SIGMA * median(np.abs(steps - median(steps)))
    walk = abs(float(y[-1] - y[0])) / max(irregular * math.sqrt(n - 1), 1e-300)
    z = math.copysign(max(abs(corrected), min(abs(plain), walk)), plain)
    return Trend(slope, slope * float(x[-1] - x[0]), z, noise(y), n)


@functools.lru_cache(maxsize=PAIRWISE_POINTS)
def _pairs(n: int) -> tuple[np.ndarray, np.ndarray]:
    return np.triu_indices(n, 1)


def bins(x: np.ndarray | Summary, y: np.ndarray | Summary, most: int) -> tuple[np.ndarray, np.ndarray]:
    """At most ``most`` points: means over parts of one size, the last as long as what is left. Shorter arrays stay.

    Whole places stay whole: nobody has an epoch 51.5. The first and the last stand where the curve begins and ends.
    """
    places = x.values if isinstance(x, Summary) else x
    middle, level = (v.means(most) if isinstance(v, Summary) else means(v, most) for v in (x, y))
    if len(places) > most:
        whole = x.whole if isinstance(x, Summary) else bool((places == np.floor(places)).all())
        middle = np.floor(middle) if whole else middle
        middle[0], middle[-1] = places[0], places[-1]
    return middle, level


def smooth(values: np.ndarray, width: int) -> np.ndarray:
    """Centred running median of odd ``width``; the ends are medians of what is there."""
    if width < 3 or len(values) < 3:
        return values
    half = min(width // 2, (len(values) - 1) // 2)
    windows = np.lib.stride_tricks.sliding_window_view(values, 2 * half + 1)
    smoothed = np.empty(len(values))
    smoothed[half : len(values) - half] = np.partition(windows, half, axis=1)[:, half]
    for i in range(half):
        smoothed[i] = median(values[: i + half + 1])
        smoothed[len(values) - 1 - i] = median(values[len(values) - 1 - i - half :])
    return smoothed


@dataclasses.dataclass(frozen=True, slots=True)
class Turn:
    """Where a curve that falls first rises after: the split of the best "down, then up" fit.

    ``low`` and ``high`` are the levels at the split and at the end, ``z`` their difference in its standard errors,
    ``after`` how many points come after the split.
    """

    index: int
    low: float
    high: float
    z: float
    after: int

    @property
    def rise(self) -> float:
        """How much the curve rose after the split."""
        return self.high - self.low


def turning_point(values: np.ndarray, sigma: float) -> Turn:
    """Split a curve where "falling, then rising" fits it best (two isotonic fits, least squares).

    The levels are medians of up to ``k`` points at the split and at the end, ``k`` about a tenth of the curve, so that
    neither the luckiest nor the last epoch decides.
    """
    n = len(values)
    fall, rise = _isotonic_errors(-values), _isotonic_errors(-values[::-1])[::-1]
    # split i: points 0..i fall, points i..n-1 rise
    index = int(np.argmin(fall + rise))
    k = max(1, min(7, n // 10))
    around = values[max(0, index - k // 2) : index + k // 2 + 1]
    end = values[max(index, n - max(k, 1)) :]
    low, high = median(around), median(end)
    error = max(sigma, 1e-300) * math.sqrt(1 / len(around) + 1 / len(end))
    return Turn(index, low, high, (high - low) / error, n - 1 - index)


def _isotonic_errors(values: np.ndarray) -> np.ndarray:
    """Squared error of the best rising fit to each prefix (pool adjacent violators, one pass). Shape ``(n,)``."""
    errors = np.empty(len(values))
    blocks: list[tuple[float, int, float]] = []  # mean and count of a level stretch, error of it and all before it
    for i, v in enumerate(values.tolist()):
        mean, count, inner = v, 1, 0.0
        while blocks and blocks[-1][0] > mean:
            m, c, total = blocks.pop()
            inner += total - (blocks[-1][2] if blocks else 0.0) + (mean - m) * (mean - m) * c * count / (c + count)
            mean, count = (mean * count + m * c) / (c + count), count + c
        blocks.append((mean, count, inner + (blocks[-1][2] if blocks else 0.0)))
        errors[i] = blocks[-1][2]
    return errors


def normal_tail(z: float) -> float:
    """Chance of a normal value above ``z``."""
    return 0.5 * math.erfc(z / math.sqrt(2))


def accuracy_error(accuracy: float, n: int) -> float:
    """Standard error of an accuracy measured on ``n`` samples, with two samples of each kind added (Agresti-Coull).

    The plain formula says 0 at an accuracy of 0 or 1, however small the set.
    """
    p = (accuracy * n + 2) / (n + 4)
    return math.sqrt(p * (1 - p) / (n + 4))


def entropy(shares: np.ndarray) -> float:
    """Entropy of a distribution in nats: the loss of a model that always answers the class frequencies."""
    p = shares[shares > 0]
    return float(-(p * np.log(p)).sum())


@dataclasses.dataclass(frozen=True, slots=True)
class Grid:
    """All accuracies are whole multiples of ``1/n`` (or n is a multiple of that); ``chance`` of a coincidence."""

    n: int
    chance: float


def accuracy_grid(values: np.ndarray, rounding: float, most: int = 20_000) -> Grid | None:
    """The smallest number of samples that gives every one of these accuracies; None where chance could do it too.

    ``rounding`` is half a unit of the last printed digit. Complements (0.27 and 0.73) count once: n samples that give
    one give the other.
    """
    half = max(rounding, 2e-7)  # full precision is float32 in most frameworks: 1.2e-7 relative
    kinds = np.unique(np.round(np.minimum(values, 1 - values) / half))
    kinds = kinds[kinds * half > 2 * half]  # 0 and 1 lie on every grid
    if len(kinds) < 2:
        return None
    sizes = np.arange(1, most + 1)
    wanted = np.unique(np.round(values / half) * half)[:40]
    for value in wanted if rounding else np.unique(values)[:40]:
        sizes = sizes[np.abs(np.round(value * sizes) / sizes - value) <= half * 1.0001]
        if not len(sizes):
            return None
    # A size n hits a given value by chance with probability about 2·half·n (its grid points cover that much).
    smaller = np.arange(1, sizes[0] + 1)
    chance = float(np.cumsum(np.minimum(1.0, 2 * half * smaller) ** len(kinds))[-1])
    return Grid(int(sizes[0]), chance) if chance < 1e-3 else None
