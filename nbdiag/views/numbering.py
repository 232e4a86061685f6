"""A diagnosis goes in, its findings with the ids and numbers that all views show them by come out."""

from __future__ import annotations

import dataclasses
import re
from typing import TYPE_CHECKING

from nbdiag.finding import Finding, Severity
from nbdiag.run import Run
from nbdiag.views.numbers import extent

if TYPE_CHECKING:
    from nbdiag.diagnosis import Diagnosis


@dataclasses.dataclass(frozen=True)
class Numbered:
    """One finding as the views name it. Good news has no number: it is told, not pinned to the curves.

    ``stop`` is the finding's, or where it still goes on the last place measured; None for the whole run. ``unit`` is what
    they count.
    """

    id: str
    number: int | None
    finding: Finding
    stop: float | None = None
    unit: str = "epoch"

    @property
    def where(self) -> str:
        """``epochs 21–47``, ``step 3``; empty for the whole run."""
        return extent(self.finding.start, self.stop, self.unit)


def numbered(diagnosis: Diagnosis) -> list[Numbered]:
    """The findings in order, with ids that are unique and safe in HTML."""
    out: list[Numbered] = []
    taken: dict[str, int] = {}
    number = 0
    for finding in diagnosis.findings:
        name = re.sub(r"[^\w.-]+", "-", finding.id) or "finding"
        taken[name] = taken.get(name, 0) + 1
        good = finding.severity is Severity.GOOD
        number += not good
        unique = name if taken[name] == 1 else f"{name}--{taken[name]}"
        stop, unit = _stop(diagnosis.run, finding), unit_of(diagnosis.run)
        out.append(Numbered(unique, None if good else number, finding, stop, unit))
    return out


def unit_of(run: Run) -> str:
    """What places of findings count: epochs, or steps where no epoch is known."""
    return "step" if run.last_epoch is None and run.curves("step") else "epoch"


def _stop(run: Run, finding: Finding) -> float | None:
    if finding.start is None or finding.stop is not None:
        return finding.stop
    own = [c for c in run.curves() if c.name in finding.curves and len(c)]
    return max([finding.start, *(float(c.x[-1]) for c in own or run.curves() if len(c))])


def severity_of(finding: Finding) -> Severity:
    """The severity, a note where a hand-made finding has none."""
    return finding.severity or Severity.NOTE
