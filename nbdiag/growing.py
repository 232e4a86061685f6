"""Rows of numbers come in at the end, views that never change go out: nothing is copied when a long array grows."""

from __future__ import annotations

import numpy as np

_LEAST = 64  # places to begin with: most curves have fewer epochs


class Growing:
    """Some rows of equal length that grow at their end, in memory that doubles when it is full."""

    __slots__ = ("_data", "_own", "n")

    def __init__(self, rows: int) -> None:
        self._data, self._own, self.n = np.empty((rows, _LEAST)), True, 0

    def extend(self, more: np.ndarray) -> None:
        """Add columns, shape ``(rows, k)``."""
        n = self.n + more.shape[1]
        if not self._own or n > self._data.shape[1]:
            self._move(max(n, 2 * self.n, _LEAST))
        self._data[:, self.n : n] = more
        self.n = n

    def put(self, row: int, at: int, value: float) -> None:
        """Change a value; views given out before show it, unless this is a fork of what they look at."""
        if not self._own:
            self._move(self._data.shape[1])
        self._data[row, at] = value

    def upto(self, n: int) -> np.ndarray:
        """The first ``n`` columns, read-only, shape ``(rows, n)``."""
        view = self._data[:, :n]
        view.flags.writeable = False
        return view

    def fork(self, n: int) -> Growing:
        """The first ``n`` columns as one that goes its own way; they are copied only once it does."""
        other = Growing.__new__(Growing)
        other._data, other._own, other.n = self._data, False, min(n, self.n)
        return other

    def _move(self, room: int) -> None:
        data = np.empty((len(self._data), room))
        data[:, : self.n] = self._data[:, : self.n]
        self._data, self._own = data, True
