"""Panels of a name and a value a line, printed anew from time to time (Baselines, Spinning Up): lines go in, the values of a counter that advances go out."""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Iterable, Iterator

from nbdiag.capture.lines import Line
from nbdiag.capture.measures import is_aside, is_measure
from nbdiag.capture.pairs import NUMBER, number, without_prefix
from nbdiag.events import Begin, Event, Learned, Reached, Record
from nbdiag.facts import facts_from
from nbdiag.frameworks.base import Framework
from nbdiag.metrics import identify

_ROW = re.compile(r"\s{0,8}[|│]\s{0,60}([A-Za-z][\w/@.\- ]{0,60}?)\s{0,60}[|│]\s{0,60}(\S{0,40})\s{0,60}[|│]\s{0,8}\Z")
_RULE = re.compile(r"\s{0,8}[+|]?[-=+\u2500-\u257f]{8,300}[+|]?\s{0,8}\Z")
_VALUE = re.compile(rf"{NUMBER}\Z")
_STEPS = (
    "total_timesteps",
    "timesteps",
    "global_step",
    "step",
    "steps",
    "iteration",
    "iterations",
    "n_updates",
    "nupdates",
)
"""What counts, the one that counts what is trained on before the others."""
_SIGNS = ("|", "│", "--", "==", "──")  # one of them stands in each line of a panel
_LONGEST = 300
_MOST = 200
"""Rows of one panel; what has more is a list of something."""


@dataclasses.dataclass(slots=True)
class _Panel:
    """The rows of one: their tokens by name, and the section that stood above each."""

    section: str = ""
    rows: list[tuple[str, str, str]] = dataclasses.field(default_factory=list)


class PanelReader:
    """Reads panels between rules. The first is told once a second one stands behind it."""

    def __init__(self) -> None:
        self._panel = _Panel()
        self._place: tuple[float, int] | None = None
        self._held: list[Record] = []
        self._begun = False

    def read(self, line: Line) -> Iterable[Event] | None:
        """Events of the rule that ends a panel; ``None`` for every other line."""
        text = line.text
        if not line.final or len(text) > _LONGEST:
            return None
        bare = without_prefix(text) if any(sign in text for sign in _SIGNS) else ""
        if _RULE.match(bare):
            panel, self._panel = self._panel, _Panel()
            return list(self._ended(panel, line.time)) or None
        if (found := _ROW.match(bare)) and len(self._panel.rows) < _MOST:
            name, token = found.groups()
            if not token:
                self._panel.section = name.strip("/ ")
            else:
                self._panel.rows.append((self._panel.section, name, token))
        elif self._panel.rows:
            self._panel = _Panel()
        return None

    def leaves(self, text: str) -> bool:
        """Whether lines such as this one are of no panel."""
        bare = without_prefix(text) if any(sign in text for sign in _SIGNS) else ""
        return not (_RULE.match(bare) or _ROW.match(bare))

    def close(self) -> Iterable[Event]:
        """Nothing is held back: a single panel is a result."""
        return ()

    def _ended(self, panel: _Panel, time: float | None) -> Iterator[Event]:
        counts = {
            name.lower(): float(token) for _, name, token in panel.rows if _VALUE.match(token) and token[0].isdigit()
        }
        epoch = counts.get("epoch")
        step = next((int(counts[name]) for name in _STEPS if name in counts), None) if epoch is None else None
        records = [] if epoch is step is None else list(_records(panel, epoch, step, time))
        if not any("loss" in record.metric for record in records):
            return
        place = (epoch or 0.0, step or 0)
        if self._place is not None and place < self._place:
            self._begun, self._held = False, []  # another training
        advanced = self._place is not None and place > self._place
        self._place = place
        self._held += records
        if not self._begun:
            if not advanced or len({(r.epoch, r.step) for r in self._held}) < 2:
                return
            self._begun = True
            yield Begin("loop")
            yield Learned(facts_from({"loss_is": "unknown"}, "log"))
        yield from self._held
        self._held = []
        yield Reached(epoch, step)


def _records(panel: _Panel, epoch: float | None, step: int | None, time: float | None) -> Iterator[Record]:
    for section, name, token in panel.rows:
        named = identify(name)
        counted = named.metric in ("learning_rate", "gradient_norm")
        if not _VALUE.match(token) or not (counted or (is_measure(named.metric) and not is_aside(name))):
            continue
        value, rounding = number(token)
        split = named.split or ("eval" if section.startswith("eval") else "train")
        yield Record(named.metric, split, value, epoch, step, name, "", rounding, time)


PANEL = Framework("panel", reader=PanelReader)
