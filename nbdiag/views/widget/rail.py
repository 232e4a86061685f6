"""Pins of a Chart go in, the rail above the data comes out: one lane per overlapping finding, pin at its start."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from bqplot import Tooltip

from nbdiag.views.chart import Pin
from nbdiag.views.widget import marks, palette
from nbdiag.views.widget.axis import XAxis
from nbdiag.views.widget.geometry import LANE, RESERVED_LANES
from nbdiag.views.widget.sync import assign

_CAP = 0.18  # of a lane, to either side


class Rail:
    """Numbered pins and their extents. bqplot's tooltip answers a click where the companion cannot load."""

    def __init__(self, axis: XAxis, pins: Sequence[Pin], lanes: int) -> None:
        self._lanes = max(RESERVED_LANES, lanes)
        self._y = marks.scale(0, self._lanes)
        scales = {"x": axis.scale, "y": self._y}
        self._extents = marks.lines(scales, stroke_width=1.5, **self._extents_of(pins))
        self._pins = marks.points(
            scales,
            stroke_width=1.5,
            default_size=201,  # radius 8
            names_unique=False,  # names are texts here, two may be equal
            display_names=False,
            tooltip=Tooltip(fields=["name"], show_labels=False),
            tooltip_style={"opacity": 1},
            interactions={"click": "tooltip"},
            **self._at(pins),
            names=_names(pins),
        )
        number = {"default_size": 11, "font_weight": "bold", "align": "middle", "text": _numbers(pins)}
        self._numbers = marks.text(scales, **number, **self._at(pins))
        self.figure = marks.figure(
            [self._extents, self._pins, self._numbers],
            [],
            axis.unit,
            height=self._lanes * LANE,
            top=0,
            bottom=0,
            place=0,
        )

    def draw(self, pins: Sequence[Pin], lanes: int) -> None:
        """Bring the rail to this state. Lanes are added when needed and stay, so nothing below jumps twice."""
        if lanes > self._lanes:
            self._lanes = lanes
            self._y.max = float(lanes)
            self.figure.layout.height = f"{lanes * LANE}px"
        assign(self._extents, **self._extents_of(pins))
        assign(self._pins, names=_names(pins), **self._at(pins))
        assign(self._numbers, text=_numbers(pins), **self._at(pins))

    def _at(self, pins: Sequence[Pin]) -> dict[str, Any]:
        """Where the pins stand, and their colours."""
        return {
            "x": np.array([float(pin.start) for pin in pins]),
            "y": np.array([self._lanes - pin.lane - 0.5 for pin in pins]),
            "colors": [palette.severity_color(pin.severity) for pin in pins] or [palette.INK2],
        }

    def _extents_of(self, pins: Sequence[Pin]) -> dict[str, Any]:
        if not pins:
            return {"visible": False}
        at = self._at(pins)
        return {
            "x": np.array([[float(pin.start), *[float(pin.stop)] * 4] for pin in pins]),
            "y": at["y"][:, None] + np.array([[0.0, 0.0, *_cap(pin), 0.0] for pin in pins]),
            "colors": at["colors"],
            "opacities": [0.45] * len(pins),
            "visible": True,
        }

    def parts(self) -> dict[str, Any]:
        """What the companion has to know by name."""
        return {"figure": self.figure, "extents": self._extents, "pins": self._pins, "numbers": self._numbers}


def _cap(pin: Pin) -> tuple[float, float]:
    """A short stroke across the end of an extent that is over; one that still goes on has none."""
    return (0.0, 0.0) if pin.open else (-_CAP, _CAP)


def _names(pins: Sequence[Pin]) -> np.ndarray:
    return np.array([pin.label for pin in pins], str)


def _numbers(pins: Sequence[Pin]) -> list[str]:
    return [str(pin.number) for pin in pins]
