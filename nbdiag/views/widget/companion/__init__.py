"""The companion: names of widgets and texts of cards go in; it lights, opens and reads in the browser, asking no kernel."""

from __future__ import annotations

from pathlib import Path

import anywidget
import ipywidgets
import traitlets

# One file per concern, joined in this order into the one module a widget may have.
_FILES = (
    "dom.js", "parts.js", "choices.js", "geometry.js", "overlay.js", "reading.js", "selection.js", "copy.js",
    "units.js", "runs.js", "window.js", "zoom.js", "grid.js", "smooth.js", "curves.js", "rail.js", "labels.js",
    "legend.js", "wire.js", "metrics.js", "stop.js", "speech.js", "values.js", "tools.js", "companion.js",
)  # fmt: skip


def source() -> str:
    """The whole companion as one JavaScript module."""
    return "\n".join((Path(__file__).parent / name).read_text(encoding="utf-8") for name in _FILES)


class Companion(anywidget.AnyWidget):  # type: ignore[misc]
    """Draws nothing of the data itself: a page that cannot load it still has the chart, its tooltips and the cards."""

    _esm = source()
    parts = traitlets.Dict().tag(sync=True, **ipywidgets.widget_serialization)
    """The chart's widgets by role."""
    findings = traitlets.List().tag(sync=True)
    """id, label, severity, start, stop, whole, provisional of each pin, in the pins' order."""
    cards = traitlets.Dict().tag(sync=True)
    """The cards' HTML by id, as it is now; the cards' own widgets are written at birth and at the end only."""
    withdrawn = traitlets.List().tag(sync=True)
    """Ids of cards whose finding is no longer there: they stay, grey, until the training ends."""
    extent = traitlets.Dict({"x": [0.0, 1.0], "y": []}).tag(sync=True)
    """The limits of all scales, to come back to from a zoom."""
    units = traitlets.Dict().tag(sync=True)
    """How places on the x axis translate to steps and to seconds."""
    unit = traitlets.Unicode("epoch").tag(sync=True)
    behind = traitlets.Dict().tag(sync=True)
    """The same for the cell's previous run, which is drawn behind."""
    others = traitlets.List().tag(sync=True, **ipywidgets.widget_serialization)
    """The cell's other runs, to lay over this one: name, unit, units, reach, and the main line of each panel."""
    metrics = traitlets.Dict({"all": [], "shown": [], "most": 0}).tag(sync=True)
    """Names of all metrics that were measured, and of those that are drawn; how many can be."""
    thinned = traitlets.Bool(False).tag(sync=True)
    """Whether the kernel has more values than it has sent."""
    given = traitlets.Dict({"window": None, "metrics": None}).tag(sync=True)
    """The reader's wish that what is drawn fulfils."""
    stoppable = traitlets.Bool(False).tag(sync=True)
    """Whether the training has asked if it is to end."""
    chart = traitlets.Unicode("").tag(sync=True)
    """How the kernel knows this chart again."""
    reader = traitlets.Dict().tag(sync=True)
    """What the reader chose to see; set in the browser only."""
    offer = traitlets.Unicode("").tag(sync=True)
    """The card to open by itself, once, unless the reader has clicked."""
