"""The runs of one cell go in, one box comes out: the chart of the latest, and a chooser to look at the others."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ipywidgets import HTML, Layout, Stack, ToggleButtons, VBox, jslink

from nbdiag.finding import Severity
from nbdiag.views import chart
from nbdiag.views.numbering import Numbered, severity_of
from nbdiag.views.widget.follow import Follower, renamed
from nbdiag.views.widget.runchart import RunChart
from nbdiag.views.widget.state import State
from nbdiag.views.widget.sync import assign
from nbdiag.views.widget.texts import Texts, status, texts
from nbdiag.views.widget.units import translations

if TYPE_CHECKING:
    from nbdiag.diagnosis import Diagnosis

MOST = 12
"""Runs that keep a chart: each takes about 60 widgets of the browser's memory. Older ones leave the chooser."""


class Board:
    """Everything shown above one cell's output."""

    def __init__(self) -> None:
        self._runs: dict[int, tuple[RunChart, Follower]] = {}
        self._names: list[tuple[str, int]] = []
        self._latest: tuple[Diagnosis, State, list[Numbered]] | None = None
        style = HTML(f"<style>{_style()}</style>", layout=Layout(display="none"))
        self._stack = Stack(layout=Layout(width="100%", overflow="visible"))
        self._chooser = ToggleButtons(layout=Layout(display="none"))
        self._chooser.add_class("nbdiag-chooser")
        self._link = jslink((self._chooser, "index"), (self._stack, "selected_index"))
        self.box = VBox([style, self._chooser, self._stack], layout=Layout(width="100%", overflow="visible"))
        self.box.add_class("nbdiag")

    def bundle(self) -> dict[str, Any]:
        """The output of the cell: a reference to the widgets, and one line for where there are none."""
        view = {"model_id": self.box.model_id, "version_major": 2, "version_minor": 0}
        return {
            "application/vnd.jupyter.widget-view+json": view,
            "text/plain": "Live chart by nbdiag; its last state is in the output below.",
        }

    def draw(self, diagnoses: Sequence[Diagnosis], number: int) -> None:
        """Draw the present state of run ``number``, counted from 0.

        A diagnosis that was drawn before, whose run has gone on since, keeps its words; the curves are drawn on.
        """
        run, follower = self._runs.get(number) or self._add(diagnoses, number)
        diagnosis = diagnoses[number]
        if self._latest is not None and self._latest[0] is diagnosis:
            _, last, entries = self._latest
            words = dataclasses.replace(last.texts, status=status(diagnosis))
            run.draw(_state(diagnosis, entries, words, withdrawn=last.withdrawn))
            return
        shown, entries = follower.order(diagnosis, final=False)
        gone = follower.withdrawn(entries)
        state = _state(shown, entries, texts(shown, [*entries, *gone]), withdrawn=[entry.id for entry in gone])
        self._latest = (diagnosis, state, entries)
        run.draw(state)
        self._lay_over(number)

    def finish(self, diagnoses: Sequence[Diagnosis]) -> None:
        """Draw the exact final state of every run that keeps a chart."""
        for number in range(max(0, len(diagnoses) - MOST), len(diagnoses)):
            run, follower = self._runs.get(number) or self._add(diagnoses, number)
            shown, entries = follower.order(diagnoses[number], final=True)
            run.draw(_state(shown, entries, texts(shown, entries), final=True))
            if entries and severity_of(entries[0].finding) in (Severity.BROKEN, Severity.PROBLEM):
                run.offer(entries[0].id)
        for number in self._runs:
            self._lay_over(number)
        self.box.add_class("nbdiag-done")  # the static copy below is hidden then: see style.css

    def _add(self, diagnoses: Sequence[Diagnosis], number: int) -> tuple[RunChart, Follower]:
        added = self._runs[number] = (RunChart(), Follower())
        self._runs = dict(sorted(self._runs.items()))
        for old in list(self._runs)[:-MOST]:
            self._runs.pop(old)[0].close()
        assign(self._stack, children=tuple(run.box for run, _ in self._runs.values()))
        names = self._names = [(diagnoses[n].run.name or f"Run {n + 1}", n) for n in self._runs]
        with self._chooser.hold_sync():
            self._chooser.options = names
            self._chooser.index = len(names) - 1
        self._stack.selected_index = len(names) - 1
        self._chooser.layout.display = "flex" if len(names) > 1 else "none"
        return added

    def _lay_over(self, number: int) -> None:
        """Let this run's chart know the others."""
        others = [self._runs[n][0].outline(name) for name, n in self._names if n != number]
        self._runs[number][0].lay_over([other for other in others if other])


def _state(shown: Diagnosis, entries: Sequence[Numbered], words: Texts, **more: Any) -> State:
    drawn = renamed(chart.draw(shown), entries)
    behind = translations(shown.previous.run, drawn.x_unit) if shown.previous else {}
    return State(drawn, words, units=translations(shown.run, drawn.x_unit), behind=behind, **more)


def _style() -> str:
    views = Path(__file__).parent.parent
    return "\n".join((views / name).read_text(encoding="utf-8") for name in ("style.css", "widget/style.css"))
