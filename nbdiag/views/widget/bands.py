"""A finding goes in; what the size of a set leaves open of the curve it speaks of goes out, to be drawn round that curve."""

from __future__ import annotations

from typing import Any

from nbdiag import metrics
from nbdiag.finding import BandPicture, Finding
from nbdiag.views.shapes import Chart


def band(finding: Finding, chart: Chart) -> dict[str, Any] | None:
    """The curve's name with ``[x, low, high]`` along it; None where nothing of the kind was found or is drawn."""
    picture = finding.picture
    if not isinstance(picture, BandPicture) or picture.forecast_from is not None or chart.x_unit != "epoch":
        return None
    lines = [line for panel in chart.panels for line in panel.lines if line.role != "train" and not line.faint]
    names = [line.curve for line in lines if metrics.is_accuracy(line.curve.partition(":")[2])]
    curve = next((name for name in (*finding.curves, *names) if name in names), None)
    return {"curve": curve, "points": [[x, low, high] for x, low, _, high in picture.points]} if curve else None
