"""A run as it was last judged goes in, with what the reader wishes to see of it; the state to draw comes out."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from typing import TYPE_CHECKING

from nbdiag.views import chart
from nbdiag.views.numbering import Numbered
from nbdiag.views.widget.bands import band
from nbdiag.views.widget.follow import renamed
from nbdiag.views.widget.state import State
from nbdiag.views.widget.texts import Texts
from nbdiag.views.widget.units import translations
from nbdiag.views.widget.wire import Wish

if TYPE_CHECKING:
    from nbdiag.diagnosis import Diagnosis


@dataclasses.dataclass(frozen=True)
class Seen:
    """``judged`` has its findings in the order of ``entries``; it was made from ``given``."""

    given: Diagnosis
    judged: Diagnosis
    entries: Sequence[Numbered]
    words: Texts
    withdrawn: Sequence[str] = ()
    final: bool = False

    def state(self, wish: Wish, *, stoppable: bool = False) -> State:
        """What to draw now: the run may have gone on since it was judged."""
        run, previous = self.judged.run, self.judged.previous
        drawn = renamed(chart.draw(self.judged, window=wish.window, metrics=wish.metrics), self.entries)
        return State(
            drawn,
            self.words,
            withdrawn=self.withdrawn,
            units=translations(run, drawn.x_unit),
            behind=translations(previous.run, drawn.x_unit) if previous else {},
            metrics=run.metrics,
            wish=wish,
            thinned=any(len(curve) > chart.POINTS for curve in run.curves()),
            stoppable=stoppable,
            bands={entry.id: band(entry.finding, drawn) for entry in self.entries},
            final=self.final,
        )
