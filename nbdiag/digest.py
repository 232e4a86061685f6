"""A growing curve comes in again and again; what has been worked out of its columns is kept and only carried on."""

from __future__ import annotations

from weakref import WeakKeyDictionary

import numpy as np

from nbdiag.blocks import SIZE, Blocks, Summary
from nbdiag.growing import Growing


class Digest:
    """Shared by all states of one curve, each longer than the one before it."""

    __slots__ = ("__weakref__", "_alike", "_blocks", "_counted", "_read", "_starts")

    def __init__(self) -> None:
        self._blocks: dict[str, Blocks] = {}
        self._counted, self._starts = Growing(1), Growing(1)
        self._alike: WeakKeyDictionary[Digest, dict[tuple[str, str], int]] = WeakKeyDictionary()
        self._read = 0  # of how many values the starts are known

    def summary(self, name: str, values: np.ndarray) -> Summary:
        """What is known of this column."""
        return Summary(values, self._blocks.setdefault(name, Blocks()))

    def counted(self, steps: np.ndarray) -> np.ndarray:
        """Steps counted on where their own count falls back: it has begun again with an epoch."""
        known = self._counted.n
        if len(steps) > known:
            new = steps[known:]
            before = steps[known - 1] if known else new[0] - 1
            since = np.concatenate(([before], new))
            base = np.where(np.diff(since) <= 0, since[:-1], 0.0)
            base[0] += self._counted.upto(known)[0, -1] - before if known else 0.0
            self._counted.extend((new + np.cumsum(base)).reshape(1, -1))
        counted: np.ndarray = self._counted.upto(len(steps))[0]
        return counted

    def starts(self, epochs: np.ndarray) -> np.ndarray:
        """Indices of values that differ from the one before."""
        if len(epochs) > self._read:
            before = epochs[self._read - 1 : -1] if self._read else np.append(np.nan, epochs[:-1])
            new = np.flatnonzero(epochs[self._read :] != before) + self._read
            self._starts.extend(new.reshape(1, -1))
            self._read = len(epochs)
        known = self._starts.upto(self._starts.n)[0]
        return np.asarray(known[: np.searchsorted(known, len(epochs))]).astype(int)

    def alike(self, name: str, values: np.ndarray, other: Digest, others_name: str, others: np.ndarray) -> bool:
        """Whether these columns of two curves, as long as each other, hold the same numbers."""
        known = self._alike.setdefault(other, {})
        begin = known.get((name, others_name), 0)
        same = bool(np.array_equal(values[begin:], others[begin:]))
        if same:
            known[name, others_name] = max(begin, len(values))
        return same

    def fork(self, n: int) -> Digest:
        """The same for the first ``n`` values, behind which others follow."""
        other = Digest()
        if n < SIZE:  # nothing that is worth to be kept
            return other
        other._blocks = {name: blocks.fork(n) for name, blocks in self._blocks.items()}
        other._counted = self._counted.fork(n)
        return other
