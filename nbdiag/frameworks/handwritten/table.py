"""Tables that grow by a row for each epoch (fastai, skorch, YOLO, hand-written): lines go in, the columns' values go out."""

from __future__ import annotations

import functools
import math
import re
from collections.abc import Iterable, Iterator
from itertools import repeat

from nbdiag.capture.lines import Line
from nbdiag.capture.measures import is_measure
from nbdiag.capture.pairs import NUMBER, number, without_prefix
from nbdiag.capture.rows import rises
from nbdiag.events import Begin, Event, Learned, Reached, Record, Steps
from nbdiag.facts import facts_from
from nbdiag.frameworks.base import Framework
from nbdiag.frameworks.handwritten.percent import Percents
from nbdiag.frameworks.handwritten.rows import Cells, Columns, TableRows, by_row
from nbdiag.metrics import identify, is_setting

_STEPS = {"iter", "iteration", "step", "batch", "#"}
_EPOCHS = {"epoch", "epochs", "ep", "round", "itn", "itn."}
_COUNTERS = _EPOCHS | _STEPS
_LINES = "|│┃║"
_HEADER = re.compile(
    rf"[\s{_LINES}+#]{{0,20}}(?:(?:epochs?|ep|iter|iteration|itn\.?|round|step)[\s{_LINES},;]{{1,40}}[A-Za-z_]|E\s+#\s)",
    re.IGNORECASE,
)
_INDEX = re.compile(
    r"\s{0,8}(?:epochs?|steps?)\s{0,80}\Z", re.IGNORECASE
)  # a DataFrame's index, named below its columns
_CELL = re.compile(rf"\[?({NUMBER})\]?(%?)\Z")  # DeepXDE lists its losses
_COUNT = re.compile(r"(\d{1,9})(?:\.0{1,6})?(?:\s?/\s?(\d{1,9}))?\Z")
_PART = re.compile(r"(\d{1,7}\.\d{1,6})()\Z")  # of an epoch
_RULE = re.compile(r"[\s|+=:\-_\u2500-\u257f]+\Z")
_BAR = re.compile(r"\d%(?:\|| ━)")
_LONGEST = 2000  # a row of a table people read
_BETWEEN = 5
"""Lines of something else that may stand between two rows: messages, the rows of a table within."""


class TableReader:
    """Reads rows below a header that names a counter and a known metric. A table printed again is the same table."""

    group = 1

    def __init__(self) -> None:
        self._names: list[str] = []
        self._order: list[int] = []  # of the columns, where the counters do not come first
        self._splits: dict[str, str] = {}
        self._above = ""  # the line above, where it may name columns
        self._seen: dict[tuple[float, float], Cells] = {}  # the rows of this run by their place
        self._offset = self._others = self._planned = 0
        self._percents = Percents()
        self._rows = TableRows(_is_value)

    def read(self, line: Line) -> Iterable[Event] | None:
        """Events of this line; ``None`` where it is no row."""
        text, self._rows.before = line.text, False
        if not line.final or len(text) > _LONGEST:
            return None
        if " | " in text:
            text = self._ordered(text)
        above, self._above = self._above, text if "  " in text else ""
        names = _header(text) or _indexed(above, text) or _stacked(above, text)
        if names:
            if names != self._names:
                self._names, self._splits, self._seen = names, _splits(names), {}
                self._rows = TableRows(_is_value)
            self._others = 0
            return ()
        if not self._names or self._others > _BETWEEN:
            return None
        if _RULE.match(text):
            return ()
        row = _row(text, self._names)
        if row is None:
            self._others += bool(text.strip())
            return None
        self._others = 0
        events, cells = list(self._values(*row, line.time)), _cells(text)
        if len(events) == len(row[1]) + 1 and len(cells) == len(self._names):
            self._rows.look(text, dict(zip(self._names, cells, strict=True)), len(row[0]), row[1])
        return events

    def leaves(self, text: str) -> bool:
        """Whether lines such as this one are no rows."""
        heads = _INDEX.match(text) or _header(text) or _stacked(self._above, text) or (" | " in text and _order(text))
        return not heads and (not self._names or self._others > _BETWEEN)

    def ahead(self, text: str, start: int, stop: int) -> int:
        """Until where rows follow that are as the one before but for their numbers."""
        return self._rows.ahead(text, start, stop)

    def at_once(self, text: str, start: int, end: int) -> Iterable[Event] | None:
        """Events of these rows; ``None`` where one stands no further than the one before it."""
        told = self._rows.columns(text, start, end)
        if told is None:
            return None
        counts, values = told
        n = len(counts[0])
        named = [(name.lower() in _STEPS, column) for name, column in zip(self._names, counts, strict=False)]
        shown = next(([float(count) for count in column] for steps, column in named if not steps), None)
        step = next((column for steps, column in named if steps), [])
        places = list(zip(shown or repeat(0.0, n), step or repeat(math.inf, n), strict=True))
        if not rises([next(reversed(self._seen)), *places]):
            return None
        self._seen.update(zip(places, by_row(values), strict=True))
        epochs = [count + self._offset for count in shown] if shown else [math.nan] * n
        return self._columns(values, epochs, step)

    def _columns(self, values: Columns, epochs: list[float], steps: list[int]) -> Iterator[Event]:
        for label, (column, rounding, unit) in values.items():
            metric, split = identify(label).metric, self._splits[label]
            yield from self._percents.scaled(Steps(metric, split, column, epochs, steps, label, unit, rounding))
        epoch = epochs[-1]
        yield Reached(None if math.isnan(epoch) else epoch, steps[-1] if steps else None)

    def close(self) -> Iterable[Event]:
        """Nothing is held back."""
        return ()

    def _ordered(self, text: str) -> str:
        """The row with its counters first, where they stand behind other columns."""
        self._order = _order(text) or ([] if _HEADER.match(text) else self._order)
        cells = _cells(text) if self._order else []
        return " | ".join(cells[i] for i in self._order) if self._order and len(cells) == len(self._order) else text

    def _values(self, counts: dict[str, float], row: Cells, planned: int, time: float | None) -> Iterator[Event]:
        shown = next((count for name, count in counts.items() if name.lower() not in _STEPS), None)
        step = next((int(count) for name, count in counts.items() if name.lower() in _STEPS), None)
        place = (0.0 if shown is None else shown, math.inf if step is None else step)
        if self._seen.get(place) == row:
            return  # the whole table was printed again
        if not self._seen or place <= next(reversed(self._seen)):  # the last is the greatest
            self._offset = 1 if shown == 0 else 0
            self._percents, self._seen, self._planned = Percents(), {}, 0
            yield Begin("loop")
            yield Learned(facts_from({"loss_is": "unknown"}, "log"))
        self._seen[place] = row
        if planned > self._planned:
            self._planned = planned
            yield Learned(facts_from({"epochs": planned + self._offset}, "log"))
        epoch = None if shown is None else shown + self._offset
        for label, (value, rounding, percent) in row.items():
            metric, split = identify(label).metric, self._splits[label]
            unit = "%" if percent else ""
            yield from self._percents.scaled(Record(metric, split, value, epoch, step, label, unit, rounding, time))
        yield Reached(epoch, step)


def _header(text: str) -> list[str]:
    """The names of the columns; empty where this is no header of a training's table."""
    if not _HEADER.match(text):
        return []
    bare = without_prefix(text).strip()
    bare = bare.removeprefix("#").strip()
    names = _cells(bare)
    if not re.search(rf"[{_LINES},;]", bare) and len(wide := re.split(r"\t+|\s{2,}", bare)) > 1:
        names = wide  # ``Step<tab>Training Loss<tab>Validation Loss``
    if names[:2] == ["E", "#"]:  # spaCy
        names[0] = "epoch"
    return _checked(names)


def _order(text: str) -> list[int]:
    """Where each column of a header belongs, the counters first: model cards write ``Training Loss | Epoch | Step``."""
    cells = [cell.lower() for cell in _cells(text)]
    if cells[0] in _COUNTERS or not {"epoch", "step"} & {*cells} or not is_measure(identify(cells[0]).metric):
        return []
    return sorted(range(len(cells)), key=lambda i: ("epoch", "step", cells[i]).index(cells[i]))


def _indexed(above: str, text: str) -> list[str]:
    """The columns of a printed DataFrame whose index is the epoch."""
    return _checked([text.strip(), *above.split()]) if _INDEX.match(text) else []


def _stacked(above: str, text: str) -> list[str]:
    """The columns of a header of two lines: MATLAB writes ``Loss`` below ``Mini-batch``."""
    if not above or text.lstrip()[:1] not in _LINES or not _HEADER.match(above):
        return []
    first, second = _cells(above), _cells(text)
    if len(first) != len(second) or second[0]:
        return []
    return _checked([f"{name} {more}".strip() for name, more in zip(first, second, strict=True)])


def _checked(names: list[str]) -> list[str]:
    if len(names) < 2 or names[0].lower() not in _COUNTERS or len(set(names)) < len(names):
        return []
    if not all(re.match(r"[A-Za-z_#]", name) for name in names):
        return []
    named = [identify(name) for name in names[1:]]
    if names[0].lower() in _STEPS and names[1].lower() not in _EPOCHS:  # solvers print tables of iterations as well
        return names if any(is_measure(n.metric) and n.split for n in named) else []
    return names if any(is_measure(n.metric) for n in named) else []


def _splits(names: list[str]) -> dict[str, str]:
    """The split of each column. Where training and validation are named, what follows validation belongs to it."""
    # skorch's own column; its scorers measure the validation data, and stand in the order of the alphabet.
    splits, carried = {}, "val" if "dur" in names else "train"
    named = {name: identify(name) for name in names}
    both = {n.split for n in named.values()} >= {"train", "val"}
    taken = {(n.metric, n.split) for n in named.values()}
    for name, n in named.items():
        carried = (n.split or carried) if both else carried
        splits[name] = n.split or ("train" if (n.metric, carried) in taken or n.metric == "learning_rate" else carried)
    return splits


def _cells(text: str) -> list[str]:
    if any(line in text for line in _LINES):
        return [cell.strip() for cell in re.split(f"[{_LINES}]", text.strip().strip(_LINES))]
    if "," in text or ";" in text:
        return [cell.strip() for cell in re.split(r"[,;]", text.strip())]
    return re.split(r" *\t\s*", text.strip()) if "\t" in text else text.split()


@functools.cache
def _is_value(name: str) -> bool:
    """Whether a number in the column of this name is one of the training."""
    metric = identify(name).metric
    return metric == "learning_rate" or (is_measure(metric) and not is_setting(metric))


def _row(text: str, names: list[str]) -> tuple[dict[str, float], Cells, int] | None:
    """The counters and numbers of a row by their column, and how many epochs are planned; no times, marks and words."""
    if bar := _BAR.search(text):
        text = text[: bar.start()].rpartition(":")[0]  # YOLO draws its bar behind the row
    cells = _cells(text)
    marks = [name for name in names if name in ("cp", "")]  # skorch's checkpoint mark is blank where there was none
    indexed = len(cells) == len(names) + 1 and cells[0].isdecimal() and cells == text.split()
    if indexed:
        cells = cells[1:]  # a printed DataFrame's index
    elif len(cells) == len(names) - len(marks):
        names = [name for name in names if name not in marks]
    if len(cells) != len(names):
        return None
    count = _COUNT.match(cells[0]) or (_PART.match(cells[0]) if names[0].lower() == "epoch" else None)
    if count is None:
        return None
    counts, row = {names[0]: float(count[1])}, {}
    if names[1].lower() in _COUNTERS and (step := _COUNT.match(cells[1])):
        counts[names[1]] = float(step[1])
    for name, cell in zip(names[1:], cells[1:], strict=True):
        found = _CELL.match(cell)
        if found and _is_value(name):
            value = number(found[1], bool(found[2]))
            if not (indexed and math.isnan(value[0])):  # there, NaN is what was not measured
                row[name] = (*value, bool(found[2]))
    return (counts, row, int(count[2] or 0)) if row else None


TABLE = Framework("table", reader=TableReader)
