"""Diagnoses come in while a cell trains; the chart above its output, and a static copy for when it is gone, go out."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from nbdiag.views.static import NOTHING_SEEN, StaticView

if TYPE_CHECKING:
    from nbdiag.diagnosis import Diagnosis
    from nbdiag.events import Status
    from nbdiag.views.widget.board import Board


class WidgetView:
    """The live chart of a notebook's cell. Its libraries are imported when there is something to draw."""

    def __init__(self) -> None:
        self._output: Any = None
        self._board: Board | None = None
        self._copy = StaticView(copy=True)

    def show(self) -> None:
        """An empty output takes its place above all the cell prints: displayed later it would cut a bar in two."""
        from IPython.display import display

        self._output = display({"text/plain": ""}, raw=True, display_id=True)
        self._copy.show()

    def draw(self, diagnoses: Sequence[Diagnosis]) -> None:
        """Draw the latest run; the others are as they were left."""
        if diagnoses:
            self._opened().draw(diagnoses, len(diagnoses) - 1)
            self._copy.draw(diagnoses)

    def finish(self, diagnoses: Sequence[Diagnosis], status: Status) -> None:
        """Draw every run exactly, and leave outputs that need no widgets; a page with live ones hides them."""
        if not diagnoses:
            self._output.update({"text/plain": NOTHING_SEEN}, raw=True)
            return
        self._opened().finish(diagnoses)
        self._copy.finish(diagnoses, status)

    def _opened(self) -> Board:
        if self._board is None:
            from nbdiag.views.widget.board import Board

            self._board = Board()
            self._output.update(self._board.bundle(), raw=True)
        return self._board
