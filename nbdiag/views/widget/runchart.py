"""The state of one run, as a Chart and texts, goes in; the box the reader sees comes out: header, chart, cards, foot."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from ipywidgets import HTML, Box, Layout, VBox
from markupsafe import escape

from nbdiag.views.chart import Chart
from nbdiag.views.widget.axis import XAxis
from nbdiag.views.widget.cards import Cards
from nbdiag.views.widget.companion import Companion
from nbdiag.views.widget.figure import PanelFigure
from nbdiag.views.widget.rail import Rail
from nbdiag.views.widget.sync import assign
from nbdiag.views.widget.texts import Texts


class RunChart:
    """Everything shown of one run."""

    def __init__(self) -> None:
        self._axis = XAxis()
        self._rail = Rail(self._axis.scale)
        self._panels: dict[str, PanelFigure] = {}
        self._head, self._status, self._summary, self._foot = (
            _html(name) for name in ("head", "status", "summary", "foot")
        )
        self._description = _html("description")
        self._figures = VBox(layout=Layout(width="100%", overflow="visible"))
        self._figures.add_class("nbdiag-chart")
        self._cards = Cards()
        self._companion = Companion()
        top = Box([self._head, self._status], layout=Layout(width="100%", overflow="visible"))
        top.add_class("nbdiag-top")
        # Out of sight: where its script is blocked, only this box would show an error.
        hidden = Box([self._companion], layout=Layout(display="none"))
        self.box = VBox(
            [top, self._summary, self._description, self._figures, self._cards.box, self._foot, hidden],
            layout=Layout(width="100%", overflow="visible"),
        )
        self.box.add_class("nbdiag-run")

    def draw(self, chart: Chart, texts: Texts, withdrawn: Sequence[str] = (), *, final: bool = False) -> None:
        """Bring everything to this state; ``final`` also writes what a saved page is read from."""
        self._axis.draw(chart)
        for panel in chart.panels:
            if panel.title in self._panels:
                self._panels[panel.title].draw(panel)
            else:
                self._panels[panel.title] = PanelFigure(panel, self._axis.scale)
        self._rail.draw(chart.pins, chart.lanes)
        shown = [self._panels[panel.title].figure for panel in chart.panels]
        assign(self._figures, children=(self._rail.figure, *shown, self._axis.figure))
        assign(self._head, value=texts.head)
        assign(self._status, value=texts.status)
        assign(self._summary, value=texts.summary)
        assign(self._description, value=f'<p class="nbdiag-sr">{escape(chart.description)}</p>')
        assign(self._foot, value=texts.foot)
        self._cards.draw(texts, final=final)
        self._tell(chart, texts, withdrawn)

    def offer(self, card: str) -> None:
        """Open this card by itself, unless the reader has clicked one."""
        assign(self._companion, offer=card)

    def close(self) -> None:
        """Give the browser's memory back."""
        for child in (*self._figures.children, *self.box.children):
            child.close()
        self.box.close()

    def _tell(self, chart: Chart, texts: Texts, withdrawn: Sequence[str]) -> None:
        parts: dict[str, Any] = {
            "rail": self._rail.parts(),
            "panels": [self._panels[panel.title].parts(panel) for panel in chart.panels],
            "axis": self._axis.parts(),
        }
        findings = [
            {
                "id": pin.id,
                "label": pin.label,
                "severity": pin.severity.value,
                "start": float(pin.start),
                "stop": float(pin.stop),
                "whole": pin.whole,
                "provisional": pin.provisional,
            }
            for pin in chart.pins
        ]
        assign(
            self._companion,
            parts=parts,
            findings=findings,
            withdrawn=list(withdrawn),
            cards=texts.cards,
            unit=chart.x_unit,
            extent=[float(chart.x_min), float(chart.x_max)],
        )


def _html(role: str) -> HTML:
    widget = HTML(layout=Layout(width="auto"))
    widget.add_class(f"nbdiag-{role}")
    return widget
