"""Lines that CatBoost prints for its rounds go in, rounds and their events go out."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from nbdiag.capture.lines import Line
from nbdiag.capture.pairs import NUMBER, number, without_prefix
from nbdiag.capture.rows import COUNT, VALUE
from nbdiag.events import Event
from nbdiag.frameworks.rounds import INDENT, Round, RoundForm, RoundReader

_ROUND = re.compile(rf"{INDENT}(\d{{1,7}}):(?=[\t ])")
_VALUE = re.compile(rf"[\t ](learn|test\d?): ({NUMBER})(?=\s|\Z)")
_TOTAL = re.compile(r"[\t ]total: \d")
_BEST = re.compile(rf"[\t ]test\d?: ({NUMBER})\s{{1,16}}best: ({NUMBER}) ")
_ASIDE = rf"(?:\tbest: {VALUE} \({COUNT}\))?\ttotal: [0-9][0-9a-z. ]{{0,40}}(?:\tremaining: [0-9a-z. ]{{1,40}})?"
_FORM = RoundForm("", ":", "\t{}: ", end=_ASIDE)
_HELD = 20
"""Rounds that are held back at most: one whose best value stays the same tells nothing."""


class CatBoostReader(RoundReader):
    """Holds a run's first rounds until its best one tells whether more is better: what is measured is then no loss."""

    def __init__(self) -> None:
        super().__init__("catboost", lambda text: parse(text, self._metric), _FORM)
        self._metric = "loss"
        self._held: list[Line] = []
        self._known = False  # whether more is better
        self._shown = 0  # the last round

    def read(self, line: Line) -> Iterable[Event] | None:
        """Events of this line; ``None`` where it is no round."""
        found = parse(line.text) if line.final else None
        if found is None:
            return super().read(line)
        events: list[Event] = []
        if found.number <= self._shown:
            events, self._known, self._metric = self._told(), False, "loss"
        self._shown = found.number
        self._held.append(line)
        if not self._known:
            more = _more_is_better([best for held in self._held if (best := _best(held.text))])
            if more is None and len(self._held) < _HELD and _best(line.text):
                return events
            self._known, self._metric = True, "score" if more else "loss"
        return [*events, *self._told()]

    def close(self) -> Iterable[Event]:
        """What is held back."""
        return self._told()

    def _told(self) -> list[Event]:
        held, self._held = self._held, []
        return [event for line in held for event in super(CatBoostReader, self).read(line) or ()]


def _best(text: str) -> tuple[float, float] | None:
    """The value of the set that decides, and the best one so far."""
    found = _BEST.search(text)
    return (number(found[1])[0], number(found[2])[0]) if found else None


def _more_is_better(shown: Sequence[tuple[float, float]]) -> bool | None:
    """None while all values are the same, or there is only one."""
    for value, best in shown:
        if value != best:
            return best > value
    values = [value for value, _ in shown]
    return None if values[1:] == values[:-1] else values[-1] > values[0]


def parse(text: str, metric: str = "loss") -> Round | None:
    """``3:<tab>learn: 0.68<tab>test: 0.69<tab>best: 0.69 (3)<tab>total: 57ms``; rounds are shown from 0.

    The text does not name the metric. ``test`` is what was given as ``eval_set``.
    """
    if "total: " not in text:
        return None
    text = without_prefix(text)
    start = _ROUND.match(text)
    if start is None or not _TOTAL.search(text, start.end()):
        return None
    found = _VALUE.findall(text, start.end())
    if not found:
        return None
    return Round(int(start[1]) + 1, [(name, split_of(name), metric, token) for name, token in found])


def split_of(name: str) -> str:
    """The split of a set, by the name the text or a fitted model gives it."""
    return (
        "train"
        if name in ("learn", "learn_set")
        else "val"
        if name in ("test", "test0", "validation", "validation_0")
        else name
    )
