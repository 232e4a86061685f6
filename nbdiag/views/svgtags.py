"""SVG elements as htpy elements, under their own names."""

from __future__ import annotations

import htpy as h

circle = h.Element("circle")
clip_path = h.Element("clipPath")
defs = h.Element("defs")
desc = h.Element("desc")
g = h.Element("g")
line = h.Element("line")
path = h.Element("path")
rect = h.Element("rect")
style = h.Element("style")
svg = h.svg
text = h.Element("text")
title = h.Element("title")
tspan = h.Element("tspan")


def px(value: float) -> str:
    """A coordinate with a tenth of a pixel, the same text on every machine."""
    return f"{round(float(value), 1) + 0.0:g}"
