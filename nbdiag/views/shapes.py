"""The types of a drawing, as plain values: what ``chart.draw`` gives and every view draws."""

from __future__ import annotations

import dataclasses

import numpy as np

from nbdiag.finding import Severity
from nbdiag.views.markup import short

_HEADING = 80  # letters


@dataclasses.dataclass(frozen=True, eq=False)
class Line:
    """One curve of a panel. ``x`` in the chart's unit, ``y`` finite or NaN (a gap); shapes ``(n,)``, n ≤ about 1000.

    ``end_y`` is where the label at the line's end stands, in the panel's units: 16 px from its neighbours.
    """

    curve: str  # "val:loss"
    role: str  # "train", "val" or "other": style and colour
    name: str  # at the line's end: "validation"
    x: np.ndarray
    y: np.ndarray
    end_label: str  # "validation 0.1912"
    markers: bool = False  # few points: draw each
    faint: bool = False  # the cell's previous run, or steps behind epochs
    end_y: float = float("nan")

    @property
    def dense(self) -> bool:
        """More points than dashes fit between: a dash pattern would read as noise, so it is drawn thin and solid."""
        return len(self.x) > 300


@dataclasses.dataclass(frozen=True)
class Mark:
    """A labelled point in a panel. ``label_y`` is the middle of its label, in the panel's units; ``align`` as in SVG."""

    kind: str  # "best" (a ring), "nonfinite" (a cross) or "value" (only its label: few points)
    x: float
    y: float
    label: str
    role: str = "val"
    label_y: float = float("nan")
    align: str = "start"  # "start", "middle" or "end"


@dataclasses.dataclass(frozen=True, eq=False)
class Panel:
    """One metric on the shared x axis. ``percent`` says that its values, fractions, are shown as percentages."""

    title: str
    lines: tuple[Line, ...]
    y_min: float
    y_max: float
    ticks: tuple[float, ...]
    tick_labels: tuple[str, ...]
    marks: tuple[Mark, ...] = ()
    height: int = 128
    log: bool = False
    percent: bool = False

    @property
    def heading(self) -> str:
        """The title as far as an output 600 px wide holds it, in bold 12 px: names of a family differ at their ends."""
        return short(self.title, _HEADING)


@dataclasses.dataclass(frozen=True)
class Pin:
    """One numbered annotation: its pin and extent on the rail above the data, its span in the panels.

    ``whole`` findings concern the whole run: nothing is tinted. ``stop`` is where the extent ends; ``open`` says it
    still goes on.
    """

    id: str
    number: int
    lane: int
    start: float
    stop: float
    severity: Severity
    label: str
    provisional: bool = False
    whole: bool = False
    open: bool = False


@dataclasses.dataclass(frozen=True, eq=False)
class Chart:
    """Everything about the drawing of one run; all views draw this, so they cannot disagree."""

    panels: tuple[Panel, ...]
    pins: tuple[Pin, ...]
    lanes: int
    x_min: float
    x_max: float
    x_ticks: tuple[float, ...]
    x_unit: str = "epoch"  # "epoch", "step", "time" (seconds) or "value" (the running count)
    progress: float = 0.0  # how far the run has come, in x
    description: str = ""  # the curves in one sentence, for screen readers
    x_tick_labels: tuple[str, ...] = ()
