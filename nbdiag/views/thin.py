"""A long curve goes in, at most about a thousand points that look the same come out."""

from __future__ import annotations

import numpy as np

_FAR = 1e100


def thin(x: np.ndarray, y: np.ndarray, points: int = 1000) -> tuple[np.ndarray, np.ndarray]:
    """Keep of each bucket its lowest and highest value and its first gap, and both ends. Shapes ``(n,)`` in and out.

    ``y`` that are not finite come out as NaN. A spike or a gap one value wide survives whatever the length.
    """
    y = np.where(np.isfinite(y), y, np.nan)
    n = len(y)
    if n <= points:
        return np.asarray(x, float), y
    width = -(-n // max(points // 2, 1))
    rows = np.concatenate((y, np.full(-n % width, y[-1]))).reshape(-1, width)  # the first of equal values is taken
    base = np.arange(len(rows)) * width
    missing = np.isnan(rows)
    low, high = (rows, rows) if not missing.any() else (np.where(missing, bound, rows) for bound in (np.inf, -np.inf))
    missing.reshape(-1)[n:] = False
    keep = [
        low.argmin(axis=1) + base,
        high.argmax(axis=1) + base,
        (missing.argmax(axis=1) + base)[missing.any(axis=1)],
        np.array([0, n - 1]),
    ]
    index = np.unique(np.concatenate(keep))
    return np.asarray(x, float)[index], y[index]


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
