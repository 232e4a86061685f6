"""Text that counts steps, a line or some lines for each: a parsed line goes in, a run's events come out."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Iterable, Sequence

from nbdiag.capture.lines import Line
from nbdiag.capture.pairs import number
from nbdiag.events import Begin, Event, Learned, Reached, Record
from nbdiag.facts import facts_from


@dataclasses.dataclass(frozen=True, slots=True)
class Step:
    """The step, and for each value its label, split, metric and printed number."""

    number: int
    values: Sequence[tuple[str, str, str, str]]


class StepReader:
    """Reads one framework's steps; a step of training that falls back starts a new run. Evaluations begin none."""

    def __init__(self, framework: str, parse: Callable[[str], Step | None]) -> None:
        self._framework, self._parse = framework, parse
        self._last: int | None = None

    def read(self, line: Line) -> Iterable[Event] | None:
        """Events of this line; ``None`` where it is no step."""
        found = self._parse(line.text) if line.final else None
        if found is None:
            return None
        events: list[Event] = []
        if any(split == "train" for _, split, _, _ in found.values):
            if self._last is None or found.number < self._last:
                known = {"framework": self._framework, "loss_is": "unknown"}
                events += [Begin(self._framework), Learned(facts_from(known, "log"))]
            self._last = found.number
        elif self._last is None:
            return ()
        for label, split, metric, token in found.values:
            value, rounding = number(token)
            events.append(Record(metric, split, value, None, found.number, label, "", rounding, line.time))
        return [*events, Reached(None, found.number)] if found.values else ()

    def leaves(self, text: str) -> bool:
        """Whether lines such as this one are no steps."""
        return self._parse(text) is None

    def close(self) -> Iterable[Event]:
        """Nothing is held back."""
        return ()
