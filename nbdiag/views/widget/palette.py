"""Roles and severities go in, colours go out: CSS variables with a fallback, so the theme recolours without us.

bqplot leaves the variable's name in the mark's inline style: the style sheet finds marks by it.
"""

from __future__ import annotations

from nbdiag.finding import Severity

INK = "var(--nbdiag-ink, #212121)"
INK2 = "var(--nbdiag-ink2, #5c6670)"
GRID = "var(--nbdiag-grid, #e7eaed)"

_LINE = {"train": "var(--nbdiag-train, #7b8898)", "val": "var(--nbdiag-val, #1b63b5)"}
_LABEL = {"train": "var(--nbdiag-train-ink, #5c6773)", "val": "var(--nbdiag-val, #1b63b5)"}
_OTHER = "var(--nbdiag-other, #7a4fb5)"
_SEVERITY = {
    Severity.BROKEN: "var(--nbdiag-broken, #ab1f3f)",
    Severity.PROBLEM: "var(--nbdiag-problem, #a84b00)",
    Severity.NOTE: "var(--nbdiag-note, #56616d)",
    Severity.GOOD: "var(--nbdiag-good, #0b6e75)",
}
BROKEN = _SEVERITY[Severity.BROKEN]


def line_color(role: str) -> str:
    """Colour of a curve; a third split is violet."""
    return _LINE.get(role, _OTHER)


def label_color(role: str) -> str:
    """Colour of a curve's name: text needs more contrast than a line."""
    return _LABEL.get(role, _OTHER)


def severity_color(severity: Severity) -> str:
    """Colour of a pin."""
    return _SEVERITY[severity]
