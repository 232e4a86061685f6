"""A block of code is followed from its first chunk to its last: what it prints and its hooks say come in, diagnoses go out.

The training's own thread only queues; reading, judging and drawing happen in one thread beside it.
"""

from __future__ import annotations

import atexit
import contextvars
import importlib
import os
import sys
import threading
import time
from collections import deque
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from functools import partial
from pathlib import Path
from typing import Any

from nbdiag import frameworks
from nbdiag.brake import Brake
from nbdiag.capture.tee import tee
from nbdiag.collect import Collector
from nbdiag.config import Options
from nbdiag.diagnosis import Diagnosis
from nbdiag.ending import Replaced, status_of
from nbdiag.errors import StopTraining
from nbdiag.events import Status, Trouble
from nbdiag.faults import Faults, describe
from nbdiag.inbox import Inbox
from nbdiag.judge import Judge
from nbdiag.logbook import Logbook
from nbdiag.pace import Pace
from nbdiag.report import Report
from nbdiag.run import Run
from nbdiag.screen import Screen

LATE = ("scipy.special", "scipy.optimize")
"""What rules import when they first need it. Imported before the body runs: an import in our thread could wait for one
of the body's, or the body for ours."""
PATIENCE = 10.0
"""Seconds to wait at the end for a refresh under way: longer than any seen, short enough for a reader who waits."""
REST = 1.0
"""Seconds of silence after a training's end until it is judged, whatever has been spent: one fit in a sweep is followed
by the next within that time, and a reader who looks at the last one does not wait."""
READING = 5.0
"""Seconds at the end for reading what waits: a quarter of a second's output, unless that came in megabytes."""

recent: deque[Diagnosis] = deque(maxlen=256)  # bounded: a diagnosis holds its whole run
"""What the watches of this process gave, oldest first."""
_active: Watch | None = None


class Watch:
    """Follows a block of code: its training runs appear in a view while it runs, and in ``diagnoses``."""

    def __init__(
        self,
        options: Options | None = None,
        *,
        cell: int | None = None,
        previous: Sequence[Diagnosis] = (),
        late: bool = False,
    ) -> None:
        """``cell`` is its execution count, ``previous`` what it gave before; ``late``: no output until there is a run."""
        self.options = options or Options()
        self.cell, self._previous = cell, previous
        self.diagnoses: list[Diagnosis] = []
        self._inbox = Inbox()
        self._faults = Faults()
        self._undo: list[tuple[str, AbstractContextManager[Any]]] = []
        self._screen = Screen(self.options.view, self._faults, late=late)
        self._drawn: tuple[Any, ...] = ()
        self._behind = False
        self._read = 0.0  # until when all that happened is known
        self._brake = Brake(())
        self._report = Report(Path(self.options.report), self._faults) if self.options.report else None
        self._logbook = Logbook(self._inbox.emit, self.options.name)
        self._pid = os.getpid()
        self._done = False
        self._stop = threading.Event()
        # The parent message of a cell lives in a context variable: output from a thread without it belongs to no cell.
        context = contextvars.copy_context()
        self._thread = threading.Thread(target=context.run, args=(self._follow,), name="nbdiag", daemon=True)

    def start(self) -> Watch:
        """Begin to follow; ends the watch that was active before. Raises ``NbdiagError`` for unusable options."""
        global _active
        self._judge = Judge(self.options, self.cell, self._faults, self._previous)
        self._brake = Brake(self.options.stop_on)
        self._collector = Collector(self.options.pattern)
        if _active is not None:
            _active.finish(Replaced())
        _active = self
        try:
            self._screen.open(self._brake)
            if self._report:
                self._report.check()
            with self._faults.guard("the diagnosis"):
                prepare()
            self._attach()
            self._thread.start()
        except BaseException:  # an interrupt while libraries come in
            self._detach()
            raise
        self._tell()
        return self

    def _attach(self) -> None:
        for framework in frameworks.known() if self.options.hooks else ():
            if framework.hook is not None:
                self._enter(f"the {framework.name} hook", partial(framework.hook, self._inbox.emit))
            asked = self.options.stop_on or (self._brake.offered and not framework.stop_costs)
            if framework.stop is not None and asked:
                self._enter(f"stopping {framework.name}", partial(framework.stop, self._brake.reason, self._inbox.emit))
        for name in ("stdout", "stderr"):
            self._enter(f"reading {name}", partial(tee, getattr(sys, name), self._inbox.sink(name)))
        atexit.register(self.finish)

    def _detach(self, error: BaseException | None = None) -> None:
        global _active
        self._done = True
        self._stop.set()  # first: an interrupt from here on leaves no thread behind
        if _active is self:
            _active = None
        atexit.unregister(self.finish)
        # As with an ExitStack: a hook learns from it how the training it follows ended.
        ended = (None, None, None) if error is None else (type(error), error, error.__traceback__)
        for what, manager in reversed(self._undo):
            with self._faults.guard(what):
                manager.__exit__(*ended)

    def replay(self, runs: Sequence[Run]) -> list[Diagnosis]:
        """Show and judge runs that are over."""
        self._judge = Judge(self.options, self.cell, self._faults)
        self._screen.open()
        self._close(runs, "finished")
        self._tell()
        return self.diagnoses

    def log(self, *, epoch: float | None = None, step: int | None = None, **values: Any) -> None:
        """Say what was measured: ``w.log(epoch=3, loss=0.4, val_loss=0.5)``. Epochs may count from 0 or 1.

        Raises ``StopTraining`` where ``stop_on`` asks for it, and never otherwise.
        """
        with self._faults.guard("log()"):
            self._logbook.log(epoch, step, values)
        if self.should_stop:
            raise StopTraining(self._brake.reason(self._logbook.began))

    @property
    def should_stop(self) -> bool:
        """What ``stop_on`` asks for was found in the loop's present run: for loops that end by themselves."""
        return bool(self._brake.reason(self._logbook.began))

    def finish(self, error: BaseException | None = None) -> list[Diagnosis]:
        """Stop following, judge exactly, show the final state. Does nothing the second time, or in a forked child.

        ``error`` is the exception that ended the block.
        """
        if self._done or os.getpid() != self._pid:
            return self.diagnoses
        status = status_of(error)
        self._detach(error)
        self._thread.join(PATIENCE)
        if self._thread.is_alive():
            self._faults.note("the last refresh", f"not done after {PATIENCE:g} s")
        else:
            until = time.perf_counter() + READING
            self._drain(lambda: time.perf_counter() > until)
            if left := self._inbox.leave_out():
                self._faults.note("reading all of the output", f"the last {left / 1e6:.2g} MB came too fast")
                self._drain()
            self._inbox.close()
            with self._faults.guard("the reader of the output"):
                self._collector.close(status)
            with self._faults.guard("the end of the watch"):
                self._close(self._runs(), status)
        self._tell()
        return self.diagnoses

    def __enter__(self) -> Watch:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: Any) -> bool:
        self.finish(error)
        return isinstance(error, StopTraining)  # it has ended the loop, as was wished

    def _close(self, runs: Sequence[Run], status: Status) -> None:
        self._brake.mark(runs)
        self.diagnoses = self._judge.judge(runs)
        recent.extend(self.diagnoses)
        if self.diagnoses or not self.options.quiet:
            self._screen.finish(self.diagnoses, status)
        if self._report:
            self._report.write(self.diagnoses)

    def _enter(self, what: str, make: Callable[[], AbstractContextManager[Any]]) -> None:
        with self._faults.guard(what):
            manager = make()
            manager.__enter__()
            self._undo.append((what, manager))

    def _follow(self) -> None:
        pace, clock = Pace(), time.thread_time
        while not self._stop.wait(self.options.refresh):
            before = clock()
            with self._faults.guard("the refresh"):
                self._drain(self._stop.is_set)
                pace.paid(clock() - before)
                over = self._over()
                judging = over or pace.judging_due(self._elapsed)
                due = over or pace.due(self._elapsed, self._length())
                if due and (self._changed() or (judging and self._behind)):
                    before = clock()
                    judged = self._refresh(judging)
                    self._behind = not judged  # the findings shown are older than the curves: judge when it is due
                    pace.drawn(clock() - before, self._elapsed, judged=judged)
                if self._report and self._report.due(self._elapsed):
                    before = clock()
                    self._report.write(self._judge.judge(self._runs()))
                    self._report.wrote(clock() - before, self._elapsed)
                    pace.paid(clock() - before)

    @property
    def _elapsed(self) -> float:
        return time.perf_counter() - self._inbox.began

    def _length(self) -> float | None:
        """Seconds that the training will have taken, from how far it has come."""
        run = self._collector.current
        done, planned = (run.reached[0], run.facts.epochs) if run is not None else (None, None)
        return self._elapsed * max(1.0, planned / done) if done and planned else None

    def _over(self) -> bool:
        """Whether the training has ended and nothing has followed: what is shown now takes no time from it."""
        run = self._collector.current
        return run is not None and run.status != "running" and time.perf_counter() - self._read > REST

    def _changed(self) -> bool:
        runs = self._runs()
        last = runs[-1] if runs else None
        state = (len(runs), len(last), last.reached, last.status) if last is not None else ()
        before, self._drawn = self._drawn, state
        return state != before

    def _refresh(self, judge: bool) -> bool:
        """Draw the present state; with the last findings unless they are to be judged, or never were. Whether they were."""
        runs = self._runs()
        known = None if judge else self._judge.known(runs)
        diagnoses = self._judge.judge(runs) if known is None else known
        self._brake.look(diagnoses[-1], self._read)
        self._screen.draw(diagnoses)
        return known is None

    def _drain(self, enough: Callable[[], bool] = lambda: False) -> None:
        for at, stream, what in self._inbox.empty(enough):
            self._read = self._inbox.began + at
            with self._faults.guard("the reader of the output"):
                if isinstance(what, str):
                    self._collector.chunk(stream, what, at)
                elif isinstance(what, Trouble):
                    self._faults.note(what.where, describe(what.error))
                else:
                    self._collector.event(what, at)

    def _runs(self) -> list[Run]:
        return [run for run in self._collector.runs if len(run)]

    def _tell(self) -> None:
        for line in self._faults.take():
            print(line, file=sys.stderr)


def prepare() -> None:
    """Import what judging needs, in the caller's thread."""
    for module in LATE:
        importlib.import_module(module)


class Part(Watch):
    """A watch inside a watched cell: what it logs is a run of that cell, which is shown and judged there."""

    def __init__(self, cell: Watch, name: str) -> None:
        super().__init__(cell.options, cell=cell.cell)
        self._logbook, self._brake = Logbook(cell._inbox.emit, name), cell._brake

    def finish(self, error: BaseException | None = None) -> list[Diagnosis]:
        """End the run; the cell's watch goes on."""
        self._logbook.close(status_of(error))
        return self.diagnoses


def active() -> Watch | None:
    """The watch under way in this process."""
    return _active
