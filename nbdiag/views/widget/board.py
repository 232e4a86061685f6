"""The runs of one cell go in, one box comes out: the chart of the latest, and a chooser to look at the others."""

from __future__ import annotations

import dataclasses
import functools
import threading
import time
from collections import defaultdict
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ipywidgets import HTML, Stack, ToggleButtons, VBox, jslink

from nbdiag.finding import Severity
from nbdiag.views.base import Stop
from nbdiag.views.numbering import severity_of
from nbdiag.views.widget.follow import Follower
from nbdiag.views.widget.runchart import Frame, RunChart
from nbdiag.views.widget.seen import Seen
from nbdiag.views.widget.state import State
from nbdiag.views.widget.sync import assign
from nbdiag.views.widget.texts import status, texts
from nbdiag.views.widget.wire import NOTHING

if TYPE_CHECKING:
    from nbdiag.diagnosis import Diagnosis

MOST = 12
"""Runs that keep a chart: each takes about 60 widgets of the browser's memory. Older ones leave the chooser."""

SETTLE = 1.0
"""Seconds until the next run may take a chart's place: a browser needs half of one to build it, and complains, run by
run, where it is taken away before."""


class Board:
    """Everything shown above one cell's output."""

    def __init__(self, stop: Stop | None = None) -> None:
        """``stop`` ends the training at the reader's wish."""
        self._stop = stop
        self._lock = threading.Lock()  # the watch's thread draws, and those that the reader's wishes arrive in
        self._finished = False
        self._runs: dict[int, RunChart] = {}
        self._followers: defaultdict[int, Follower] = defaultdict(Follower)
        self._turned, self._turned_at = -1, 0.0  # the run that is in sight, and since when
        self._names: list[tuple[str, int]] = []
        self._seen: dict[int, Seen] = {}
        self._frame = Frame()
        style = HTML(f"<style>{_style()}</style>", layout=self._frame.hidden)
        self._stack = Stack(layout=self._frame.wide)
        self._chooser: ToggleButtons | None = None
        self.box = VBox([style, self._stack], layout=self._frame.wide, _dom_classes=("nbdiag",))

    def bundle(self) -> dict[str, Any]:
        """The output of the cell: a reference to the widgets, and one line for where there are none."""
        view = {"model_id": self.box.model_id, "version_major": 2, "version_minor": 0}
        return {
            "application/vnd.jupyter.widget-view+json": view,
            "text/plain": "Live chart by nbdiag; its last state is in the output below.",
        }

    def draw(self, diagnoses: Sequence[Diagnosis], number: int) -> None:
        """Draw the present state of run ``number``, counted from 0, and what the reader wished to see of the others.

        A diagnosis that was drawn before, whose run has gone on since, keeps its words; the curves are drawn on.
        """
        with self._lock:
            follower = self._followers[number]
            diagnosis, last = diagnoses[number], self._seen.get(number)
            if last is not None and last.given is diagnosis:
                seen = dataclasses.replace(last, words=dataclasses.replace(last.words, status=status(diagnosis)))
            else:
                judged, entries = follower.order(diagnosis, final=False)
                gone = follower.withdrawn(entries)
                words = texts(judged, [*entries, *gone])
                seen = Seen(diagnosis, judged, entries, words, [entry.id for entry in gone])
            self._seen[number] = seen
            self._show(number)
            self._name(diagnoses)
            self._lay_over(number)
            if self._turned not in self._runs or time.monotonic() - self._turned_at > SETTLE:
                self._turn(number)
            for other, run in self._runs.items():
                if run.is_due:
                    self._show(other)

    def finish(self, diagnoses: Sequence[Diagnosis]) -> None:
        """Draw the exact final state of every run that keeps a chart."""
        with self._lock:
            self._finished = True
            for number in range(max(0, len(diagnoses) - MOST), len(diagnoses)):
                judged, entries = self._followers[number].order(diagnoses[number], final=True)
                self._seen[number] = Seen(diagnoses[number], judged, entries, texts(judged, entries), final=True)
                self._show(number)
                self._name(diagnoses)
                if entries and severity_of(entries[0].finding) in (Severity.BROKEN, Severity.PROBLEM):
                    self._runs[number].offer(entries[0].id)
            for number in self._runs:
                self._lay_over(number)
            self._turn(len(diagnoses) - 1)
            self.box.add_class("nbdiag-done")  # the static copy below is hidden then: see style.css

    def _show(self, number: int) -> None:
        seen, run = self._seen[number], self._runs.get(number)
        stoppable = self._stop is not None and self._stop.listens and seen.judged.run.status == "running"
        if run is not None:
            run.draw(seen.state(run.wish, stoppable=stoppable))
        else:
            self._add(number, seen.state(NOTHING, stoppable=stoppable))

    def _wished(self, number: int) -> None:
        """The reader wishes to see something else of a run; while the cell runs, its next drawing shows it."""
        with self._lock:
            if self._finished and number in self._runs:
                self._show(number)

    def _stopped(self, number: int) -> None:
        if self._stop is not None:
            self._stop.pull(number + 1)

    def _add(self, number: int, state: State) -> None:
        added = RunChart(
            state, self._frame, functools.partial(self._wished, number), functools.partial(self._stopped, number)
        )
        self._runs = dict(sorted({**self._runs, number: added}.items()))
        for old in list(self._runs)[:-MOST]:
            self._runs.pop(old).close()
            self._seen.pop(old, None)
            self._followers.pop(old, None)
        assign(self._stack, children=tuple(run.box for run in self._runs.values()))

    def _name(self, diagnoses: Sequence[Diagnosis]) -> None:
        """What the reader chooses by; the run in sight stays in sight."""
        names = [(diagnoses[n].run.name or f"Run {n + 1}", n) for n in self._runs]
        if names != self._names:
            self._names = names
            if self._turned in self._runs:
                self._turn(self._turned)

    def _turn(self, number: int) -> None:
        """Show this run's chart. A reader who looks at another one is brought here only by a new run."""
        index = list(self._runs).index(number)
        if self._chooser is None and len(self._names) > 1:
            self._chooser = ToggleButtons(options=self._names, index=index, _dom_classes=("nbdiag-chooser",))
            self._link = jslink((self._chooser, "index"), (self._stack, "selected_index"))
            self.box.children = (*self.box.children, self._chooser)  # above the charts by style: none is built anew
        if self._chooser is not None:
            if tuple(self._chooser.options) != tuple(self._names):
                with self._chooser.hold_sync():
                    self._chooser.options, self._chooser.index = self._names, index
            assign(self._chooser, index=index)
        assign(self._stack, selected_index=index)
        if number != self._turned:
            self._turned, self._turned_at = number, time.monotonic()

    def _lay_over(self, number: int) -> None:
        """Let this run's chart know the others."""
        others = [self._runs[n].outline(name) for name, n in self._names if n != number]
        self._runs[number].lay_over(others)


@functools.cache
def _style() -> str:
    views = Path(__file__).parent.parent
    return "\n".join((views / name).read_text(encoding="utf-8") for name in ("style.css", "widget/style.css"))
