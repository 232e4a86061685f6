"""A long array goes in; its extremes, gaps, means and corners come out, each block of it looked at once while it grows."""

from __future__ import annotations

import functools

import numpy as np

from nbdiag.growing import Growing

SIZE = 32
"""Values a block: a million are looked at in the time of thirty thousand, and of most curves of epochs there is but one."""
_FINE = 4 * SIZE
"""Parts longer than this are made of whole blocks: so rounded up, they are at most a quarter longer."""
_LOW, _LOW_AT, _HIGH, _HIGH_AT, _HOLES, _HOLE_AT, _SUM, _BROKEN, _FALLS, _STAYS = range(10)


class Blocks:
    """What is known of the full blocks of one growing array."""

    __slots__ = ("_rows",)

    def __init__(self) -> None:
        self._rows = Growing(10)

    def of(self, values: np.ndarray) -> np.ndarray:
        """One column for each full block of ``values``, which begins as it did before; shape ``(10, m)``."""
        known, full = self._rows.n, len(values) // SIZE
        if full > known:
            self._rows.extend(_looked_at(values, known, full))
        return self._rows.upto(full)

    def fork(self, n: int) -> Blocks:
        """For an array whose first ``n`` values are these."""
        other = Blocks()
        other._rows = self._rows.fork(n // SIZE)
        return other


def _looked_at(values: np.ndarray, first: int, last: int) -> np.ndarray:
    begin, end = first * SIZE, last * SIZE
    rows = values[begin:end].reshape(-1, SIZE)
    with np.errstate(invalid="ignore", over="ignore"):
        ahead = np.diff(values[max(begin - 1, 0) : end], prepend=() if begin else -np.inf).reshape(-1, SIZE)
        order = (rows != np.floor(rows)).any(axis=1), (ahead < 0).any(axis=1), (ahead == 0).any(axis=1)
        return np.vstack((_corners(rows, begin), rows.sum(axis=1), *order))


def _corners(rows: np.ndarray, begin: int) -> np.ndarray:
    """Of each row the lowest value and where it is, the highest, and how many are not finite; shape ``(6, m)``."""
    base = np.arange(begin, begin + rows.size, rows.shape[1])
    finite = np.isfinite(rows)
    if finite.all():
        low = high = rows
        holes = hole_at = np.zeros(len(rows))
    else:
        low, high = (np.where(finite, rows, edge) for edge in (np.inf, -np.inf))
        holes, hole_at = (~finite).sum(axis=1), finite.argmin(axis=1) + base
    low_at, high_at = low.argmin(axis=1), high.argmax(axis=1)
    every = np.arange(len(rows))
    return np.vstack((low[every, low_at], low_at + base, high[every, high_at], high_at + base, holes, hole_at))


def width(n: int, most: int) -> int:
    """Values a part, for at most ``most`` parts; of a long array, whole blocks."""
    size = -(-n // most)
    return size if size <= _FINE else -(-size // SIZE) * SIZE


def means(values: np.ndarray, most: int) -> np.ndarray:
    """Means over at most ``most`` parts of one size, the last as long as what is left; a shorter array stays."""
    n, size = len(values), width(len(values), most)
    if n <= most:
        return values
    return np.asarray(np.add.reduceat(values, np.arange(0, n, size)) / _counts(n, size))


def _counts(n: int, size: int) -> np.ndarray:
    counts = np.full(-(-n // size), float(size))
    counts[-1] = n - size * (len(counts) - 1)
    return counts


class Summary:
    """An array, shape ``(n,)``, and what is known of its blocks."""

    def __init__(self, values: np.ndarray, blocks: Blocks) -> None:
        self.values, self._blocks = values, blocks.of(values)
        self._rest = values[self._blocks.shape[1] * SIZE :]

    @functools.cached_property
    def holes(self) -> int:
        """How many values are not finite."""
        in_blocks = int(self._blocks[_HOLES].sum()) if self._blocks.size else 0
        return in_blocks + len(self._rest) - int(np.count_nonzero(np.isfinite(self._rest)))

    @functools.cached_property
    def low_at(self) -> int:
        """Index of the lowest finite value, the first of equals; -1 where there is none."""
        return self._place(_LOW, _LOW_AT, 1.0)

    @functools.cached_property
    def high_at(self) -> int:
        """Index of the highest finite value, the first of equals; -1 where there is none."""
        return self._place(_HIGH, _HIGH_AT, -1.0)

    @property
    def low(self) -> float:
        """The lowest finite value; NaN where there is none."""
        return float(self.values[self.low_at]) if self.low_at >= 0 else float("nan")

    @property
    def high(self) -> float:
        """The highest finite value; NaN where there is none."""
        return float(self.values[self.high_at]) if self.high_at >= 0 else float("nan")

    @functools.cached_property
    def whole(self) -> bool:
        """Whether all are whole numbers."""
        return not self.holes and not self._blocks[_BROKEN].any() and bool((self._rest == np.floor(self._rest)).all())

    @functools.cached_property
    def climbing(self) -> bool:
        """Whether each value is above the one before it."""
        return self.rising and not self._blocks[_STAYS].any() and bool((self._ahead != 0).all())

    @functools.cached_property
    def rising(self) -> bool:
        """Whether all are finite and none is below the one before it."""
        return not self.holes and not self._blocks[_FALLS].any() and bool((self._ahead >= 0).all())

    def means(self, most: int) -> np.ndarray:
        """What ``means`` gives."""
        n, size = len(self.values), width(len(self.values), most)
        if n <= most or size <= _FINE:
            return means(self.values, most)
        sums = np.append(self._blocks[_SUM], self._rest.sum()) if len(self._rest) else self._blocks[_SUM]
        return np.asarray(np.add.reduceat(sums, np.arange(0, len(sums), size // SIZE)) / _counts(n, size))

    def corners(self, points: int) -> np.ndarray:
        """Indices of about ``points`` values that look like all: of each part the lowest, the highest, the first hole."""
        n = len(self.values)
        if n <= points:
            return np.arange(n)
        size = width(n, max(points // 2, 1))
        if size <= _FINE:  # filled up with the last value: the first of equals is taken
            padded = np.concatenate((self.values, np.full(-n % size, self.values[-1])))
            found = _corners(padded.reshape(-1, size), 0)
        else:
            per = size // SIZE
            joined = self._blocks.shape[1] // per * per
            rest = self.values[joined * SIZE :].reshape(1, -1)
            last = [_corners(rest, joined * SIZE)] if rest.size else []
            found = np.hstack([_joined(self._blocks[: _HOLE_AT + 1, :joined], per), *last])
        holed = found[_HOLE_AT][found[_HOLES] > 0]
        return np.unique(np.concatenate((found[_LOW_AT], found[_HIGH_AT], holed, (0, n - 1))).astype(int))

    @functools.cached_property
    def _ahead(self) -> np.ndarray:
        """Steps to the values behind the last full block."""
        with np.errstate(invalid="ignore"):
            return np.diff(self.values[max(0, len(self.values) - len(self._rest) - 1) :])

    def _place(self, extreme: int, where: int, sign: float) -> int:
        found, first = -1, np.argmin if sign > 0 else np.argmax
        if self._blocks.size:
            block = int(first(self._blocks[extreme]))
            found = int(self._blocks[where][block]) if np.isfinite(self._blocks[extreme][block]) else -1
        if len(self._rest):
            rest = np.where(np.isfinite(self._rest), self._rest, sign * np.inf)
            i = int(first(rest))
            if sign * rest[i] < (sign * self.values[found] if found >= 0 else np.inf):
                found = len(self.values) - len(rest) + i
        return found


def _joined(corners: np.ndarray, per: int) -> np.ndarray:
    """Corners of parts of ``per`` blocks from those of the blocks."""
    parts = corners.reshape(6, -1, per)
    every = np.arange(parts.shape[1])
    low, high, hole = parts[_LOW].argmin(axis=1), parts[_HIGH].argmax(axis=1), (parts[_HOLES] > 0).argmax(axis=1)
    out = parts[:, :, 0].copy()
    out[_LOW_AT], out[_HIGH_AT] = parts[_LOW_AT, every, low], parts[_HIGH_AT, every, high]
    out[_HOLES], out[_HOLE_AT] = parts[_HOLES].sum(axis=1), parts[_HOLE_AT, every, hole]
    return out
