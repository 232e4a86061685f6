"""Diagnoses come in while a cell trains; a plain output, rewritten in place every few seconds, goes out."""

from __future__ import annotations

import time
from collections.abc import Sequence
from typing import TYPE_CHECKING

from nbdiag.views import place

if TYPE_CHECKING:
    from nbdiag.diagnosis import Diagnosis
    from nbdiag.events import Status

NOTHING_SEEN = "nbdiag: no training seen in this cell."
_SECONDS = 2.0
"""Least time between two drawings: each sends the whole picture anew, and closes the cards the reader has opened."""
COPY_SECONDS = 45.0
"""The same for the copy beside a live chart, which only a saved notebook shows: 14 ms are 0.03 % of it, and with the
slowest refresh it is never older than a minute."""
_EMPTY = '<div class="nbdiag-static"></div>'  # a page with a live chart hides what has this class


class StaticView:
    """For notebooks that are not known to show widgets: the diagnosis as an image with cards.

    ``copy``: it stands beside a live chart, for when that is gone.
    """

    def __init__(self, *, copy: bool = False) -> None:
        self._place: place.Place | None = None
        self._copy = copy
        self._every = COPY_SECONDS if copy else _SECONDS
        self._shown: Diagnosis | None = None
        self._drawn_at = time.monotonic() if copy else float("-inf")

    def show(self) -> None:
        """An empty output takes its place above all the cell prints."""
        self._place = place.begin({"text/plain": "", "text/html": _EMPTY} if self._copy else {"text/plain": ""})

    def draw(self, diagnoses: Sequence[Diagnosis]) -> None:
        """Draw the latest run once it has been judged anew, unless one was just drawn: words and curves agree."""
        now = time.monotonic()
        if diagnoses and diagnoses[-1] is not self._shown and now - self._drawn_at >= self._every:
            self._drawn_at, self._shown = now, diagnoses[-1]
            self._write(diagnoses[-1])

    def finish(self, diagnoses: Sequence[Diagnosis], status: Status) -> None:
        """Draw each run exactly: the first in place, the others below."""
        if not diagnoses:
            self._update({"text/plain": NOTHING_SEEN})
            return
        self._write(diagnoses[0])
        if len(diagnoses) > 1:
            from IPython.display import display

            from nbdiag.views import bundle

            for diagnosis in diagnoses[1:]:
                display(bundle.static(diagnosis), raw=True)

    def _write(self, diagnosis: Diagnosis) -> None:
        from nbdiag.views import bundle

        self._update(bundle.static(diagnosis))

    def _update(self, data: dict[str, str]) -> None:
        self._place = self._place or place.begin({"text/plain": ""})
        self._place.put(data)
