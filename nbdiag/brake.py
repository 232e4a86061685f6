"""Diagnoses, or the reader's own wish, come in while a block trains; whether its training is to end, and why, goes out."""

from __future__ import annotations

import time
from collections.abc import Sequence

from nbdiag.diagnosis import Diagnosis
from nbdiag.finding import Finding, Severity
from nbdiag.rules import selection
from nbdiag.run import Run

SEVERITIES = {"broken": Severity.BROKEN, "problem": Severity.PROBLEM}


class Brake:
    """Asks a training to end when a finding of a wanted severity or rule is confirmed.

    Raises ``UnknownRule`` for a name that is neither. The watch's thread judges, the training's
    asks ``reason``: an attribute is read, nothing is waited for.
    """

    def __init__(self, wanted: Sequence[str]) -> None:
        rules = [name for name in wanted if name not in SEVERITIES]
        selection.chosen(rules)
        self._rules = frozenset(rules)
        self._least = min((SEVERITIES[name] for name in wanted if name in SEVERITIES), default=None)
        self._pulled: tuple[float, int] | None = None
        self._why: dict[int, str] = {}
        self._notes: dict[int, str] = {}
        self._heard: set[int] = set()
        self.offered = self.listens = False  # see views.base.Stop

    def look(self, diagnosis: Diagnosis, at: float) -> None:
        """Judge what was measured until ``at`` (``time.perf_counter()``)."""
        run = diagnosis.run
        if run.status != "running" or run.number in self._why:
            return
        found = next((f for f in diagnosis.findings if self._wants(f)), None)
        if found is not None:
            why = f"{found.rule}: {found.title}"
            self._end(run.number, at, why, f"The training was stopped when this was found: {why}")

    def pull(self, number: int) -> None:
        """End run ``number`` at the reader's wish."""
        if number not in self._why:
            self._end(number, time.perf_counter(), "stopped by hand", "The training was stopped by hand.")

    def _end(self, number: int, at: float, why: str, note: str) -> None:
        self._why[number], self._notes[number] = why, note
        self._pulled = (at, number)  # last: the training's thread looks at this alone

    def reason(self, since: float) -> str:
        """Why the training that began at ``since`` is to end; empty while it is not.

        What was measured before it began concerns another training.
        """
        self.listens = True
        pulled = self._pulled
        if pulled is None or pulled[0] < since:
            return ""
        self._heard.add(pulled[1])
        return self._why[pulled[1]]

    def mark(self, runs: Sequence[Run]) -> None:
        """Write into the runs that were ended that they were, and why."""
        for number, run in enumerate(runs, 1):
            if number in self._heard:
                run.status = "stopped"
                run.notes.append(self._notes[number])

    def _wants(self, finding: Finding) -> bool:
        severity = finding.severity or Severity.NOTE
        grave = self._least is not None and severity >= self._least
        return not finding.provisional and (grave or finding.rule in self._rules)
