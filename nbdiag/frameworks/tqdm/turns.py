"""One bar's turns come in; lines that say what each turn or the whole bar showed go out."""

from __future__ import annotations

import re
import time
from collections.abc import Iterator
from types import FrameType
from typing import Any, Literal

from nbdiag.capture.places import place

REST = 0.01
"""Seconds between two values of single steps: 100 in a second are more than a chart can show."""
_EPOCH_NAMES = ("epoch", "ep", "e", "epoch_idx", "epoch_num", "epoch_i")
_STEP_NAMES = ("step", "it", "i", "iteration", "iter", "t", "k", "n", "idx", "batch", "batch_idx")
_EPOCHS = re.compile(r"\bepochs?\b", re.IGNORECASE)
_VALIDATION = re.compile(r"(?:^|, )(?:val|valid|validation)(?:[_ ]|\b)", re.IGNORECASE)

Kind = Literal["unknown", "bar", "epoch", "step"]


class Turns:
    """What one bar counts: the steps of an epoch (its last values are the epoch's), epochs, or steps of all.

    The bar's own ``n`` lags behind (``miniters``) and is not looked at. Where the bar runs over a ``range``, the
    caller's loop variable tells the turn; else the calls are counted.
    """

    def __init__(self, bar: Any, *, around: bool) -> None:
        self.desc = (bar.desc or "").strip().rstrip(":").strip()
        self.total = bar.total
        self.range = bar.iterable if type(bar.iterable) is range else None
        self.calls = self.held = 0
        self.told = 0.0
        self.last = ""
        """What was shown and is not told yet."""
        self.kept: tuple[Any, dict[str, Any]] | None = None
        """The same, not yet put into words, where it came later."""
        self.kind: Kind = self._named(bar, around)
        self.first: dict[str, int] = {}
        self.name = ""

    def turn(self, items: str, frame: FrameType) -> Iterator[str]:
        """The bar is told to show ``items`` by the code in ``frame``."""
        if self.kind == "bar":
            self.last = items
            return
        self.calls += 1
        turn = self.calls - 1
        if self.range is not None:
            here = self._variables(frame)
            if self.calls == 1:  # the next call tells which variable is the bar's
                self.first, self.last = here, items
                return
            if self.calls == 2:
                first, self.last = self.last, items
                self.kind = self._settled(here)
                if self.kind != "bar":
                    yield self._line(self.first.get(self.name, 0), first)
            turn = here.get(self.name, turn)
        now = time.monotonic()
        self.last, self.held = items, turn
        if self.kind == "epoch" or (self.kind == "step" and now - self.told > REST):
            self.told, self.last = now, ""
            yield self._line(turn, items)

    def end(self) -> Iterator[str]:
        """The bar is over."""
        if not self.last:
            return
        if self.kind == "step":
            yield self._line(self.held, self.last)
        else:
            lead = f"{self.desc}: " if self.desc else ""
            yield f"{lead}100%|| 1/1 [00:00<00:00, 1.00it/s, {self.last}]"

    def _line(self, turn: int, items: str) -> str:
        of = f"/{self.total}" if isinstance(self.total, int) else ""
        return f"{self.kind} {turn + 1}{of}, {items}"

    def _named(self, bar: Any, around: bool) -> Kind:
        if place(self.desc).epoch is not None:
            return "bar"
        if "epoch" in str(bar.unit).lower() or around:
            return "epoch"
        if bar.iterable is None or self.range is not None:
            if _EPOCHS.search(self.desc):
                return "epoch"
            return "unknown" if self.range is not None else "bar"
        return "bar"

    def _variables(self, frame: FrameType) -> dict[str, int]:
        """The turn that each loop variable in sight would mean, counted from 0."""
        assert self.range is not None
        known = frame.f_locals
        found = {}
        for name in (*_EPOCH_NAMES, *_STEP_NAMES):
            value = known.get(name)
            if type(value) is int and value in self.range:
                found[name] = self.range.index(value)
        return found

    def _settled(self, here: dict[str, int]) -> Kind:
        """Which variable has moved since the first call: that is the bar's own, and may tell what it counts."""
        moved = [name for name, turn in here.items() if turn > self.first.get(name, turn)]
        still = [name for name, turn in here.items() if turn == self.first.get(name)]
        if len(moved) == 1:
            self.name = moved[0]
        elif moved:
            epochs = [name for name in moved if name in _EPOCH_NAMES]
            self.name = epochs[0] if epochs else moved[0]
        if self.kind != "unknown":
            return self.kind
        if self.name in _EPOCH_NAMES or _VALIDATION.search(self.last):
            return "epoch"
        return "bar" if any(name in _EPOCH_NAMES for name in still) else "step"
