"""Diagnoses come in while a block runs and at its end; a view shows them, and where it fails the static one does."""

from __future__ import annotations

import sys
from collections.abc import Sequence

from nbdiag.diagnosis import Diagnosis
from nbdiag.events import Status
from nbdiag.faults import Faults
from nbdiag.views import choice
from nbdiag.views.base import LiveView, Stop

_WHAT = "the view"


class Screen:
    """What the reader sees of one watched block. A view that has failed is not asked again."""

    def __init__(self, name: str, faults: Faults, *, late: bool = False) -> None:
        self._name, self._faults, self._late = name, faults, late
        self._view: LiveView = choice.NoView()

    def open(self, stop: Stop | None = None) -> None:
        """Put the placeholder where the block's output begins; main thread. If ``late``, only below what comes first.

        ``stop`` ends the block's training: a view may offer that.
        """
        with self._faults.guard(_WHAT):
            self._view = choice.choose(self._name, stop)
            if not self._late:
                self._view.show()

    def draw(self, diagnoses: Sequence[Diagnosis]) -> None:
        """Draw the present state."""
        if _WHAT not in self._faults:
            with self._faults.guard(_WHAT):
                self._show()
                self._view.draw(diagnoses)

    def finish(self, diagnoses: Sequence[Diagnosis], status: Status) -> None:
        """Draw the exact final state; main thread."""
        if _WHAT not in self._faults:
            with self._faults.guard(_WHAT):
                self._show()
                self._view.finish(diagnoses, status)
        if _WHAT in self._faults and diagnoses:
            with self._faults.guard("the static view"):
                choice.choose("static").finish(diagnoses, status)

    def _show(self) -> None:
        if self._late:
            self._late = False
            self._view.show()


def show(diagnosis: Diagnosis) -> None:
    """Show a diagnosis that is made, in a new place."""
    faults = Faults()
    screen = Screen("auto", faults)
    screen.open()
    screen.finish([diagnosis], diagnosis.run.status)
    for line in faults.take():
        print(line, file=sys.stderr)
