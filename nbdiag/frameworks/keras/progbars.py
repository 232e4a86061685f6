"""Bars of ``Progbar`` in a loop of one's own come in, the epochs they tell go out, counted where no header does."""

from __future__ import annotations

from collections.abc import Sequence

from nbdiag.capture.pairs import number
from nbdiag.events import Begin, Event, Learned, Reached, Record
from nbdiag.facts import facts_from
from nbdiag.metrics import identify


class Progbars:
    """Each full bar of the same values is an epoch. A bar that shows ``loss`` may as well be that of ``evaluate``."""

    def __init__(self) -> None:
        self._first: dict[tuple[str, ...], list[Record]] = {}  # the first bar of these values, until it comes again
        self._counts: dict[tuple[str, ...], int] = {}
        self._begun = False

    def take(self, values: Sequence[tuple[str, str]], time: float | None) -> list[Event] | None:
        """Events of a full bar that shows these names and numbers; ``None`` where it is no such bar."""
        names = tuple(name for name, _ in values)
        if "loss" in names or not any(name.endswith("loss") for name in names):
            return None
        epoch = self._counts[names] = self._counts.get(names, 0) + 1
        records = [_record(name, token, epoch, time) for name, token in values]
        if epoch == 1:
            self._first[names] = records
            return []
        events: list[Event] = []
        if not self._begun:
            self._begun = True
            events = [Begin("keras"), Learned(facts_from({"framework": "keras", "loss_is": "unknown"}, "log"))]
        return [*events, *self._first.pop(names, ()), *records, Reached(epoch)]


def _record(name: str, token: str, epoch: int, time: float | None) -> Record:
    named = identify(name)
    value, rounding = number(token)
    return Record(named.metric, named.split or "train", value, epoch, label=name, rounding=rounding, time=time)
