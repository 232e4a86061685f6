"""What our work beside a block cost comes in; whether more may begin goes out, so that our share of its time stays small."""

from __future__ import annotations

SHARE = 0.01
"""Of a watched block's time, the part that reading, judging and drawing may take: together with the hooks less than 3 %.
Those take 0.5 % of most trainings and 2 % of one whose steps last 0.4 ms."""
END = 0.02
"""Seconds set aside for the last, exact state and its static copy. Measured on 4 curves of 50 epochs: 7 + 8 ms, 20 the
first time."""
FIRST = 1.0
"""Seconds after which the chart may appear on credit, in a block that will last long enough to pay for it."""
CHART = 0.025
"""Seconds the first drawing takes: some sixty widgets are made."""
JUDGING = 1 / 3
"""Of our share, the part for the findings. Judging 4 curves of 50 epochs and writing the cards takes 7 ms, drawing
the curves on takes 2.5: so findings come every 2 s, and the curves grow about 3 times a second."""


class Pace:
    """Counts what has been spent; where our work is cheap, the caller's own interval is the limit."""

    def __init__(self) -> None:
        self.spent = END
        self._drawn = False
        self._judged_at = float("-inf")
        self._judging = 0.0

    def due(self, elapsed: float, length: float | None = None) -> bool:
        """Whether a refresh fits, ``elapsed`` seconds after the block began.

        ``length`` is how long it is expected to take; where that is unknown it is taken to last as long again.
        """
        if self._drawn:
            return self.spent <= SHARE * elapsed
        return elapsed >= FIRST and self.spent + CHART <= SHARE * (length or 2 * elapsed)

    def judging_due(self, elapsed: float) -> bool:
        """Whether that refresh may find out what the curves show, too."""
        return self._judging <= SHARE * JUDGING * (elapsed - self._judged_at)

    def paid(self, seconds: float) -> None:
        """Something has taken so many seconds of processor time."""
        self.spent += seconds

    def drawn(self, seconds: float, elapsed: float, *, judged: bool) -> None:
        """A refresh that ended ``elapsed`` seconds after the block began has taken so many of processor time."""
        self.spent += seconds
        self._drawn = True
        if judged:
            self._judged_at, self._judging = elapsed, seconds
