"""Chunks of text and events go in, in the order they happened; runs come out. For one thread."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import cast

from nbdiag import frameworks
from nbdiag.again import Again
from nbdiag.beneath import Beneath
from nbdiag.capture import html_table
from nbdiag.capture.lines import Line, LineDecoder, fewer
from nbdiag.events import Begin, Displayed, End, Event, Learned, Reached, Record, Sampled, Shown, Status, Steps, Traced
from nbdiag.frameworks.base import Following, Leaving, Reader
from nbdiag.frameworks.handwritten.pattern import pattern_reader
from nbdiag.run import Run

AGAIN = 8
"""Into how many parts lines are divided that cannot be read at once: behind each, those that are left are looked at anew."""


class Collector:
    """Collects the runs of one watched block.

    ``chunk`` takes what was written to a stream, ``event`` what a hook reports, ``close`` ends it. ``runs`` are those
    with at least one value, in the order they began; ``current`` is the one that last got something, also while it has
    no value yet. While a hook reports a run, the text's copy of its values is not counted. Raises ``ConfigError`` for
    a ``pattern`` that cannot be used.
    """

    def __init__(self, pattern: str | None = None) -> None:
        self.runs: list[Run] = []
        self._beneath = Beneath(self.runs)
        self.current: Run | None = None
        self.closed = False
        self._make: list[Callable[[], Reader]] = [f.reader for f in frameworks.known() if f.reader]
        if pattern:
            self._make.insert(0, pattern_reader(pattern))
        self._decoders: dict[str, LineDecoder] = {}
        self._hooked: Run | None = None  # the run hooks report
        self._reported: Run | None = None  # the last of them, also when it is over
        self._exact: Run | None = None  # the same, where its values make the text's needless
        self._complete = True  # and, with it, what is traced beneath
        self._time: float | None = None
        self._cleared = False  # a notebook's output was: what comes now may repeat what was there
        self._fresh_text()

    def chunk(self, stream: str, text: str, time: float | None = None) -> None:
        """``text`` was written to ``stream`` at ``time``, in seconds since the watch began."""
        self._time = time
        if self._exact is not None:
            return
        decoder = self._decoders.get(stream)
        if decoder is None:
            decoder = self._decoders[stream] = LineDecoder()
        decoder.time = time
        text, start = fewer(text), 0
        if self._following and not (stop := decoder.plain(text, 0)) and (start := text.find("\n") + 1):
            self._lines(decoder.decode(text[:start]))  # the end of a line that was begun before
            stop = decoder.plain(text, start)
        if self._following and stop > start:
            self._plain_lines(text, start, stop)
            decoder.passed(text, start, stop)
            start = stop
        self._lines(decoder.decode(text[start:]))

    def event(self, event: Event, time: float | None = None) -> None:
        """A hook reports ``event`` at ``time``."""
        self._time = time
        if isinstance(event, Traced):
            self._beneath.take(event, exact=self._exact is not None and self._complete, time=time)
        elif isinstance(event, Displayed):
            self._cleared = self._cleared or event.again
            if text := html_table.lines(event.html) if event.html else event.text:
                self.chunk("display", text.rstrip("\n") + "\n", time)
        elif isinstance(event, Shown):
            if self._exact is None:
                self._lines([Line(event.text, time=time, exact=True)])
        elif isinstance(event, Begin):
            if self._exact is not None:
                self._end(self._exact, "finished")
            elif event.exact:
                self._end_text("finished")
            run = self._resumed(event) if event.continues else self._begin(event)
            self._hooked, self._exact, self._complete = run, run if event.exact else None, event.complete
            self._reported = run
        elif isinstance(event, End):
            if self._hooked is not None:
                self._end(self._hooked, event.status)
            self._hooked = self._exact = None
            self._fresh_text()
        else:
            if self._hooked is None:
                self._hooked = self._begin(Begin(""))
            self._take(self._hooked, event)

    def close(self, status: Status = "finished") -> None:
        """The block ended: lines without a newline are read, unless they were broken off."""
        if self.closed:
            return
        self.closed = True
        self._end_text(status)
        for run in self.runs:
            if run.status == "running":
                self._end(run, status)

    def _plain_lines(self, text: str, start: int, stop: int) -> None:
        """Read the lines of a part of ``text``, many of one form at once."""
        singly = start  # until where lines are read one by one
        while start < stop:
            if start >= singly:
                singly, told = self._at_once(text, start, stop)
                if told:
                    start = singly
                    continue
            end = text.index("\n", start)
            self._lines([Line(text[start:end], time=self._time)])
            start = end + 1

    def _at_once(self, text: str, start: int, stop: int) -> tuple[int, bool]:
        """Until where lines follow that are like those before, and whether they were read; if not, when to try again."""
        if self._cleared or self._again:  # a repetition is told from what is new value by value
            return start, False
        for i, reader in self._following:
            end = reader.ahead(text, start, stop)
            if end > start:
                *others, own = text[start:end].split("\n", reader.group)[: reader.group]
                before, behind = self._leaving[:i], self._leaving[i + 1 :]
                left = all(each.leaves(own) for each in before) and all(
                    each.leaves(line) for line in others for each in (*before, *behind)
                )
                events = reader.at_once(text, start, end) if left else None
                if events is None:
                    return start + (end - start) // AGAIN, False
                self._events(i, events)
                return end, True
        return start, False

    def _lines(self, lines: Iterable[Line]) -> None:
        readers = self._readers
        for line in lines:
            for i, reader in enumerate(readers):
                events = reader.read(line)
                if events is not None:
                    if events:
                        self._events(i, events)
                    break

    def _end_text(self, status: Status) -> None:
        """No more follows what was printed so far."""
        for decoder in self._decoders.values():
            lines = decoder.flush()
            self._lines(lines if status == "finished" else [])
        for i, reader in enumerate(self._readers):
            self._events(i, reader.close())
        for run in self._text_runs.values():
            if run.status == "running":
                self._end(run, status)
        self._fresh_text()

    def _events(self, reader: int, events: Iterable[Event]) -> None:
        for event in events:
            if isinstance(event, Begin):
                known = self._text_runs.get(reader)
                if self._cleared and known is not None and len(known):
                    self._again[reader], self._cleared = Again(known, event), False
                    continue
                if reader in self._text_runs:
                    self._end(self._text_runs[reader], "finished")
                self._text_runs[reader] = self._begin(event)
            elif reader in self._again:
                self._repeated(reader, event)
            elif reader in self._text_runs:
                self._take(self._text_runs[reader], event)

    def _repeated(self, reader: int, event: Event) -> None:
        """An event after the output was cleared: perhaps the text before it, printed once more."""
        again = self._again[reader]
        if (decided := again.take(event)) is None:
            return
        del self._again[reader]
        goes_on, events = decided
        if not goes_on:
            self._end(again.run, "finished")
            self._text_runs[reader] = self._begin(again.begin)
        for told in events:
            self._take(self._text_runs[reader], told)

    def _begin(self, event: Begin) -> Run:
        run = Run(name=event.name, framework=event.framework, facts=event.facts)
        run.status = "running"
        run.began = self._time
        self.current = run
        return run

    def _resumed(self, event: Begin) -> Run:
        """The run that a hook reported last, which goes on."""
        run = self._reported
        if run is None:
            return self._begin(event)
        run.status = "running"
        run.learn(event.facts)
        self.current = run
        return run

    def _take(self, run: Run, event: Event) -> None:
        if isinstance(event, (Record, Steps)):
            if run is not self._exact or not self._complete:
                self._beneath.reported(run, event)
            if (not self.runs or run is not self.runs[-1]) and not len(run) and run not in self.runs:
                run.number = len(self.runs) + 1
                run.name = _told_apart(run.name, {other.name for other in self.runs})
                self.runs.append(run)
            if isinstance(event, Steps):
                run.append_steps(event, self._time)
            else:
                run.append(event, self._time)
            self.current = run
        elif isinstance(event, Learned):
            run.learn(event.facts)
        elif isinstance(event, Reached):
            run.reached = (event.epoch, event.step, event.steps)
        elif isinstance(event, Sampled):
            run.samples = event.samples
        elif isinstance(event, End):
            self._end(run, event.status)

    def _end(self, run: Run, status: Status) -> None:
        run.status = status
        if run.began is not None and self._time is not None:
            run.seconds = self._time - run.began

    def _fresh_text(self) -> None:
        self._decoders = {}
        self._readers: list[Reader] = [make() for make in self._make]
        able = all(hasattr(reader, "leaves") for reader in self._readers)
        self._leaving = cast(list[Leaving], self._readers)
        self._following = [
            (i, cast(Following, reader)) for i, reader in enumerate(self._readers) if able and hasattr(reader, "ahead")
        ]
        self._again: dict[int, Again] = {}
        self._text_runs: dict[int, Run] = {}


def _told_apart(name: str, taken: set[str]) -> str:
    """The name, with a number where another run of the cell has it."""
    number = 1
    shown = name
    while name and shown in taken:
        number += 1
        shown = f"{name} ({number})"
    return shown


def collect(text: str, pattern: str | None = None) -> list[Run]:
    """The runs of a finished text."""
    collector = Collector(pattern)
    collector.chunk("text", text)
    collector.close()
    return collector.runs
