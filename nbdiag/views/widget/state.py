"""Everything to show of one run at one moment, as plain values: what the board works out, the run's box draws."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping, Sequence
from typing import Any

from nbdiag.views.shapes import Chart
from nbdiag.views.widget.texts import Texts
from nbdiag.views.widget.units import Translation
from nbdiag.views.widget.wire import NOTHING, Wish


@dataclasses.dataclass(frozen=True)
class State:
    """``withdrawn`` are ids of cards whose finding is gone; ``final``: no more comes.

    ``units`` translate the x axis, ``behind`` that of the cell's previous run. ``metrics`` are all there are, ``wish`` is
    what the reader asked for and this shows; ``thinned``: there is more detail. ``stoppable``: the training can be ended.
    ``bands``, by finding, are drawn round a curve while that finding is read.
    """

    chart: Chart
    texts: Texts
    withdrawn: Sequence[str] = ()
    units: Mapping[str, Translation] = dataclasses.field(default_factory=dict)
    behind: Mapping[str, Translation] = dataclasses.field(default_factory=dict)
    metrics: Sequence[str] = ()
    wish: Wish = NOTHING
    thinned: bool = False
    stoppable: bool = False
    bands: Mapping[str, dict[str, Any] | None] = dataclasses.field(default_factory=dict)
    final: bool = False

    def findings(self) -> list[dict[str, object]]:
        """The pins, in their order, for the companion."""
        return [
            {
                "id": pin.id,
                "label": pin.label,
                "severity": pin.severity.value,
                "start": float(pin.start),
                "stop": float(pin.stop),
                "whole": pin.whole,
                "provisional": pin.provisional,
                "band": self.bands.get(pin.id),
            }
            for pin in self.chart.pins
        ]
