"""Diagnoses of one run come in, one after another; its findings with ids and numbers that last while it runs go out."""

from __future__ import annotations

import dataclasses
import itertools
import math
from collections.abc import Sequence
from typing import TYPE_CHECKING

from nbdiag.finding import Finding
from nbdiag.views.numbering import Numbered, numbered
from nbdiag.views.pins import spoken
from nbdiag.views.shapes import Chart

if TYPE_CHECKING:
    from nbdiag.diagnosis import Diagnosis


class Follower:
    """Knows a finding again although its first epoch or its rank has changed: what the reader opened stays open."""

    def __init__(self) -> None:
        self._known: dict[str, Numbered] = {}  # by id, in order of appearance; the last state seen

    def order(self, diagnosis: Diagnosis, *, final: bool) -> tuple[Diagnosis, list[Numbered]]:
        """The diagnosis with its findings in the order to show, and their entries.

        While it runs, findings keep the order and number they appeared with; at the end its own ranking holds.
        """
        ids = self._identify(diagnosis.findings)
        last = max((known.number or 0 for known in self._known.values()), default=0)
        for name, entry in zip(ids, numbered(diagnosis), strict=True):
            old = self._known.get(name)
            number = old.number if old and not final else None
            if number is None and entry.number is not None:
                last += 1
                number = entry.number if final else last
            self._known[name] = dataclasses.replace(entry, id=name, number=number)
        if not final:
            order = list(self._known)
            ids.sort(key=order.index)
        entries = [self._known[name] for name in ids]
        return dataclasses.replace(diagnosis, findings=tuple(entry.finding for entry in entries)), entries

    def withdrawn(self, entries: Sequence[Numbered]) -> list[Numbered]:
        """Findings seen before and not among ``entries``."""
        present = {entry.id for entry in entries}
        return [known for name, known in self._known.items() if name not in present]

    def _identify(self, findings: Sequence[Finding]) -> list[str]:
        """The id of each finding: that of the nearest one known of the same rule, else a new one."""
        free = dict(self._known)
        taken = set(self._known)
        out: list[str] = []
        for finding in findings:
            same = [name for name, old in free.items() if old.finding.rule == finding.rule]
            name = min(same, key=lambda n: _apart(free[n].finding, finding), default="")
            if not name:
                numbers = (f"{finding.rule or 'finding'}-{count}" for count in itertools.count(1))
                name = next(new for new in numbers if new not in taken)
            taken.add(name)
            free.pop(name, None)
            out.append(name)
        return out


def renamed(chart: Chart, entries: Sequence[Numbered]) -> Chart:
    """The chart whose pins bear the ids and numbers of ``entries``, which it was drawn from."""
    pinned = [entry for entry in entries if entry.number is not None]
    pins = [
        dataclasses.replace(pin, id=entry.id, number=entry.number, label=spoken(entry))
        for pin, entry in zip(chart.pins, pinned, strict=True)
        if entry.number is not None
    ]
    return dataclasses.replace(chart, pins=tuple(pins))


def _apart(a: Finding, b: Finding) -> float:
    if a.start is None or b.start is None:
        return 0.0 if a.start is b.start else math.inf
    return abs(a.start - b.start)
