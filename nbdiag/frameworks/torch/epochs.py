"""Passes over a training's data come in; how many epochs are done, and where in one a step is, goes out."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence

from nbdiag.frameworks.torch.passes import Identity, Pass


class Epochs:
    """Those of one training. ``begun`` counts them, from 1; ``none`` where its passes turned out to be none."""

    def __init__(self) -> None:
        self.data: Identity | None = None
        self.begun = 0
        self.none = False

    def is_one(self, p: Pass) -> bool:
        """Whether ``p`` goes over the data that is trained on."""
        return self.data is not None and p.data.same(self.data)

    def count(self, p: Pass, first: bool) -> None:
        """Batches of ``p`` are trained on; the ``first`` such pass tells which data it is."""
        if self.data is None and first:
            self.data = p.data
        self.begun += self.is_one(p)

    def place(self, passes: Iterable[Pass]) -> float | None:
        """How many epochs are done, in parts where the loader has a length; None where that is not known."""
        if self.none or not self.begun:
            return None
        for p in passes:
            if p.batches and p.trained and self.is_one(p):
                return self.begun - 1 + min(p.known / p.batches, 1.0)
        return float(self.begun)

    def places(self, p: Pass, numbers: Sequence[int]) -> list[float]:
        """The same after each of these batches of ``p``, a pass that is trained on; NaN where it is not known."""
        if self.none or not self.begun or not p.batches:  # how far in an epoch without a length, nobody knows
            return [math.nan] * len(numbers)
        if not self.is_one(p):
            return [float(self.begun)] * len(numbers)
        done, of = self.begun - 1, p.batches
        return [done + number / of for number in numbers]
