"""Diagnoses come in while a cell trains; the chart above its output, and a static copy for when it is gone, go out."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from nbdiag.views import place
from nbdiag.views.base import Stop
from nbdiag.views.static import NOTHING_SEEN, StaticView

if TYPE_CHECKING:
    from nbdiag.diagnosis import Diagnosis
    from nbdiag.events import Status
    from nbdiag.views.widget.board import Board


class WidgetView:
    """The live chart of a notebook's cell. Its libraries are imported when there is something to draw."""

    def __init__(self, stop: Stop | None = None) -> None:
        """``stop`` ends the training: it is offered where a message can reach a kernel that is busy."""
        self._stop = stop
        if stop is not None:
            stop.offered = _hears_while_busy()
        self._place: place.Place | None = None
        self._board: Board | None = None
        # An ``Output`` widget is not there where widgets are not: neither would be a copy inside it.
        self._copy = None if place.within_widget() else StaticView(copy=True)

    def show(self) -> None:
        """An empty output takes its place above all the cell prints: displayed later it would cut a bar in two."""
        self._place = place.begin({"text/plain": ""})
        if self._copy:
            self._copy.show()

    def draw(self, diagnoses: Sequence[Diagnosis]) -> None:
        """Draw the latest run; the others are as they were left."""
        if diagnoses:
            self._opened().draw(diagnoses, len(diagnoses) - 1)
            if self._copy:
                self._copy.draw(diagnoses)

    def finish(self, diagnoses: Sequence[Diagnosis], status: Status) -> None:
        """Draw every run exactly, and leave outputs that need no widgets; a page with live ones hides them."""
        if not diagnoses:
            self._put({"text/plain": NOTHING_SEEN})
            return
        self._opened().finish(diagnoses)
        if self._copy:
            self._copy.finish(diagnoses, status)

    def _opened(self) -> Board:
        if self._board is None:
            from nbdiag.views.widget.board import Board

            self._board = Board(self._stop)
            self._put(self._board.bundle())
        return self._board

    def _put(self, data: dict[str, Any]) -> None:
        self._place = self._place or place.begin({"text/plain": ""})
        self._place.put(data)


def _hears_while_busy() -> bool:
    """Whether the kernel has subshells, which ipykernel has from 7 on."""
    kernel = getattr(getattr(sys.modules.get("IPython"), "get_ipython", lambda: None)(), "kernel", None)
    return "kernel subshells" in getattr(kernel, "kernel_info", {}).get("supported_features", ())
