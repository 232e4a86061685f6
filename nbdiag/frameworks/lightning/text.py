"""Lines of Lightning's ``RichProgressBar`` go in, the epochs' values go out. Its other bar is tqdm's.

``Epoch 1/2 ━━━━━━━━━━ 10/10 0:00:00 • 0:00:00 218.20it/s val_loss: 0.251 train_loss: 0.790``: the epochs count from 0,
and a bar shows the values of the epoch before until the whole training is over.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from nbdiag.capture.lines import Line
from nbdiag.capture.measures import measures
from nbdiag.capture.pairs import Pair, pairs
from nbdiag.events import Begin, Event, Reached, Record
from nbdiag.facts import facts_from

_BAR = re.compile(
    r"\s{0,4}(?:Epoch (?P<epoch>\d{1,7})/(?P<last>-?\d{1,7})|Sanity Checking|Validation|Testing|Predicting)\s{1,4}"
    r"[━╸╺ ]{1,400}\s(?P<n>\d{1,9})/(?P<steps>\d{1,9}|-+)\s{1,8}[\d:]{1,12} • [\d:\-]{1,12} [\d.]{1,12}it/s(?P<values>.{0,2000})"
)
_FOLLOWS = re.compile(r"`Trainer\.")
"""What Lightning prints behind the bar, on its line."""


class RichBarReader:
    """Holds what the bar shows until it is known whose values they are."""

    def __init__(self) -> None:
        self._epoch: int | None = None
        self._first: list[Pair] = []
        self._shown: list[Pair] = []
        self._time: float | None = None
        self._begun = False

    def read(self, line: Line) -> Iterable[Event] | None:
        """Events of this line; ``None`` where it is no such bar."""
        found = _BAR.match(line.text) if "━" in line.text else None
        if found is None:
            return None
        if found["epoch"] is None:
            return ()
        epoch, values = int(found["epoch"]), pairs(_FOLLOWS.split(found["values"])[0])
        events: list[Event] = []
        if epoch != self._epoch:
            if self._epoch is not None and epoch < self._epoch:
                events += self._ended()
                self._begun = False
            elif epoch and values:
                events += self._told(epoch, values, line.time)
            self._epoch, self._first = epoch, values
        self._shown, self._time = values, line.time
        if self._begun and found["steps"].isdecimal():
            done = int(found["n"])
            events.append(Reached(epoch + done / max(1, int(found["steps"])), done, int(found["steps"])))
        return events

    def leaves(self, text: str) -> bool:
        """Whether lines such as this one are no such bar."""
        return "━" not in text

    def close(self) -> Iterable[Event]:
        """The last epoch's values, where they came."""
        return self._ended()

    def _ended(self) -> list[Event]:
        new = _values(self._shown) != _values(self._first)
        return list(self._told((self._epoch or 0) + 1, self._shown, self._time)) if new else []

    def _told(self, epoch: int, values: list[Pair], time: float | None) -> Iterator[Event]:
        found = measures(values)
        if found and not self._begun:
            self._begun = True
            yield Begin("lightning", facts=facts_from({"framework": "lightning", "loss_is": "unknown"}, "log"))
        for m in found:
            yield Record(m.metric, m.split or "train", m.value, epoch, None, m.label, m.unit, m.rounding, time)


def _values(shown: list[Pair]) -> list[tuple[str, float]]:
    return [(pair.name, pair.value) for pair in shown]
