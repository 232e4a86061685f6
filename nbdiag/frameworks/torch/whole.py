"""What passes over one data set measured comes in as they end; what whole passes measured goes out.

An error, the reader or a limit of steps may break a pass off: the mean over what it had is then no epoch's value.
"""

from __future__ import annotations

from nbdiag.frameworks.torch.journal import PassEnd

MOST_OF = 0.9
"""Of the batches such passes used to have, from which on one is whole: a loop may skip some, each time others."""


class Whole:
    """The passes over one data set."""

    def __init__(self) -> None:
        self.any = False
        self._cut: tuple[PassEnd, int] | None = None
        self._usual: int | None = None
        """Batches of a pass that was cut short by a loop which then went on: so it ends its passes."""

    def ended(self, end: PassEnd, had: int, of: float) -> list[PassEnd]:
        """A pass is over that ``had`` so many ``of`` its batches. What is left out is kept until the loop goes on."""
        if had >= of or (self._usual is not None and had >= MOST_OF * self._usual):
            self.any = True
            return [end]
        self._cut = end, had
        return []

    def goes_on(self) -> list[PassEnd]:
        """The loop trains on after the last pass: what that measured, where it was left out."""
        if self._cut is None:
            return []
        (end, self._usual), self._cut = self._cut, None
        return [end]
