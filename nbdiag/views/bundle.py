"""A diagnosis goes in, what a notebook stores of it goes out, by MIME type: shown without widgets, scripts or a kernel."""

from __future__ import annotations

from typing import TYPE_CHECKING

from nbdiag.views import header, plain, svg, terminal
from nbdiag.views.chart import draw
from nbdiag.views.markup import written

if TYPE_CHECKING:
    from nbdiag.diagnosis import Diagnosis

POINTS = 400
"""Points a line: an image 840 px wide shows no more."""


def static(diagnosis: Diagnosis) -> dict[str, str]:
    """Plain text, HTML that survives sanitizers, and the chart as SVG for pages that show only images."""
    chart = draw(diagnosis, points=POINTS)
    drawn = svg.text(chart, header.title(diagnosis), width=plain.WIDTH)
    return {
        "text/plain": terminal.text(diagnosis),
        "text/html": written(plain.page(diagnosis, chart, drawn)),
        "image/svg+xml": drawn,
    }
