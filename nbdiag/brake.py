"""Diagnoses come in while a block trains; whether its training is to end, and for which finding, goes out."""

from __future__ import annotations

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
        self._heard: set[int] = set()

    def look(self, diagnosis: Diagnosis, at: float) -> None:
        """Judge what was measured until ``at`` (``time.perf_counter()``)."""
        run = diagnosis.run
        if run.status != "running" or run.number in self._why:
            return
        found = next((f for f in diagnosis.findings if self._wants(f)), None)
        if found is not None:
            self._why[run.number] = f"{found.rule}: {found.title}"
            self._pulled = (at, run.number)

    def reason(self, since: float) -> str:
        """Why the training that began at ``since`` is to end; empty while it is not.

        What was measured before it began concerns another training.
        """
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
                run.notes.append(f"The training was stopped when this was found: {self._why[number]}")

    def _wants(self, finding: Finding) -> bool:
        severity = finding.severity or Severity.NOTE
        grave = self._least is not None and severity >= self._least
        return not finding.provisional and (grave or finding.rule in self._rules)
