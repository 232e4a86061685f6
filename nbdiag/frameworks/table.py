"""Tables that grow by a row for each epoch (fastai, skorch, hand-written): lines go in, the columns' values go out."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from nbdiag.capture.lines import Line
from nbdiag.capture.pairs import NUMBER, number, without_prefix
from nbdiag.events import Begin, Event, Learned, Reached, Record
from nbdiag.facts import facts_from
from nbdiag.frameworks.base import Framework
from nbdiag.frameworks.measures import is_measure
from nbdiag.frameworks.percent import Percents
from nbdiag.metrics import identify, is_setting

_COUNTERS = {"epoch", "epochs", "ep", "iter", "iteration", "round", "step"}
_STEPS = {"iter", "iteration", "step"}
_HEADER = re.compile(r"[\s|+#]{0,20}(?:epochs?|ep|iter|iteration|round|step)[\s|,;]{1,40}[A-Za-z_]", re.IGNORECASE)
_CELL = re.compile(rf"({NUMBER})(%?)\Z")
_RULE = re.compile(r"[\s|+=:\-─━┼│┤├╪╬]+\Z")
_LONGEST = 2000  # a row of a table people read


class TableReader:
    """Reads rows below a header that names a counter and a known metric."""

    def __init__(self) -> None:
        self._names: list[str] = []
        self._splits: dict[str, str] = {}
        self._last: float | None = None
        self._offset = 0
        self._percents = Percents()

    def read(self, line: Line) -> Iterable[Event] | None:
        """Events of this line; ``None`` where it is no row."""
        text = line.text
        if not line.final or len(text) > _LONGEST:
            return None
        if _HEADER.match(text) and (names := _header(text)):
            self._names, self._splits, self._last = names, _splits(names), None
            return ()
        if not self._names:
            return None
        if _RULE.match(text):
            return ()
        row = _row(text, self._names)
        if row is None:
            if text.strip():
                self._names = []
            return None
        return list(self._values(row, line.time))

    def close(self) -> Iterable[Event]:
        """Nothing is held back."""
        return ()

    def _values(self, row: dict[str, tuple[float, float, bool]], time: float | None) -> Iterator[Event]:
        counter = self._names[0]
        shown = row.pop(counter)[0]
        if self._last is None or shown <= self._last:
            self._offset = 1 if shown == 0 and counter.lower() not in _STEPS else 0
            self._percents = Percents()
            yield Begin("loop")
            yield Learned(facts_from({"loss_is": "unknown"}, "log"))
        self._last = shown
        is_step = counter.lower() in _STEPS
        epoch = None if is_step else shown + self._offset
        for label, (value, rounding, percent) in row.items():
            named = identify(label)
            yield from self._percents.scaled(
                Record(
                    named.metric, self._splits[label], value, epoch, int(shown) if is_step else None, label,
                    "%" if percent else "", rounding, time,
                )
            )  # fmt: skip
        yield Reached(epoch, int(shown) if is_step else None)


def _header(text: str) -> list[str]:
    """The names of the columns; empty where this is no header of a training's table."""
    bare = without_prefix(text).strip()
    names = _cells(bare)
    if not re.search(r"[|│,;]", bare) and len(wide := re.split(r"\t+|\s{2,}", bare)) > 1:
        names = wide  # ``Step<tab>Training Loss<tab>Validation Loss``
    if len(names) < 2 or names[0].lower() not in _COUNTERS or len(set(names)) < len(names):
        return []
    if not all(re.match(r"[A-Za-z_]", name) for name in names):
        return []
    named = [identify(name) for name in names[1:]]
    if names[0].lower() in _STEPS:  # solvers print tables of iterations as well
        return names if any(n.metric == "loss" and n.split for n in named) else []
    return names if any(is_measure(n.metric) for n in named) else []


def _splits(names: list[str]) -> dict[str, str]:
    """The split of each column. Where training and validation are named, what follows validation belongs to it."""
    splits, carried = {}, "train"
    named = {name: identify(name) for name in names}
    both = {n.split for n in named.values()} >= {"train", "val"}
    taken = {(n.metric, n.split) for n in named.values()}
    for name, n in named.items():
        carried = (n.split or carried) if both else "train"
        splits[name] = n.split or ("train" if (n.metric, carried) in taken or n.metric == "learning_rate" else carried)
    return splits


def _cells(text: str) -> list[str]:
    if "|" in text or "│" in text:
        return [cell.strip() for cell in re.split(r"[|│]", text.strip().strip("|│"))]
    if "," in text or ";" in text:
        return [cell.strip() for cell in re.split(r"[,;]", text.strip())]
    return text.split()


def _row(text: str, names: list[str]) -> dict[str, tuple[float, float, bool]] | None:
    """The numbers of a row by their column; columns of times, marks and words are left out."""
    cells = _cells(text)
    marks = [name for name in names if name in ("cp", "")]  # skorch's checkpoint mark is blank where there was none
    if len(cells) == len(names) - len(marks):
        names = [name for name in names if name not in marks]
    if len(cells) != len(names) or not cells[0].isdecimal():
        return None
    row = {}
    for name, cell in zip(names, cells, strict=True):
        named = identify(name)
        found = _CELL.match(cell)
        wanted = name == names[0] or is_measure(named.metric) or named.metric == "learning_rate"
        if found and wanted and (name == names[0] or not is_setting(named.metric) or named.metric == "learning_rate"):
            row[name] = (*number(found[1], bool(found[2])), bool(found[2]))
    return row if len(row) > 1 else None


TABLE = Framework("table", reader=TableReader)
