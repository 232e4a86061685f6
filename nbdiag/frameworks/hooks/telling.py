"""What a library's training objects know comes in, one training at a time; the events of its runs go out."""

from __future__ import annotations

import dataclasses
import numbers
import time
import weakref
from collections.abc import Callable, Mapping, Sequence
from threading import get_ident
from typing import Any

from nbdiag.events import Begin, End, Learned, Reached, Record, Status, Steps
from nbdiag.facts import facts_from
from nbdiag.frameworks.base import Emit
from nbdiag.frameworks.hooks.guard import Guard
from nbdiag.frameworks.hooks.naming import run_name
from nbdiag.metrics import canonical, identify

REST = 0.1
"""Seconds between two tellings of a curve whose rounds are shorter: half the time between two refreshes of the chart."""


@dataclasses.dataclass(slots=True)
class _Curve:
    metric: str
    split: str
    values: Sequence[Any]
    first: int
    rounds: Sequence[int]
    of: Callable[[Any], float]
    told: int


class Telling:
    """Tells one training at a time, by rounds that count from 1; one beside or inside it is left out.

    A training is known by an ``owner`` that lives as long as it: when that dies untold of an end, it was broken off, or
    ended as ``outcome`` says. It must be begun before its first value is printed, and not at all where it will measure
    nothing.
    """

    def __init__(self, framework: str, emit: Emit, what: str) -> None:
        """``what`` names in a reader's words what is followed here, for the warning where that fails."""
        self.framework, self.emit = framework, emit
        self.guard = Guard(emit, f"following {what}")
        self._owner: weakref.ref[Any] | None = None
        self._last: weakref.ref[Any] | None = None
        self._outcome: Callable[[], Status] = lambda: "interrupted"
        self._thread = 0
        self._curves: dict[str, _Curve] = {}
        self._furthest = 0
        """How many values of the curve that was told furthest: none of another is kept back from the same round."""
        self._due = 0.0

    def begin(
        self,
        owner: Any,
        facts: Mapping[str, Any],
        *,
        name: str = "",
        complete: bool = True,
        continues: bool = False,
        outcome: Callable[[], Status] = lambda: "interrupted",
    ) -> bool:
        """Whether this training is the one that is told from now on. ``continues``: the owner's last one, if it was the last."""
        if self._owner is not None and self._owner() is not None and self._thread != get_ident():
            return False
        self.end("failed")  # left by what was raised, and the code went on
        last, self._last = self._last, weakref.ref(owner)
        self._owner, self._thread, self._outcome = weakref.ref(owner, self._died), get_ident(), outcome
        if continues and last is not None and last() is owner:
            self.emit(Begin(self.framework, exact=True, continues=True))
            return True
        self.again()
        known = {"framework": self.framework, **facts}
        with self.guard:
            name = ", ".join(part for part in (run_name(), name) if part)
        self.emit(Begin(self.framework, name, facts_from(known, "object"), exact=True, complete=complete))
        return True

    def follows(self, owner: Any) -> bool:
        """Whether this is the training that is told."""
        return self._owner is not None and self._owner() is owner

    def curve(
        self,
        label: str,
        metric: str,
        split: str,
        values: Sequence[Any],
        first: int = 1,
        rounds: Sequence[int] = (),
        of: Callable[[Any], float] = float,
    ) -> None:
        """Tell what is new among ``values``, measured in every round from ``first`` on, or in these ``rounds``.

        Told at most every ``REST`` seconds, and at the end: a list that grows meanwhile is best given itself. ``of``
        makes a number of each value.
        """
        known = self._curves.get(label)
        self._curves[label] = _Curve(metric, split, values, first, rounds, of, known.told if known else 0)
        if len(values) <= self._furthest or time.monotonic() >= self._due:
            self._tell(label)

    def _tell(self, label: str) -> None:
        curve = self._curves[label]
        new = range(curve.told, len(curve.values))
        places = [curve.rounds[i] if curve.rounds else i + curve.first for i in new]
        new = new[sum(place <= 0 for place in places) :]
        if new:
            places = places[-len(new) :]
            values = [curve.of(curve.values[i]) for i in new]
            self.emit(Steps(canonical(curve.metric), curve.split, values, places, (), label))
            self.emit(Reached(places[-1]))
        curve.told = len(curve.values)
        self._furthest = max(self._furthest, curve.told)
        self._due = time.monotonic() + REST

    def again(self) -> None:
        """The curves are known better now: they are told from their beginning."""
        self._curves, self._furthest = {}, 0

    def row(self, epoch: float, values: Mapping[str, Any], *, unnamed: str = "train") -> None:
        """Tell what was measured in one epoch: numbers by name, on the data ``unnamed`` where the name tells none."""
        for label, value in values.items():
            if type(value) is not bool and isinstance(value, numbers.Real):
                named = identify(label)
                self.emit(Record(named.metric, named.split or unnamed, float(value), epoch, None, named.label))
        self.emit(Reached(epoch))

    def learn(self, facts: Mapping[str, Any]) -> None:
        """Tell what has become known."""
        self.emit(Learned(facts_from(facts, "object")))

    def end(self, status: Status = "finished") -> None:
        """The training is over. Only the first call counts."""
        owner, self._owner = self._owner, None
        if owner is not None:
            with self.guard:
                for label in self._curves:
                    self._tell(label)
            self.emit(End(status))

    def left(self, owner: Any, error: BaseException | None) -> None:
        """The owner's training was left, by what was raised or well."""
        with self.guard:
            if self.follows(owner):
                broken: Status = "failed" if isinstance(error, Exception) else "interrupted"
                self.end("finished" if error is None else broken)

    def _died(self, owner: weakref.ref[Any]) -> None:
        if owner is self._owner:
            self.end(self._outcome())


def samples_in(loader: Any) -> int | None:
    """How many samples the data set of a loader has, where it has a length."""
    data: Any = getattr(loader, "dataset", None)
    return len(data) if hasattr(type(data), "__len__") else None
