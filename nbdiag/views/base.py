"""The contract of a live view: diagnoses come in while the training runs, something the reader sees goes out."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from nbdiag.diagnosis import Diagnosis
    from nbdiag.events import Status


class LiveView(Protocol):
    """Shows a watched block while it runs. The block's runs come in order, one ``Diagnosis`` each."""

    def show(self) -> None:
        """Put an empty placeholder above the block's output. Called once, in the main thread, before the block runs."""

    def draw(self, diagnoses: Sequence[Diagnosis]) -> None:
        """Draw the present state; called a few times a second from the watch's thread. The first call draws the chart."""

    def finish(self, diagnoses: Sequence[Diagnosis], status: Status) -> None:
        """Draw the exact final state and leave the static output; main thread. Without diagnoses: one line says so."""


class Stop(Protocol):
    """Ends a training at the wish of a reader who looks at it."""

    offered: bool
    """A view can ask for it."""
    listens: bool
    """A training has asked whether it is to end: one that never does cannot be ended."""

    def pull(self, number: int) -> None:
        """End the block's run of this number, from 1, unless it is over."""
