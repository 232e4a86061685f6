"""Keras' progress text, of all its eras: lines go in, the epochs' values and what the text tells of the run go out."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence

from nbdiag.capture.lines import Line
from nbdiag.capture.pairs import NUMBER, number, numbers, of_other_rank
from nbdiag.capture.rows import Rows, rises
from nbdiag.events import Begin, Event, Learned, Reached, Record, Steps
from nbdiag.facts import facts_from
from nbdiag.frameworks.keras.progbars import Progbars
from nbdiag.frameworks.keras.rows import epochs
from nbdiag.metrics import identify

_TRAIN_ON = re.compile(r"Train on (\d+) (samples|steps)(?:, [Vv]alidate on (\d+) (samples|steps))?")
_EPOCH = re.compile(r"(?<![\w.])[Ee]poch (\d+)/(\d+)(?!\d)")
_BAR = re.compile(
    r"(?<![\w./])(\d+)/(\d+|Unknown|\?) (?:"
    r"(\[[=>.]*\])"  # Keras 1 and 2, verbose=1
    r"|([━─]{2,})"  # Keras 3, verbose=1, colours gone
    r"|(?=\d+m?s(?: \d+[mun]?s/(?:step|epoch))? ))"  # an unknown number of steps: no bar
    r"|(?<![\w./])(\d+)/(\d+|Unknown) - (?=\d+s\b)"  # verbose=2 since tf.keras
    r"|(?<=\d)(\d{1,9})/\7 (?=\[=+\])"  # the last refresh, where each is glued to the one before
)
_BAR_NOW = re.compile(r"\s{0,12}(\d+)/(\d+|Unknown|\?) (?:\[[=>.]*\]|[━─]{2}|\d+m?s )")
_BARE = re.compile(
    r"\s{0,4}(?:- )?(?=\d+s(?: \d+[mun]?s/(?:step|sample))? - [\w/@. ]{1,60}: )"
)  # verbose=2 of Keras 1 and 2
_MESSAGE = re.compile(
    r"\s*(?:Epoch \d+: (?:early stopping|ReduceLROnPlateau|LearningRateScheduler|\S+ (?:improved from|did not improve)|"
    r"saving model|finished saving|[Tt]erminat)|Restoring model weights|Restoring model state)"
)
_MAYBE = re.compile(r"[Ee]poch \d|/\d+ [\[━─\d-]|/Unknown |Train on \d|\ds (?:\d+\w{1,2}/\w{4,6} )?- |Restoring")
_TIME = re.compile(r"(\d+)(ms|us|ns|s)/(step|sample)")
_VALUE = re.compile(rf"\s?({NUMBER})(?=\s|$|Epoch|,|\.(?:\s|$))")
_CLEAN_END = re.compile(rf": {NUMBER}\s*\Z")
_NAME = re.compile(r"[^\W\d][\w@./\- ]{0,60}\Z")
_PADDLE = re.compile(r"step {1,8}\Z")  # its bars say what they count
_SECONDS = {"s": 1.0, "ms": 1e-3, "us": 1e-6, "ns": 1e-9}
_NO_SAMPLE_TAKES = 1.0
"""Seconds for one unit of the bar from which on the unit must be a step: no single sample trains for so long."""


class KerasReader:
    """Reads the progress text of ``fit``; the bars of ``evaluate`` and ``predict`` are no epochs."""

    group = 2
    """A header, which others may read, and the epoch's line."""

    def __init__(self) -> None:
        self._open: int | None = None  # the epoch whose header came
        self._planned: int | None = None
        self._done: int | None = None  # the last epoch that has values
        self._had_val = False
        self._new_run = True  # the next values belong to a new run
        self._facts: dict[str, object] = {}
        self._told: dict[str, object] = {}
        self._first_shown: int | None = None  # the first count a bar of this epoch showed
        self._own = Progbars()
        self._tokens: list[str] = []  # the values as the last line showed them
        self._units: int | None = None  # and how much its bar counted
        self._learns = False  # whether how long its batches took tells what that line counts
        self._rows: Rows | None = None  # headers and lines as the last ones
        self._before: list[Record] = []  # what the line before said, where it did nothing but to go on in that form

    def read(self, line: Line) -> Iterable[Event] | None:
        """Events of this line; ``None`` where it is none of Keras' progress lines."""
        text, self._before = line.text, []
        if not line.final:
            return self._rewritten(text)
        if not _MAYBE.search(text):
            return None
        if text.lstrip()[:1] in "[(rR" and of_other_rank(text):
            return ()
        events: list[Event] = []
        mine = False
        for kind, match, tail in _pieces(text):
            if kind is _TRAIN_ON:
                self._train_on(match)
                mine = True
            elif kind is _EPOCH:
                self._header(int(match[1]), int(match[2]))
            elif (own := self._loop_bar(match, tail, line.time)) is not None:
                mine = True
                events += own
            else:
                mine = True
                events += self._bar(match, tail, line.time)
        if not mine and self._open is not None and (bare := _BARE.match(text)) and "/" not in text[: bare.end()]:
            mine = True
            events += self._values(text[bare.end() :], None, None, line.time)
        if mine and not self._learns:
            self._before = self._gone_on(text, events)
        if mine or _MESSAGE.match(text):
            return events
        return None

    def leaves(self, text: str) -> bool:
        """Whether lines such as this one are none of Keras': at most they hold what its headers hold."""
        if not _MAYBE.search(text):
            return True
        headers = self._done is None and all(kind is _EPOCH for kind, _, _ in _pieces(text))
        return headers and not _BARE.match(text) and not _MESSAGE.match(text)

    def ahead(self, text: str, start: int, stop: int) -> int:
        """Until where epochs follow that are as the one before but for their numbers."""
        return self._rows.until(text, start, stop) if self._before and self._rows else start

    def at_once(self, text: str, start: int, end: int) -> Iterable[Event] | None:
        """Events of these epochs; ``None`` where one is no later than the one before it, or than the last that is planned."""
        columns = self._rows.columns(text, start, end) if self._rows else None
        if columns is None or self._rows is None or self._done is None:
            return None
        counts, left = [int(token) for token in columns[0]], int(self._rows.first(text, end)[0])
        if not rises([self._done, *counts, left, (self._planned or 0) + 1]):
            return None  # others who read the headers do not see all of them
        told = []
        for record, tokens in zip(self._before, columns[1:], strict=True):
            values, rounding = numbers(tokens)
            told.append(Steps(record.metric, record.split, values, counts, (), record.label, "", rounding))
        return [*told, Reached(counts[-1])]

    def _gone_on(self, text: str, events: Sequence[Event]) -> list[Record]:
        records = [event for event in events if isinstance(event, Record)]
        if self._planned is None or not records or len(events) != len(records) + 1:
            return []
        whole, shown = f"Epoch {self._done}/{self._planned}\n{text}", (str(self._done), *self._tokens)
        if self._rows is None or self._rows.numbers(whole) != shown:
            lead = text.partition(f" - {records[0].label}: ")[0]
            self._rows = epochs(lead, [record.label for record in records], self._planned)
        return records if self._rows.numbers(whole) == shown else []

    def close(self) -> Iterable[Event]:
        """Nothing is held back: an epoch without its last line has no value."""
        return ()

    def _rewritten(self, text: str) -> Iterable[Event] | None:
        bar = _BAR_NOW.match(text)
        if bar is None:
            return None
        done, total = bar[1], bar[2]
        if self._first_shown is None:
            self._first_shown = int(done)
        if self._open is None or self._open == self._done or not total.isdecimal():
            return ()
        epoch = self._open - 1 + int(done) / max(1, int(total))
        return (Reached(epoch, int(done), int(total)),) if not self._new_run else ()

    def _train_on(self, found: re.Match[str]) -> None:
        self._start_over()
        if found[2] == "samples":
            self._facts["n_train"] = int(found[1])
        else:
            self._facts["steps_per_epoch"] = int(found[1])
        if found[4] == "samples":
            self._facts["n_val"] = int(found[3])

    def _header(self, epoch: int, planned: int) -> None:
        if self._done is not None and (epoch <= self._done or planned < epoch):
            self._start_over()
        self._open, self._planned, self._had_val, self._first_shown = epoch, planned, False, None

    def _start_over(self) -> None:
        self._open = self._planned = self._done = self._first_shown = None
        self._had_val, self._new_run = False, True
        self._facts, self._told = {}, {}

    def _loop_bar(self, bar: re.Match[str], tail: str, time: float | None) -> list[Event] | None:
        alone = self._open is None and self._planned is None
        full = alone and bar[1] == bar[2] and (bar[3] or bar[4]) and "ETA:" not in tail
        return self._own.take(list(_metrics(tail)), time) if full else None

    def _bar(self, bar: re.Match[str], tail: str, time: float | None) -> Iterable[Event]:
        done, total = int(bar[1] or bar[5] or bar[7]), bar[2] or bar[6] or bar[7]
        if self._first_shown is None:
            self._first_shown = done
        style = "3" if bar[4] else "plain" if bar[5] else "2"
        whole = total.isdecimal() and done == int(total)
        if not whole and total.isdecimal() and "val_" not in tail:
            return ()  # interrupted, or broken by another line
        if not whole and ("ETA:" in tail or not _CLEAN_END.search(tail)):
            return ()  # still going on when another stream's text broke in
        return self._values(tail, done if whole else None, style, time)

    def _values(self, tail: str, units: int | None, style: str | None, time: float | None) -> Iterator[Event]:
        found = list(_metrics(tail))
        has_val = any(name.startswith("val_") for name, _ in found)
        if self._open is None and has_val and self._planned is None:
            self._header(1, 1)  # since tf.keras, fit(epochs=1) prints no header; evaluate never shows val_
        if self._open is None or not found:
            return
        if self._done == self._open and (self._had_val or not has_val or self._another(found, units)):
            if not has_val or (self._planned or 1) > self._open or [token for _, token in found] == self._tokens:
                return  # evaluate() after the epoch, or its line once more
            self._start_over()
            self._header(1, 1)
        epoch = self._open or 1
        if self._new_run:
            yield Begin("keras")
            self._new_run = False
        self._learn(tail, units, style)
        if self._facts != self._told:
            self._told = dict(self._facts)
            yield Learned(facts_from(self._facts, "log"))
        self._tokens, self._units, self._learns = [token for _, token in found], units, style == "2"
        for name, token in found:
            named = identify(name)
            value, rounding = number(token)
            yield Record(named.metric, named.split or "train", value, epoch, label=name, rounding=rounding, time=time)
        yield Reached(epoch)
        self._done, self._had_val = epoch, has_val

    def _another(self, found: Sequence[tuple[str, str]], units: int | None) -> bool:
        """Whether the last epoch's bar is followed by a fit of one epoch, not by its own end with validation values."""
        own = units in (None, self._units) or dict(found).get("val_loss") in self._tokens  # those had a bar before it
        return self._planned == self._done and not own

    def _learn(self, tail: str, units: int | None, style: str | None) -> None:
        """What a finished bar tells: how many epochs are planned, whether it counted steps or samples."""
        self._facts |= {"framework": "keras", "loss_is": "epoch-mean", "epochs": self._planned}
        if units is None or units == self._facts.get("n_train"):
            return
        speed = _TIME.search(tail)
        seconds = int(speed[1]) * _SECONDS[speed[2]] if speed else 0.0
        if speed and speed[3] == "sample":
            self._facts["n_train"] = units
        elif (
            style == "3"
            or (style == "plain" and speed)
            or self._first_shown == 1 < units
            or seconds >= _NO_SAMPLE_TAKES
        ):
            # Keras up to 2.3 counts samples in a bar and calls them steps: its first refresh shows the batch size.
            self._facts["steps_per_epoch"] = units


def _pieces(text: str) -> Iterator[tuple[re.Pattern[str], re.Match[str], str]]:
    """The headers and bars of a line, each with the text up to the next: pasted logs have all epochs on one line."""
    found = [
        *((_TRAIN_ON, m) for m in _TRAIN_ON.finditer(text)),
        *((_EPOCH, m) for m in _EPOCH.finditer(text)),
        *((_BAR, m) for m in _BAR.finditer(text) if not _PADDLE.search(text, max(0, m.start() - 12), m.start())),
    ]
    found.sort(key=lambda piece: piece[1].start())
    for i, (kind, match) in enumerate(found):
        stop = found[i + 1][1].start() if i + 1 < len(found) else len(text)
        yield kind, match, text[match.end() : stop]


def _metrics(tail: str) -> Iterator[tuple[str, str]]:
    """Names and printed values of ``- 26s 212us/step - loss: 0.1229 - acc: 0.0207``."""
    for segment in re.split(r"\s- ", " " + tail):
        name, colon, rest = segment.partition(": ")
        name = name.strip()
        if not colon or name == "ETA":
            continue
        value = _VALUE.match(rest)
        if value is None or not _NAME.match(name):
            return
        yield name, value[1]
        if rest[value.end() :].strip():
            return  # something else follows: a message, or the text around a pasted log
