"""Values that a loop says of itself come in, events go out."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from typing import Any

from nbdiag.events import Begin, End, Event, Record, Status
from nbdiag.metrics import identify


class Logbook:
    """Turns calls of ``log(epoch=…, loss=…)`` into the events of a run; an epoch that restarts begins a new run."""

    def __init__(self, emit: Callable[[Event], None], name: str = "") -> None:
        self._emit, self._name = emit, name
        self.began = time.perf_counter()  # the run under way
        self._open = False
        self._base = 0.0
        self._last: float | None = None

    def log(self, epoch: float | None, step: int | None, values: Mapping[str, Any]) -> None:
        """Emit one record for each value. Epochs counted from 0 are counted from 1."""
        if self._last is not None and epoch is not None and epoch < self._last:
            self.close("finished")
        if not self._open:
            self.began = time.perf_counter()
            self._emit(Begin("", name=self._name, exact=True))
            self._open, self._base = True, 1.0 if epoch == 0 else 0.0
        if epoch is not None:
            self._last = epoch
        place = None if epoch is None else float(epoch) + self._base
        for shown, value in values.items():
            named = identify(shown)
            self._emit(
                Record(named.metric, named.split or "train", float(value), epoch=place, step=step, label=named.label)
            )

    def close(self, status: Status) -> None:
        """End the run, if one has begun."""
        if self._open:
            self._emit(End(status))
        self._open, self._last = False, None
