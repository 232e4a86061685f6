"""A growing curve comes in again and again; what has been worked out of its columns is kept and only carried on."""

from __future__ import annotations

import numpy as np

from nbdiag.blocks import Blocks, Summary
from nbdiag.growing import Growing


class Digest:
    """Shared by all states of one curve, each longer than the one before it."""

    __slots__ = ("_blocks", "_counted")

    def __init__(self) -> None:
        self._blocks: dict[str, Blocks] = {}
        self._counted = Growing(1)

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

    def fork(self, n: int) -> Digest:
        """The same for the first ``n`` values, behind which others follow."""
        other = Digest()
        other._blocks = {name: blocks.fork(n) for name, blocks in self._blocks.items()}
        other._counted = self._counted.fork(n)
        return other
