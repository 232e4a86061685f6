"""Optimizers that step come in; which of the run's optimizers each is, its steps and its rate go out."""

from __future__ import annotations

import weakref
from collections.abc import Callable
from typing import Any

from nbdiag.events import Record


class Optimizers:
    """Those of one run, in the order of their first steps; none is kept alive."""

    def __init__(self) -> None:
        self.marks: dict[int, int] = {}
        """Index of each by its id."""
        self.steps: list[int] = []
        self.all: list[Callable[[], Any]] = []
        self._rate: float | None = None

    def forget(self) -> None:
        """Another run begins."""
        self.marks.clear()
        self.steps, self.all, self._rate = [], [], None

    def index(self, optimizer: Any) -> int | None:
        """Its index; None for a new one."""
        for i, known in enumerate(self.all):
            if known() is optimizer:
                self.marks[id(optimizer)] = i
                return i
        return None

    @property
    def single(self) -> bool:
        """Whether there is one and no more."""
        return len(self.all) == 1

    def gone(self) -> bool:
        """Whether there were some, and none is left."""
        return bool(self.all) and all(known() is None for known in self.all)

    def add(self, optimizer: Any) -> int:
        """Its index, from now on."""
        forget = self.marks.clear  # another object may take its place in memory
        self.marks[id(optimizer)] = index = self.add_reference(weakref.ref(optimizer, lambda _: forget()))
        return index

    def add_reference(self, reference: Callable[[], Any]) -> int:
        """The index of what takes the place of an optimizer."""
        self.all.append(reference)
        self.steps.append(0)
        return len(self.all) - 1

    @property
    def first(self) -> Any:
        """The first one, as long as it lives."""
        return self.all[0]()

    @property
    def rate_changed(self) -> bool:
        """Whether the first one's learning rate is another one than the last time."""
        rate = learning_rate(self.first)
        return rate is not None and rate != self._rate

    def new_rate(self, place: float | None) -> list[Record]:
        """The first one's learning rate, where it changed."""
        if not self.rate_changed:
            return []
        self._rate = rate = learning_rate(self.first)
        return [] if rate is None else [Record("learning_rate", "train", rate, place, self.steps[0])]


def learning_rate(optimizer: Any) -> float | None:
    """The first group's rate; None where it lives in a tensor, which might be on a device."""
    groups = getattr(optimizer, "param_groups", None)
    rate = groups[0].get("lr") if groups else None
    return float(rate) if isinstance(rate, (int, float)) else None
