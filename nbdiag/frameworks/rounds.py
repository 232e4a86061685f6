"""Boosters' and solvers' text, one line for each round: a parsed round goes in, a run's events come out."""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Callable, Iterable, Sequence

from nbdiag.capture.lines import Line
from nbdiag.capture.pairs import number, numbers
from nbdiag.capture.rows import COUNT, VALUE, Rows, rises
from nbdiag.events import Begin, Event, Learned, Reached, Record, Steps
from nbdiag.facts import facts_from

_TRAIN = re.compile(r"d?(?:train|training|learn)(?:_?set|_?data)?\Z|x_train", re.IGNORECASE)
_EVAL = re.compile(r"d?(?:eval|evals|evaluation|valid|val|validation)(?:_?set|_?data)?\Z|x_val(?:id)?", re.IGNORECASE)
_TEST = re.compile(r"d?(?:test|testing|holdout)(?:_?set|_?data)?\Z|x_test", re.IGNORECASE)
_NUMBERED = re.compile(r"(?:validation|valid|eval)_(\d+)\Z", re.IGNORECASE)
INDENT = r"\s{0,40}"
"""What stands before a round where its text is shown in a block: by a forum, or by a notebook turned into Markdown."""


@dataclasses.dataclass(frozen=True, slots=True)
class Round:
    """One line: the round, counted from 1, and for each value its label, split, metric and printed number."""

    number: int
    values: Sequence[tuple[str, str, str, str]]
    planned: int | None = None


@dataclasses.dataclass(frozen=True, slots=True)
class RoundForm:
    """How a framework prints its rounds, in patterns: what stands around the round, before (its label for ``{}``) and behind each value."""

    before: str
    after: str
    label: str
    behind: str = ""
    end: str = ""

    def rows(self, labels: Sequence[str]) -> Rows:
        """Lines with these labels."""
        parts = [self.before, COUNT, self.after]
        for label in labels:
            parts[-1] += self.label.format(re.escape(label))
            parts += [VALUE, self.behind]
        parts[-1] += self.end
        return Rows(parts)


class RoundReader:
    """Reads one framework's rounds; a round that falls back starts a new run, unless it is told as the best one.

    Rounds in lines of this ``form`` are read many at once.
    """

    group = 1

    def __init__(self, framework: str, parse: Callable[[str], Round | None], form: RoundForm | None = None) -> None:
        self._framework, self._parse, self._form = framework, parse, form
        self._rows: tuple[Sequence[str], Rows] | None = None  # the last labels, and lines of them
        self._before: Round | None = None  # the line before, where it only went on in that form
        self._offset = 0  # from the printed number to the one that counts from 1
        self._last: int | None = None
        self._labels: set[str] = set()  # what the last round has told
        self._best_follows = False
        self._planned: int | None = None

    def read(self, line: Line) -> Iterable[Event] | None:
        """Events of this line; ``None`` where it is no round."""
        self._before = None
        found = self._parse(line.text) if line.final else None
        if found is None:
            self._best_follows = _best_follows(line.text)
            return None
        if self._best_follows:
            self._best_follows = False
            return ()
        events: list[Event] = []
        labels = {label for label, _, _, _ in found.values}
        more = found.number == self._last and not labels & self._labels  # a line for each value
        if self._last is None or (found.number <= self._last and not more):
            self._planned = None
            events.append(Begin(self._framework, facts=facts_from({"framework": self._framework}, "log")))
        if found.planned and found.planned != self._planned:
            self._planned = found.planned
            events.append(Learned(facts_from({"epochs": found.planned}, "log")))
        if not events and not more and self._goes_on(found, line.text):
            self._before = found
        self._last, self._labels = found.number, labels | self._labels if more else labels
        for label, split, metric, token in found.values:
            value, rounding = number(token)
            events.append(Record(metric, split, value, found.number, None, label, "", rounding, line.time))
        events.append(Reached(found.number))
        return events

    def ahead(self, text: str, start: int, stop: int) -> int:
        """Until where rounds follow that are as the one before but for their numbers."""
        return self._rows[1].until(text, start, stop) if self._before and self._rows else start

    def at_once(self, text: str, start: int, end: int) -> Iterable[Event] | None:
        """Events of these rounds; ``None`` where one is no later than the one before it."""
        columns = self._rows[1].columns(text, start, end) if self._rows else None
        if self._before is None or columns is None:
            return None
        counts = [int(token) + self._offset for token in columns[0]]
        if not rises([self._before.number, *counts]):
            return None
        self._last = counts[-1]
        told = [numbers(tokens) for tokens in columns[1:]]
        return [
            *(
                Steps(metric, split, values, counts, (), label, "", rounding)
                for (label, split, metric, _), (values, rounding) in zip(self._before.values, told, strict=True)
            ),
            Reached(counts[-1]),
        ]

    def _goes_on(self, found: Round, text: str) -> bool:
        """Whether this round stands in a line as the framework prints them."""
        labels = [label for label, _, _, _ in found.values]
        if self._form and (self._rows is None or self._rows[0] != labels):
            self._rows = labels, self._form.rows(labels)
        shown = self._rows[1].numbers(text) if self._rows else None
        if shown is None or [*shown[1:]] != [token for _, _, _, token in found.values]:
            return False
        self._offset = found.number - int(shown[0])
        return True

    def leaves(self, text: str) -> bool:
        """Whether lines such as this one are no rounds."""
        return not self._best_follows and self._parse(text) is None and not _best_follows(text)

    def close(self) -> Iterable[Event]:
        """Nothing is held back."""
        return ()


def is_set(name: str) -> bool:
    """Whether an evaluation set's name tells its split."""
    return any(pattern.match(name) for pattern in (_TRAIN, _EVAL, _TEST, _NUMBERED))


def _best_follows(text: str) -> bool:
    """Whether the best round is printed next, once more."""
    return "est iteration" in text and text.rstrip().endswith(":")


def evaluation_splits(names: Sequence[str]) -> dict[str, str]:
    """The split of each evaluation set of one run, by the name the text shows.

    Numbered sets have no names of their own: of several, the first is taken for the training data and the last for
    the validation data, as ``eval_set=[(X_train, y_train), (X_val, y_val)]`` is written.
    """
    names = list(dict.fromkeys(names))
    splits = {}
    numbered = [name for name in names if _NUMBERED.fullmatch(name)]
    for name in names:
        if _TRAIN.match(name):
            splits[name] = "train"
        elif _EVAL.match(name):
            splits[name] = "val"
        elif _TEST.match(name):
            splits[name] = "test"
        elif name == numbered[-1] if numbered else False:
            splits[name] = "val"
        elif numbered and name == numbered[0] and not any(_TRAIN.match(n) for n in names):
            splits[name] = "train"
        else:
            splits[name] = name
    return splits
