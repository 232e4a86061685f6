"""The few kinds of bqplot marks and figures the chart is made of, each with the settings that were found to matter."""

from __future__ import annotations

from typing import Any

import numpy as np
from bqplot import Figure, Label, LinearScale, Lines, Scatter
from ipywidgets import Layout

from nbdiag.views.widget.geometry import LEFT, RIGHT

# Marks never move the scales: limits come from the Chart alone.
_STILL: dict[str, Any] = {"preserve_domain": {"x": True, "y": True}}


def scale(low: float = 0.0, high: float = 1.0) -> LinearScale:
    """A scale with fixed limits. bqplot pads per figure by the size of its marks, and panels would not line up."""
    return LinearScale(min=float(low), max=float(high), allow_padding=False)


def order(place: int) -> str:
    """Where a figure stands among the chart's, as style: the rail at 0, the axis at -1, all before what the companion adds."""
    return str(place - 100 if place >= 0 else place)


def figure(
    marks: list[Any], axes: list[Any], unit: dict[str, Any], *, height: int, top: int, bottom: int, place: int
) -> Figure:
    """A full-width figure without title, tool bar, padding or animation (which would restart at each update).

    ``unit`` are scales from 0 to 1: given none, each figure would make its own two.
    """
    return Figure(
        marks=marks,
        axes=axes,
        scale_x=unit["x"],
        scale_y=unit["y"],
        title="",
        animation_duration=0,
        padding_x=0,
        padding_y=0,
        display_toolbar=False,
        fig_margin={"top": top, "bottom": bottom, "left": LEFT, "right": RIGHT},
        # A wide, flat figure: bqplot's own limits of 0.01 to 100 would squeeze the x axis beyond 3000 px.
        max_aspect_ratio=1000,
        layout=Layout(width="100%", height=f"{top + height + bottom}px", margin="0", min_width="0", order=order(place)),
    )


def lines(scales: dict[str, Any], **traits: Any) -> Lines:
    """Lines, invisible until there is something finite to draw."""
    traits = {"x": np.zeros(1), "y": np.zeros(1), "visible": False} | traits
    return Lines(scales=scales, **_STILL, **traits)


def points(scales: dict[str, Any], **traits: Any) -> Scatter:
    """Rings and pins; they may reach over the edge of the data."""
    traits = {"x": np.zeros(0), "y": np.zeros(0)} | traits
    return Scatter(fill=False, scales=scales, apply_clip=False, **_STILL, **traits)


def text(scales: dict[str, Any], **traits: Any) -> Label:
    """Text at places in the data."""
    nothing = {"x": np.zeros(0), "y": np.zeros(0), "text": []}
    traits = nothing | {"default_size": 12, "font_weight": "normal", "align": "start"} | traits
    return Label(scales=scales, apply_clip=False, **_STILL, **traits)
