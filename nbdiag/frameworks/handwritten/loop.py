"""Hand-written training loops' text: lines go in, the values of a counter that advances go out. Asked last."""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Iterable, Iterator, Sequence

from nbdiag.capture.lines import Line
from nbdiag.capture.measures import Measure
from nbdiag.capture.pairs import MAX_TEXT, of_other_rank, without_prefix
from nbdiag.capture.places import Place, as_epoch
from nbdiag.capture.splits import section
from nbdiag.capture.titles import title, title_inside
from nbdiag.events import Begin, Event, Learned, Reached, Record, Steps
from nbdiag.facts import facts_from
from nbdiag.frameworks.base import Framework
from nbdiag.frameworks.handwritten.bars import shown
from nbdiag.frameworks.handwritten.counters import Counters
from nbdiag.frameworks.handwritten.forms import Forms, Parsed
from nbdiag.frameworks.handwritten.percent import Percents
from nbdiag.frameworks.handwritten.rich import RichBars
from nbdiag.frameworks.handwritten.stretch import Before, before, columns
from nbdiag.frameworks.handwritten.uncounted import Uncounted
from nbdiag.frameworks.tqdm import Bar, Bars, read_bar

_DIGIT = re.compile(r"\d")
_REACH = 40
"""Lines after an epoch's header that may still hold its values without naming it: a report of every class fits in."""


class LoopReader:
    """Reads lines of hand-written loops. Nothing is reported before a counter has advanced beside a known metric."""

    group = 1

    def __init__(self) -> None:
        self._name = self._inside = ""
        self._forms = Forms()
        self._bars, self._rich, self._counters = Bars(), RichBars(), Counters()
        self._exact = False  # whether a hook tells the bars
        self._ended: dict[str, int] = {}  # how many bars of this description ended
        self._restart()

    def _restart(self) -> None:
        self._begun = False
        self._held: list[Record | Steps] = []
        self._uncounted = Uncounted()
        self._named: set[tuple[str, str, float | None]] = set()  # told on a line that names the epoch: that counts
        self._offset = self._age = 0
        self._epoch: float | None = None  # counted from 1
        self._fallen: Place | None = None  # a header of an earlier epoch, nothing measured since
        self._step: int | None = None
        self._planned: int | None = None
        self._steps: int | None = None
        self._told: dict[str, object] = {}
        self._section: str | None = None
        self._places: set[tuple[float | None, int | None]] = set()
        self._percents = Percents()
        # Who names the epochs: headers, the lines of the values ("text"), bars that are counted, or the turns of one.
        self._told_by = ""
        self._explicit: set[str] = set()  # metrics whose training values come with the word "train"
        self._before: Before | None = None
        self._headed = False  # the line before named the next epoch and nothing else

    def read(self, line: Line) -> Iterable[Event] | None:
        """Events of this line; ``None`` where it tells nothing of a training."""
        if len(line.text) > MAX_TEXT:
            return None
        if line.exact:
            if not self._exact:
                self._exact, self._bars = True, Bars()
            return list(self._exact_line(line))
        self._before, self._headed = None, False
        if "%|" in line.text and (events := self._bar_line(line)) is not None:
            return events
        if "━━" in line.text:
            mine, ended = self._rich.refresh(line.text)
            if mine:
                return list(self._bar_ended(ended, line.time))
        if not line.final:
            return None
        parsed = self._forms.known(line.text)
        bare = "" if parsed else without_prefix(line.text[:200])
        if of_other_rank(bare):
            return ()
        events = list(self._bar_ended(self._bars.end(), line.time)) if self._bars.full else []
        self._age += 1
        if parsed is None:
            if announced := section(bare):
                self._section = announced
                return events or None
            if named := title(bare):
                self._name = named
                return events or None
            if not _DIGIT.search(line.text):
                return events or None
            parsed = self._forms.learn(line.text)
        begun = self._begun
        events += self._text(self._counters.amended(parsed), line.text, line.time)
        if begun or not events:
            self._before = before(*self._forms.last, events)
        return events or None

    def leaves(self, text: str) -> bool:
        """Whether lines such as this one only say, as the one before did, that the epochs go on."""
        return self._headed and self._forms.heads(text)

    def ahead(self, text: str, start: int, stop: int) -> int:
        """Until where lines follow that are as the one before but for their numbers."""
        if self._before is None or (self._section and self._before.parsed.where.epoch is not None):
            return start  # the next epoch ends the section
        return self._before.form.rows.until(text, start, stop)

    def at_once(self, text: str, start: int, end: int) -> Iterable[Event] | None:
        """Events of these lines; ``None`` where one does more than to give its values."""
        told = columns(self._before, text, start, end)
        if told == []:
            self._age += text.count("\n", start, end)
        return self._many(told) if told else told

    def _many(self, told: Sequence[Steps]) -> Iterator[Event]:
        if self._epoch is not None:
            self._epoch = told[0].epochs[-1]
        self._step = told[0].steps[-1] if told[0].steps else None
        for steps in told:
            yield from self._percents.scaled(steps)
        yield Reached(self._epoch, self._step, self._steps)

    def close(self) -> Iterable[Event]:
        """The last bar's values."""
        bars = [*self._rich.end(), *([self._bars.end()] if self._bars.full else [])]
        return [event for bar in bars for event in self._bar_ended(bar, None)]

    def _bar_line(self, line: Line) -> list[Event] | None:
        if self._exact:
            return [] if read_bar(line.text) is not None else None
        mine, ended = self._bars.refresh(line.text)
        events = list(self._bar_ended(ended, line.time))
        if mine and line.final and self._bars.full:
            events += self._bar_ended(self._bars.end(), line.time)
        return events if mine else None

    def _exact_line(self, line: Line) -> Iterator[Event]:
        """A bar's values at full precision: of its end, or of each turn of a bar that counts epochs or steps."""
        if (bar := read_bar(line.text)) is not None:
            yield from self._bar_ended(bar, line.time)
        elif line.text and self._told_by not in ("text", "header"):  # lines beside the bars say more
            parsed = self._forms.parse(line.text)
            if parsed.found:
                self._told_by = "turns"
                yield from self._values(parsed.where, parsed.found, line.time)

    def _bar_ended(self, bar: Bar | None, time: float | None) -> Iterator[Event]:
        parsed = self._counters.amended(shown(bar, self._section)) if bar else None
        if not (bar and parsed and parsed.found):
            return
        where, found = parsed.where, parsed.found
        self._fall()
        if where.epoch is None and self._told_by in ("text", "turns"):
            return  # lines beside the bars say more
        if where.epoch is None and self._told_by != "header":  # the bars themselves are counted
            self._told_by = "bars"
            kind = re.sub(r"\d+", "#", bar.desc)
            self._ended[kind] = self._ended.get(kind, 0) + 1
            where = Place(where.rest, float(self._ended[kind]))
        elif where.epoch is None and self._epoch is not None:
            where = Place(where.rest, self._epoch - self._offset)
        if where.epoch is not None:
            yield from self._values(where, found, time)

    def _text(self, parsed: Parsed, text: str, time: float | None) -> Iterator[Event]:
        where, found = parsed.where, parsed.found
        if found and not self._begun:
            self._inside = title_inside(text) or self._inside
        if where.told_of:
            return
        if where.epoch is not None and where.epoch + self._offset != self._epoch:
            self._section = None  # a section ends with its epoch, not where that is named again
        if self._section and found:
            if where.step is not None and self._section != "train" and not any(m.split for m in found):
                if where.step != where.steps:
                    return  # how far an evaluation got
                where = dataclasses.replace(where, step=None, steps=None)  # and its result
            found = tuple(m if m.split else dataclasses.replace(m, split=self._section) for m in found)
        has_counter = where.epoch is not None or where.step is not None
        if has_counter and not found:
            if where.epoch is not None and where.step is None:
                yield from self._bar_ended(self._bars.end(), time)
                if not any(name == "epoch" and "." in text[start:stop] for name, start, stop in where.at):
                    self._header(where)  # "epoch  1.000000  -0.64" is a row of a table of statistics
            return
        if not found:
            return
        if has_counter:
            if self._told_by in ("bars", "turns") and not self._begun:
                self._restart()  # a counter is better than counted bars
            elif self._told_by == "turns":
                return  # it may count from elsewhere than the bar
            self._told_by = self._told_by or "text"
            yield from self._values(where, found, time)
        elif self._epoch is not None and self._age <= _REACH:
            yield from self._later(found, time)

    def _header(self, where: Place) -> None:
        """A line that only names the epoch: what follows belongs to it.

        An earlier epoch begins a new run where something was measured in it: Ignite's evaluations name their own epoch 1.
        """
        if self._epoch is not None and where.epoch is not None and where.epoch + self._offset < self._epoch:
            self._fallen = where
            return
        self._move(where)
        self._age, self._told_by, self._headed = 0, "header", True

    def _fall(self) -> None:
        """Something was measured after a header of an earlier epoch."""
        where, self._fallen = self._fallen, None
        if where is not None:
            self._move(where)
            self._section, self._told_by = None, "header"

    def _move(self, where: Place) -> None:
        """Go to this place; a counter that falls back starts a new run."""
        if where.epoch is not None:
            if self._epoch is not None and where.epoch + self._offset < self._epoch:
                self._restart()
            if self._epoch is None and where.epoch == 0:
                self._offset = 1
            self._epoch = where.epoch + self._offset
        elif where.step is not None and self._epoch is None and self._step is not None and where.step < self._step:
            self._restart()
        self._step = where.step
        if where.planned and where.planned >= (where.epoch or 0):
            # "0/24" to "24/24" are 25 epochs, "0/25" to "24/25" as well: only the last line tells.
            self._planned = max(where.planned, int(self._epoch or 0))
        if where.steps and not where.samples:
            self._steps = where.steps

    def _values(self, where: Place, found: Sequence[Measure], time: float | None) -> Iterator[Event]:
        if where.samples and self._told_by != "header" and len({m.split in (None, "train") for m in found}) == 2:
            where = as_epoch(where)  # "[3/20] train_loss=0.4 val_loss=0.5": nobody validates after each batch
        if where.epoch is None and self._epoch is None and (where.samples or all(m.weak for m in found)):
            return  # [64/60000] alone counts anything, and solvers have iterations with an error
        self._fallen = None
        self._move(where)
        evaluated = next((m.split for m in found if m.split not in (None, "train")), None)
        if where.step is not None and where.samples and evaluated:
            self._section = evaluated
            return  # how far an evaluation got: its result follows
        self._age = 0
        epoch = self._epoch
        if where.step is None:
            self._named |= {(m.metric, m.split or "train", epoch) for m in found}
        records = [self._record(m, epoch, where.step, time) for m in found if self._counts(m, where)]
        yield from self._out(records)

    def _counts(self, measure: Measure, where: Place) -> bool:
        """A batch's loss beside an evaluated train loss (``iter 100: loss`` beside ``step 100: train loss``) is not counted."""
        if measure.split == "train":
            self._explicit.add(measure.metric)
        return not (
            measure.split is None and where.epoch is None and self._epoch is None and measure.metric in self._explicit
        )

    def _later(self, found: Sequence[Measure], time: float | None) -> Iterator[Event]:
        """Values on a line without a counter belong to the open epoch, if they come again in another epoch."""
        self._fall()
        records = [self._record(measure, self._epoch, None, time) for measure in found]
        ready = [each for record in records for each in self._uncounted.ready(record)]
        yield from self._out([r for r in ready if (r.metric, r.split, r.epoch) not in self._named])

    def _record(self, m: Measure, epoch: float | None, step: int | None, time: float | None) -> Record:
        return Record(m.metric, m.split or "train", m.value, epoch, step, m.label, m.unit, m.rounding, time)

    def _out(self, records: list[Record]) -> Iterator[Event]:
        if not records:
            return
        self._held += [r for record in records for r in self._percents.scaled(record)]
        if not self._begun:
            self._places.update((r.epoch, r.step) for r in records)
            if len(self._places) < 2 and self._planned != 1:
                return
            held = [r for r in self._held if isinstance(r, Record)]
            if not any(r.rounding < 0.5 or (r.epoch is not None and "loss" in r.label.lower()) for r in held):
                return  # whole numbers only: errors, steps and money are counted
            self._begun = True
            yield Begin("loop", name=self._name or self._inside)
            self._name = self._inside = ""
        known = {"epochs": self._planned, "steps_per_epoch": self._steps, "loss_is": "unknown"}
        if known != self._told:
            self._told = dict(known)
            yield Learned(facts_from(known, "log"))
        yield from self._held
        self._held = []
        yield Reached(self._epoch, self._step, self._steps)


LOOP = Framework("loop", reader=LoopReader)
