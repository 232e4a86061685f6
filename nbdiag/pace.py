"""How much a refresh cost comes in; whether the next may begin goes out, so that our share of the time stays small."""

from __future__ import annotations

SHARE = 0.012
"""Of a watched block's time, the part spent on showing it. Hooks took 0.5 % and reading Keras' text 0.2 % beside it, so
that a fit stays below 2 %, and a loop that prints each step has something left of 3 % for reading it."""
END = 0.03
"""Seconds set aside for the last, exact state and its static copy. Measured on 4 curves of 50 epochs: 0.027 s."""


class Pace:
    """Counts what has been spent. With a first drawing of 0.03 s and later ones of 0.012 s, the chart appears after
    2.5 s and is then refreshed every second; where refreshing is cheap, the caller's own interval is the limit."""

    def __init__(self) -> None:
        self.spent = END

    def due(self, elapsed: float) -> bool:
        """Whether a refresh fits, ``elapsed`` seconds after the block began."""
        return self.spent <= SHARE * elapsed

    def paid(self, seconds: float) -> None:
        """A refresh has taken so many seconds of processor time."""
        self.spent += seconds
