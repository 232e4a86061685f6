"""A curve goes in, where its values stand comes out; two curves go in, their values where both stand come out."""

from __future__ import annotations

import numpy as np

from nbdiag import stats
from nbdiag.blocks import Summary, width
from nbdiag.curve import Curve

Columns = tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]


def in_steps(curve: Curve) -> bool:
    """Whether only steps are known of a curve's places, not epochs."""
    return curve.per == "step" and not curve.known("epochs")


def places(curve: Curve) -> np.ndarray:
    """Where the values stand: in epochs; in steps where only those are known; else counted. Shape ``(n,)``."""
    return placed(curve).values


def placed(curve: Curve) -> Summary:
    """What is known of these places."""
    return curve.summary("counted" if in_steps(curve) else "x")


def same_places(one: Curve, other: Curve, n: int) -> bool:
    """Whether the first ``n`` values of both stand at the same places, each behind the one before it."""
    one, other = one.first(n), other.first(n)
    if in_steps(one) != in_steps(other):
        return False
    return placed(one).climbing and one.alike(other, "counted" if in_steps(one) else "x")


def shared(one: Curve, other: Curve, most: int) -> Columns | None:
    """Places both have, the values of both there, and the first one's in the middle before the next; means of parts."""
    n = min(len(one), len(other))
    same = n > 0 and same_places(one, other, n)
    if same and one.known("values") and other.known("values"):
        return _beginning(one, other, n, most)
    values = one.values[one.finite]
    if same:
        at = np.flatnonzero(one.finite[:n] & other.finite[:n])
        x, left, second = places(one)[at], (np.cumsum(one.finite) - 1)[at], other.values[at]
    else:
        x, left, right = np.intersect1d(places(one)[one.finite], places(other)[other.finite], return_indices=True)
        second = other.values[other.finite][right]
    if not len(x):
        return None
    between = (values[left] + values[np.minimum(left + 1, len(values) - 1)]) / 2
    where, first = stats.bins(x, values[left], most)
    return where, first, stats.bins(x, second, most)[1], stats.bins(x, between, most)[1]


def _beginning(one: Curve, other: Curve, n: int, most: int) -> Columns:
    """The same for the first ``n`` values, at the same places: of long curves, only what is new is read."""
    left, right = one.first(n), other.first(n)
    x, first = stats.bins(placed(left), left.summary(), most)
    begin = np.arange(0, n, width(n, most))
    end = np.append(begin[1:], n)
    rise = one.values[np.minimum(end, len(one) - 1)] - one.values[begin]
    return x, first, right.summary().means(most), first + rise / 2 / (end - begin)
