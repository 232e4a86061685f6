"""A parsed line goes in, what it counts goes out, where the lines before it tell more than it does itself."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence

from nbdiag.capture.measures import Measure
from nbdiag.capture.places import Place, as_epoch
from nbdiag.frameworks.handwritten.forms import Parsed
from nbdiag.metrics import is_accuracy, is_loss

_REACH = 40
"""Lines after a header that may still hold its values."""


class Counters:
    """What a counter counts: ``Round 3`` of a game or of a training, ``[3/40]``, ``Iteration 3`` on a line of its own."""

    def __init__(self) -> None:
        self._early = False  # whether values without a counter stood above the first epoch
        self._steps = 0  # lines of values that name a step only, above the first epoch
        self._shown: float | None = None  # the last epoch that was named
        self._follows = False  # whether the line of an epoch stands below its steps
        self._doubtful = False  # the open epoch is one of those that games have, too
        self._last: tuple[int | None, int | None] = (None, None)  # of bare counters: where it stood, and of how many
        self._evaluating = False  # the line before told how far an evaluation got, and its values so far
        self._header: Place | None = None
        self._age = 0
        self._told: dict[tuple[str, str | None], float] = {}  # below this header
        self._several: set[tuple[str, str | None]] = set()  # below one more than once: which counts, nothing tells

    def amended(self, parsed: Parsed) -> Parsed:
        """This line with the place that it has."""
        where, found = parsed.where, parsed.found
        if found and self._shown is where.epoch is None:
            self._early |= where.step is None
            self._steps += where.step is not None
        if where.ended and self._early:
            return Parsed(Place("", told_of=True), ())  # the values stand above it, as they did above the first
        if where.epoch is not None:
            if self._shown is None:
                self._follows = self._steps > 1 and not where.alone
            self._shown, self._doubtful, self._header = where.epoch, where.doubtful, None
        if self._doubtful and found and not _of_training(found):
            return Parsed(where, ())
        if where.epoch is not None and found:
            return self._evaluated(parsed)
        if where.epoch is not None or where.told_of:
            return parsed
        if where.step is not None and found and self._follows and self._shown is not None:
            return Parsed(dataclasses.replace(where, epoch=self._shown + 1), found)
        if where.samples and of_two_models(found):
            return Parsed(self._by_one(where), found)
        if where.step is not None:
            self._header = where if where.alone else None
            self._age, self._told = 0, {}
            return parsed
        return self._below(found) if self._header and found else parsed

    def _evaluated(self, parsed: Parsed) -> Parsed:
        """``Epoch(val) [3][20/20] acc: 0.9`` is the result of an evaluation, unless ``[10/20] acc: 0.8`` stood above it."""
        where, before = parsed.where, self._evaluating
        self._evaluating = where.samples and any(m.split not in (None, "train") for m in parsed.found)
        if not self._evaluating or before or where.step != where.steps:
            return parsed
        return Parsed(dataclasses.replace(where, step=None, steps=None, samples=False), parsed.found)

    def _by_one(self, where: Place) -> Place:
        """``[3/40]`` behind ``[2/40]`` counts epochs: nobody prints the losses of each batch."""
        last, self._last = self._last, (where.step, where.steps)
        begins = where.step in (0, 1)
        return as_epoch(where) if begins or last == ((where.step or 0) - 1, where.steps) else where

    def _below(self, found: Sequence[Measure]) -> Parsed:
        """Values below the header of a step stand there, each once."""
        self._age += 1
        where = self._header
        if where is None or self._age > _REACH:
            return Parsed(Place(""), tuple(found))
        self._several |= {(m.metric, m.split) for m in found if self._told.get((m.metric, m.split), m.value) != m.value}
        self._told |= {(m.metric, m.split): m.value for m in found}
        return Parsed(where, tuple(m for m in found if (m.metric, m.split) not in self._several))


def of_two_models(found: Sequence[Measure]) -> bool:
    """Whether a line tells several losses: of models that train in turns, or the parts of one."""
    return sum(is_loss(m.metric) or m.metric.startswith("loss") for m in found) > 1 and not all(m.weak for m in found)


def _of_training(found: Sequence[Measure]) -> bool:
    """Whether they are of a training and no game: what is played has no data, nor a loss beside an accuracy."""
    measured = {m.metric for m in found}
    return any(m.split for m in found) or (any(map(is_loss, measured)) and any(map(is_accuracy, measured)))
