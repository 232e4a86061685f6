"""Values of a curve go in, what can be drawn of them comes out."""

from __future__ import annotations

import numpy as np

_FAR = 1e100
_MANY = 2500
"""Values whose quantiles stand for those of any number: their error is about one percent of the values."""


def some(values: np.ndarray) -> np.ndarray:
    """Values spread as all are: every n-th of them."""
    return values[:: 1 + len(values) // _MANY]


def drawable(y: np.ndarray) -> np.ndarray:
    """The values within what an axis can be computed for: nobody sees 1e200 from 1e100, or 1e-200 from 0."""
    if len(y) and y.min() >= 1 / _FAR and y.max() <= _FAR:  # nearly always; a million values are worth the look
        return np.asarray(y)
    inside = np.where(np.isfinite(y), np.clip(y, -_FAR, _FAR), y)
    return np.asarray(np.where(np.abs(inside) < 1 / _FAR, 0.0, inside))


def stretches(y: np.ndarray) -> list[tuple[int, int]]:
    """First and last index of each unbroken stretch of values that are not finite."""
    bad = np.concatenate(([False], ~np.isfinite(y), [False]))
    edges = np.flatnonzero(bad[1:] != bad[:-1])
    return [(int(a), int(b) - 1) for a, b in zip(edges[::2], edges[1::2], strict=True)]
