"""Diagnoses come in while a cell trains; the chart above its output, and at the end a static copy, go out."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from nbdiag.diagnosis import Diagnosis
    from nbdiag.events import Status
    from nbdiag.views.widget.board import Board


class WidgetView:
    """The live chart of a notebook's cell. Its libraries are imported when there is something to draw."""

    def __init__(self) -> None:
        self._output: Any = None
        self._board: Board | None = None

    def show(self) -> None:
        """An empty output takes its place above all the cell prints: displayed later it would cut a bar in two."""
        from IPython.display import display

        self._output = display({"text/plain": ""}, raw=True, display_id=True)

    def draw(self, diagnoses: Sequence[Diagnosis]) -> None:
        """Draw the latest run; the others are as they were left."""
        if diagnoses:
            self._opened().draw(diagnoses, len(diagnoses) - 1)

    def finish(self, diagnoses: Sequence[Diagnosis], status: Status) -> None:
        """Draw every run exactly, and leave outputs that need no widgets; a page with live ones hides them."""
        from IPython.display import display

        from nbdiag.views import bundle, static

        if not diagnoses:
            self._output.update({"text/plain": static.NOTHING_SEEN}, raw=True)
            return
        self._opened().finish(diagnoses)
        for diagnosis in diagnoses:
            display(bundle.static(diagnosis), raw=True)

    def _opened(self) -> Board:
        if self._board is None:
            from nbdiag.views.widget.board import Board

            self._board = Board()
            self._output.update(self._board.bundle(), raw=True)
        return self._board
