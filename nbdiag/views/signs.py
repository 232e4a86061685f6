"""Severities and certainties go in, the small signs beside their words go out, as inline SVG."""

from __future__ import annotations

import htpy as h

from nbdiag.finding import Certainty, Severity
from nbdiag.views.svgtags import circle, path, rect, svg, text

SURE = {
    Certainty.EXACT: "exact: follows from the numbers by arithmetic",
    Certainty.STRONG: "strong: another reading is improbable",
    Certainty.LIKELY: "likely: the numbers fit, the cause is not proven",
}
"""What each certainty means."""
_OUTLINES = {
    Severity.BROKEN: "M4 0h6l4 4v6l-4 4H4L0 10V4z",
    Severity.PROBLEM: "M7 0.5 14 13.5H0z",
}
_TICK = "M1 8l4.2 4.2L13 2.6"


def shape(severity: Severity) -> h.Node:
    """Octagon, triangle or tick; a note has none: most findings do not shout."""
    if severity is Severity.NOTE:
        return None
    drawn = path(d=_TICK, class_="tick") if severity is Severity.GOOD else path(d=_OUTLINES[severity], class_="shape")
    return svg(class_=f"sign sev-{severity.value}", width=14, height=14, viewBox="0 0 14 14", aria_hidden="true")[drawn]


def number(value: int | None, *, provisional: bool = False) -> h.Node:
    """A ring with a finding's number, as on its pin; a tick for good news, which has none."""
    inside = path(d="M-4 0.4l2.8 2.8L4 -3", class_="tick") if value is None else text(y=4)[str(value)]
    ring = None if value is None else circle(class_="dot", r="8.5")
    kind = "num prov" if provisional else "num"
    return svg(class_=kind, width=20, height=20, viewBox="-10 -10 20 20", aria_hidden="true")[ring, inside]


def bars(certainty: Certainty) -> h.Node:
    """Three bars for exact, two for strong, one for likely."""
    filled = {Certainty.EXACT: 3, Certainty.STRONG: 2, Certainty.LIKELY: 1}[certainty]
    return svg(width=16, height=10, viewBox="0 0 16 10", aria_hidden="true")[
        [rect(x=6 * i, y=0, width=4, height=10, class_="on" if i < filled else "off") for i in range(3)]
    ]


def chevron() -> h.Node:
    """Says that a row opens."""
    return svg(class_="chev", width=16, height=16, viewBox="0 0 16 16", aria_hidden="true")[
        path(d="M6 3.5 10.5 8 6 12.5")
    ]
