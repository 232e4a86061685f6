"""The notebook's door: ``%%diagnose`` marks where a cell's body begins and ends, ``%diagnose`` reads one object."""

from __future__ import annotations

import functools
import sys
from pathlib import Path
from typing import Any

from IPython.core.error import UsageError
from IPython.core.magic import no_var_expand

from nbdiag import api, cells, ending, faults, live, offer, options, screen
from nbdiag.config import Options, Session
from nbdiag.diagnosis import Diagnosis
from nbdiag.errors import NbdiagError

_MISPLACED = (
    "%%diagnose must be the first line of its cell, and `%load_ext nbdiag` must have run in a cell before. "
    "Put `%load_ext nbdiag` in a cell of its own, run it, and run this cell again without it."
)

_CELLS = 64
"""Cells whose last runs are kept, to be drawn behind their next: more than a notebook has that train."""


class Door:
    """What is registered in one shell, and the cell that is being watched."""

    def __init__(self, shell: Any) -> None:
        self.shell = shell
        self.running: list[Any] = []  # the cells under execution, the innermost last
        self.owner: Any = None
        self.watch: live.Watch | None = None
        self.output = ""
        self.names: offer.Names | None = None  # what was bound before a cell that is to be told of a history in it
        self.earlier: dict[str, list[Diagnosis]] = {}  # what each cell gave, the latest last
        self.shown: Any = None  # what %diagnose has displayed in this cell
        self.magics = {
            ("line", cells.BEGIN): self.begin,
            ("line", "diagnose"): self.line,
            ("cell", "diagnose"): self.cell,
            ("line", "%diagnose"): self.misplaced,
        }
        self.events = {"pre_run_cell": self.entered, "post_run_cell": self.left}

    def open(self) -> None:
        """Register everything."""
        for (kind, name), function in self.magics.items():
            self.shell.register_magic_function(function, kind, name)
        for name, callback in self.events.items():
            self.shell.events.register(name, callback)
        self.shell.input_transformers_cleanup.append(cells.transform)
        self.formatter.for_type(Diagnosis, self.display)

    def close(self) -> None:
        """Take everything back; a cell under watch is finished first."""
        self._finish()
        for kind, name in self.magics:
            self.shell.magics_manager.magics[kind].pop(name, None)
        for name, callback in self.events.items():
            self.shell.events.unregister(name, callback)
        self.formatter.pop(Diagnosis, None)
        kept = [t for t in self.shell.input_transformers_cleanup if t is not cells.transform]
        self.shell.input_transformers_cleanup[:] = kept

    def begin(self, line: str) -> None:
        """Begin to watch the cell under execution; its end is ``post_run_cell``."""
        asked = _usable(options.parse)(line)
        self._finish(ending.Replaced())
        self.output = asked.output
        self._watch(asked.watch)

    def _watch(self, asked: Options, *, late: bool = False) -> None:
        self.owner = self.running[-1] if self.running else None
        previous = self.earlier.get(_identity(self.owner), ())
        self.names = None
        try:
            if not (late or asked.quiet):
                self.names = offer.names_of(self.shell.user_ns)
            watch = live.Watch(asked, cell=self.number, previous=previous, late=late)
            self.watch = _usable(watch.start)()
        except UsageError:
            raise
        except Exception as error:
            _warn("%%diagnose", error)

    @property
    def formatter(self) -> Any:
        """Where IPython asks first how a value is displayed."""
        return self.shell.display_formatter.ipython_display_formatter

    @property
    def number(self) -> int:
        """Of the cell under execution. IPython 9 counts it on before the cell runs, 8 afterwards; this is right in both."""
        return int(self.shell.displayhook.prompt_count)

    def entered(self, info: Any) -> None:
        """``pre_run_cell``."""
        self.shown = None
        self.running.append(info)
        # Tools of the front end run code of their own, which no history keeps.
        if Session.every_cell and len(self.running) == 1 and info.store_history and not cells.asks(info.raw_cell):
            self.output = ""
            try:
                self._watch(Session.every_cell, late=True)
            except UsageError as error:  # a traceback from here would stand in the reader's cell
                _warn("diagnosing each cell", error)

    def left(self, result: Any) -> None:
        """``post_run_cell``: also called for a cell that the body runs, and for each layer of a stacked magic."""
        if any(info is result.info for info in self.running):
            while self.running.pop() is not result.info:
                pass
        if self.watch is not None and (self.owner is None or self.owner is result.info):
            self._finish(result.error_in_exec)

    def _finish(self, error: BaseException | None = None) -> None:
        watch, cell, self.watch, self.owner = self.watch, _identity(self.owner), None, None
        if watch is None:
            return
        # A traceback from an event callback would look like the training's. An interrupt is a reader tired of waiting.
        try:
            diagnoses = watch.finish(error)
            if self.names is not None and not diagnoses and error is None:
                self._offer(self.names)
            if diagnoses and cell:
                self.earlier.pop(cell, None)
                self.earlier[cell] = diagnoses
                for old in list(self.earlier)[:-_CELLS]:
                    del self.earlier[old]
        except (Exception, KeyboardInterrupt) as failure:
            _warn("the end of %%diagnose", failure)
        finally:
            self._bind(watch.diagnoses)  # as far as they were made: the name is bound, whatever happened

    def _offer(self, names: offer.Names) -> None:
        """Say what the cell left that could be read, where nothing was captured."""
        if found := offer.line(names, self.shell.user_ns):
            print(f"nbdiag: {found}")

    def _bind(self, diagnoses: list[Any]) -> None:
        if self.output:
            self.shell.user_ns[self.output] = diagnoses

    def cell(self, line: str, cell: str) -> None:
        """Explain the learning curves of the training in this cell, while it runs and afterwards."""
        asked = _usable(options.parse)(line)
        if asked.text:
            self.output = asked.output
            self._bind(_usable(api.pasted)(cell, asked.watch, self.number))
            return
        # Only with another cell magic below: that one takes text, so the body cannot run natively.
        self.begin(line)
        result = self.shell.run_cell(cell, silent=False, store_history=False)
        result.raise_error()

    def line(self, line: str) -> Diagnosis:
        """``%diagnose EXPRESSION``: read a history, a table or a file, and show at once what its curves tell."""
        expression = line.strip().rstrip(";").strip()
        if not expression:
            raise UsageError("%diagnose wants what to read: a history object, a table or a file's name")
        source = Path(expression) if Path(expression).is_file() else self.shell.ev(expression)
        made: Diagnosis = _usable(api.diagnose)(source)
        self.shown = made
        screen.show(made)
        return made

    def display(self, diagnosis: Diagnosis) -> None:
        """As the value of a cell, or by ``display``. What ``%diagnose`` has just shown is not shown again as a value."""
        shown, self.shown = self.shown, None
        if shown is not diagnosis:
            screen.show(diagnosis)

    def misplaced(self, line: str) -> None:
        """``%%diagnose`` below the first line."""
        raise UsageError(_MISPLACED)


for _function in (Door.begin, Door.cell, Door.line, Door.misplaced):
    no_var_expand(_function)  # the braces and backslashes of a pattern are not the shell's
Door.cell.__doc__ = f"{Door.cell.__doc__}\n\n{options.parser().format_help()}"


def _usable(function: Any) -> Any:
    """``function`` with our errors as one clear line instead of a traceback."""

    @functools.wraps(function)
    def call(*args: Any) -> Any:
        try:
            return function(*args)
        except NbdiagError as error:
            raise UsageError(str(error)) from None

    return call


def _identity(info: Any) -> str:
    """The same for two executions of one cell: the front end's name for it, or in a console its text."""
    return str(getattr(info, "cell_id", None) or getattr(info, "raw_cell", ""))


def _warn(what: str, error: BaseException) -> None:
    print(faults.line(what, faults.describe(error)), file=sys.stderr)


_doors: dict[int, Door] = {}


def load(shell: Any) -> None:
    """``%load_ext nbdiag``: once, however often it is asked for."""
    _close(shell)
    door = _doors[id(shell)] = Door(shell)
    door.open()


def unload(shell: Any) -> None:
    """``%unload_ext nbdiag``."""
    Session.every_cell = None
    _close(shell)


def _close(shell: Any) -> None:
    door = _doors.pop(id(shell), None)
    if door is not None:
        door.close()
