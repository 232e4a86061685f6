"""What is printed once more, after a notebook's output was cleared, comes in; what it says anew goes out."""

from __future__ import annotations

import math

from nbdiag.events import Begin, Event, Record
from nbdiag.run import Run

_Place = tuple[str, str, float | None, int | None]


class Again:
    """A second ``begin`` of a run whose text was cleared: the run goes on where all its values come again, and then more."""

    def __init__(self, run: Run, begin: Begin) -> None:
        self.run, self.begin = run, begin
        self._known: dict[_Place, str] = {
            (c.metric, c.split, None if math.isnan(e) else float(e), None if math.isnan(s) else int(s)): repr(float(v))
            for c in (*run.curves("epoch"), *run.curves("step"))
            for e, s, v in zip(c.epochs, c.steps, c.values, strict=True)
        }
        self._left = set(self._known)
        self._held: list[Event] = []

    def take(self, event: Event) -> tuple[bool, list[Event]] | None:
        """Whether the run goes on, and with which events; None while nothing but what was known came."""
        self._held.append(event)
        if not isinstance(event, Record):
            return None
        place = (event.metric, event.split, event.epoch, event.step)
        if self._known.get(place) == repr(float(event.value)):
            self._left.discard(place)
            return None
        goes_on = place not in self._known and not self._left
        return goes_on, [event] if goes_on else self._held
