"""Passes over a training's data come in; how many epochs are done, where in one a step is, which are whole, goes out."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence

from nbdiag.frameworks.torch.journal import PassEnd
from nbdiag.frameworks.torch.passes import Identity, Pass
from nbdiag.frameworks.torch.whole import Whole

OUTSIDE = 2
"""Looks in a row at a loop that has left its loader (``itertools.cycle`` keeps the batches) until it is said to have no
epochs: a single one may be an extra step at an epoch's end."""


class Epochs:
    """Those of one training. ``begun`` counts them, from 1; ``none`` where its passes turned out to be none."""

    def __init__(self) -> None:
        self.data: Identity | None = None
        self.begun = 0
        self.none = False
        self._whole = Whole()
        self._outside = 0

    def is_one(self, p: Pass) -> bool:
        """Whether ``p`` goes over the data that is trained on."""
        return self.data is not None and p.data.same(self.data)

    def count(self, p: Pass, first: bool) -> list[PassEnd]:
        """Batches of ``p`` are trained on; the ``first`` such pass tells which data it is. Gives the epoch that was cut."""
        if (self.data is None and first) or (self.data is not None and self.data.gone):
            self.data = p.data
        if not self.is_one(p):
            return []
        self.begun += 1
        p.turn = self.begun
        return self._whole.goes_on()

    def left(self, p: Pass) -> bool:
        """``p`` was looked at. Whether the loop has left its loader for good, and goes on with batches it kept."""
        self._outside = self._outside + 1 if p.over else 0
        self.none = self.none or self._outside >= OUTSIDE
        return self._outside >= OUTSIDE

    def ended(self, p: Pass, judged: int | None) -> list[PassEnd]:
        """What was measured in ``p``, if that was an epoch. Of a pass without a length, that is known only when another
        one begins."""
        batches = math.inf if p.batches is None else p.batches
        if p.known > batches or (
            p.known <= 1 < batches and not self._whole.any
        ):  # an endless sampler; a batch of each pass
            self.none = True
        if self.none:
            return []
        end = PassEnd(p.measured, "train", float(p.turn), judged)
        return self._whole.ended(end, p.known, batches) or (self._whole.goes_on() if p.turn < self.begun else [])

    def place(self, passes: Iterable[Pass]) -> float | None:
        """How many epochs are done, in parts where the loader has a length; None where that is not known."""
        if self.none or not self.begun:
            return None
        at = [p.turn - 1 + min(p.known / p.batches, 1.0) for p in passes if p.batches and p.turn]
        return max(at, default=float(self.begun))

    def places(self, p: Pass | None, numbers: Sequence[int], passes: Iterable[Pass]) -> list[float]:
        """The same after each of these batches of ``p``, a pass that is trained on; NaN where it is not known."""
        if p is None:
            place = self.place(passes)
            return [math.nan if place is None else place] * len(numbers)
        if self.none or not self.begun or not p.batches:  # how far in an epoch without a length, nobody knows
            return [math.nan] * len(numbers)
        if not p.turn:
            return [float(self.begun)] * len(numbers)
        done, of = p.turn - 1, p.batches
        return [done + number / of for number in numbers]
