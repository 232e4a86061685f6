"""A diagnosis goes in, what to draw comes out: panels, lines, spans and pins, without a drawing library."""

from __future__ import annotations

import dataclasses

import numpy as np

from nbdiag.finding import Severity


@dataclasses.dataclass(frozen=True, eq=False)
class Line:
    """One curve of a panel. ``x`` in the chart's unit, ``y`` finite or NaN (a gap); shapes ``(n,)``, n ≤ about 1000."""

    curve: str  # "val:loss"
    role: str  # "train", "val" or "other": style and colour
    name: str  # at the line's end: "validation"
    x: np.ndarray
    y: np.ndarray
    end_label: str  # "validation 0.1912"
    markers: bool = False  # few points: draw each
    faint: bool = False  # the cell's previous run, or steps behind epochs


@dataclasses.dataclass(frozen=True)
class Mark:
    """A labelled point in a panel: the best epoch, a value that is not finite."""

    kind: str  # "best" or "nonfinite"
    x: float
    y: float
    label: str
    role: str = "val"


@dataclasses.dataclass(frozen=True, eq=False)
class Panel:
    """One metric (or metrics of one meaning) on the shared x axis."""

    title: str
    lines: tuple[Line, ...]
    y_min: float
    y_max: float
    ticks: tuple[float, ...]
    tick_labels: tuple[str, ...]
    marks: tuple[Mark, ...] = ()
    height: int = 128
    log: bool = False


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
    x_unit: str = "epoch"
    progress: float = 0.0  # how far the run has come, in x
    description: str = ""  # the curves in one sentence, for screen readers
