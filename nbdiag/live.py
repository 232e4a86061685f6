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
from typing import Any

from nbdiag import diagnosis, frameworks
from nbdiag.capture.tee import tee
from nbdiag.collect import Collector
from nbdiag.config import Options
from nbdiag.diagnosis import Diagnosis
from nbdiag.events import Event, Status, Trouble
from nbdiag.facts import facts_from
from nbdiag.faults import Faults, describe
from nbdiag.logbook import Logbook
from nbdiag.pace import Pace
from nbdiag.run import Run
from nbdiag.views import choice
from nbdiag.views.base import LiveView

LATE = ("scipy.special", "scipy.optimize")
"""What rules import when they first need it. Imported before the body runs: an import in our thread could wait for one
of the body's, or the body for ours."""
PATIENCE = 10.0
"""Seconds to wait at the end for a refresh under way: longer than any seen, short enough for a reader who waits."""

recent: deque[Diagnosis] = deque(maxlen=256)  # bounded: a diagnosis holds its whole run
"""What the watches of this process gave, oldest first."""
_active: Watch | None = None


class Watch:
    """Follows a block of code: its training runs appear in a view while it runs, and in ``diagnoses``."""

    def __init__(self, options: Options | None = None, *, cell: int | None = None) -> None:
        self.options = options or Options()
        self.cell = cell
        self.diagnoses: list[Diagnosis] = []
        self._queue: deque[tuple[float, str, Any]] = deque()
        self._faults = Faults()
        self._undo: list[tuple[str, AbstractContextManager[Any]]] = []
        self._judged: list[Diagnosis] = []
        self._drawn: tuple[Any, ...] = ()
        self._logbook = Logbook(self._emit, self.options.name)
        self._view: LiveView = choice.NoView()
        self._pid = os.getpid()
        self._began = time.perf_counter()
        self._done = False
        self._stop = threading.Event()
        # The parent message of a cell lives in a context variable: output from a thread without it belongs to no cell.
        context = contextvars.copy_context()
        self._thread = threading.Thread(target=context.run, args=(self._follow,), name="nbdiag", daemon=True)

    def start(self) -> Watch:
        """Begin to follow; ends the watch that was active before. Raises ``NbdiagError`` for unusable options."""
        global _active
        diagnosis.chosen(self.options.select, self.options.ignore)
        self._collector = Collector(self.options.pattern)
        if _active is not None:
            _active.finish("interrupted")
        _active = self
        try:
            self._open_view()
            with self._faults.guard("the diagnosis"):
                for module in LATE:
                    importlib.import_module(module)
            self._attach()
            self._thread.start()
        except BaseException:  # an interrupt while libraries come in
            self._detach()
            raise
        self._report()
        return self

    def _attach(self) -> None:
        for framework in frameworks.FRAMEWORKS if self.options.hooks else ():
            if framework.hook is not None:
                self._enter(f"the {framework.name} hook", partial(framework.hook, self._emit))
        for name in ("stdout", "stderr"):
            self._enter(f"reading {name}", partial(tee, getattr(sys, name), self._sink(name)))
        atexit.register(self.finish)

    def _detach(self) -> None:
        global _active
        self._done = True
        if _active is self:
            _active = None
        atexit.unregister(self.finish)
        for what, manager in reversed(self._undo):
            with self._faults.guard(what):
                manager.__exit__(None, None, None)

    def replay(self, runs: Sequence[Run]) -> list[Diagnosis]:
        """Show and judge runs that are over."""
        diagnosis.chosen(self.options.select, self.options.ignore)
        self._open_view()
        self._close_view(runs, "finished")
        self._report()
        return self.diagnoses

    def log(self, *, epoch: float | None = None, step: int | None = None, **values: Any) -> None:
        """Say what was measured: ``w.log(epoch=3, loss=0.4, val_loss=0.5)``. Epochs may count from 0 or 1."""
        with self._faults.guard("log()"):
            self._logbook.log(epoch, step, values)

    def finish(self, status: Status = "finished") -> list[Diagnosis]:
        """Stop following, judge exactly, show the final state. Does nothing the second time, or in a forked child."""
        if self._done or os.getpid() != self._pid:
            return self.diagnoses
        self._detach()
        self._stop.set()
        self._thread.join(PATIENCE)
        if self._thread.is_alive():
            self._faults.note("the last refresh", f"not done after {PATIENCE:g} s")
        else:
            self._drain()
            with self._faults.guard("the reader of the output"):
                self._collector.close(status)
            with self._faults.guard("the end of the watch"):
                self._close_view(self._runs(), status)
        self._report()
        return self.diagnoses

    def __enter__(self) -> Watch:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: Any) -> None:
        self.finish(status_of(error))

    def _open_view(self) -> None:
        with self._faults.guard("the view"):
            self._view = choice.choose(self.options.view)
            self._view.show()

    def _close_view(self, runs: Sequence[Run], status: Status) -> None:
        self.diagnoses = self._examined(runs)
        recent.extend(self.diagnoses)
        if not self.diagnoses and self.options.quiet:
            return
        if "the view" not in self._faults:
            with self._faults.guard("the view"):
                self._view.finish(self.diagnoses, status)
        if "the view" in self._faults and self.diagnoses:
            with self._faults.guard("the static view"):
                choice.choose("static").finish(self.diagnoses, status)

    def _enter(self, what: str, make: Callable[[], AbstractContextManager[Any]]) -> None:
        with self._faults.guard(what):
            manager = make()
            manager.__enter__()
            self._undo.append((what, manager))

    def _sink(self, stream: str) -> Callable[[str], None]:
        append, clock, began, pid, getpid = self._queue.append, time.perf_counter, self._began, self._pid, os.getpid

        def sink(text: str) -> None:
            if getpid() == pid:  # a worker forked by a data loader has our queue, but nobody who empties it
                append((clock() - began, stream, text))

        return sink

    def _emit(self, event: Event) -> None:
        if os.getpid() == self._pid:
            self._queue.append((time.perf_counter() - self._began, "", event))

    def _follow(self) -> None:
        pace = Pace()
        while not self._stop.wait(self.options.refresh):
            with self._faults.guard("the refresh"):
                self._drain()
                if pace.due(time.perf_counter() - self._began) and self._changed():
                    before = time.thread_time()
                    self._refresh()
                    pace.paid(time.thread_time() - before)

    def _changed(self) -> bool:
        runs = self._runs()
        before, self._drawn = self._drawn, (len(runs), len(runs[-1]), runs[-1].reached) if runs else ()
        return self._drawn != before

    def _refresh(self) -> None:
        diagnoses = self._examined(self._runs())
        if "the view" not in self._faults:
            with self._faults.guard("the view"):
                self._view.draw(diagnoses)

    def _drain(self) -> None:
        for _ in range(len(self._queue)):
            at, stream, what = self._queue.popleft()
            with self._faults.guard("the reader of the output"):
                if stream:
                    self._collector.chunk(stream, what, at)
                elif isinstance(what, Trouble):
                    self._faults.note(what.where, describe(what.error))
                else:
                    self._collector.event(what, at)

    def _runs(self) -> list[Run]:
        return [run for run in self._collector.runs if len(run)]

    def _examined(self, runs: Sequence[Run]) -> list[Diagnosis]:
        """One diagnosis for each run. A run that another has followed changes no more: it is judged once."""
        kept = self._judged[: max(0, min(len(self._judged), len(runs)) - 1)]
        for number, run in enumerate(runs[len(kept) :], len(kept) + 1):
            run.number, run.cell = number, self.cell
            run.name = self.options.name or run.name
            if self.options.facts:
                run.learn(facts_from(self.options.facts))
            kept.append(self._examine(run))
        self._judged = kept
        return kept

    def _examine(self, run: Run) -> Diagnosis:
        try:
            found = diagnosis.examine(run, select=self.options.select, ignore=self.options.ignore)
        except Exception as error:
            self._faults.note("the diagnosis", describe(error))
            return Diagnosis(run, ())
        for failure in found.failures:
            rule, _, why = failure.partition(": ")
            self._faults.note(f"the rule {rule}", why)
        return found

    def _report(self) -> None:
        for line in self._faults.take():
            print(line, file=sys.stderr)


class Part(Watch):
    """A watch inside a watched cell: what it logs is a run of that cell, which is shown and judged there."""

    def __init__(self, cell: Watch, name: str) -> None:
        super().__init__(cell.options, cell=cell.cell)
        self._logbook = Logbook(cell._emit, name)

    def finish(self, status: Status = "finished") -> list[Diagnosis]:
        """End the run; the cell's watch goes on."""
        self._logbook.close(status)
        return self.diagnoses


def active() -> Watch | None:
    """The watch under way in this process."""
    return _active


def status_of(error: BaseException | None) -> Status:
    """How a block ended, from the exception that left it."""
    if error is None:
        return "finished"
    return "interrupted" if isinstance(error, KeyboardInterrupt) else "failed"
