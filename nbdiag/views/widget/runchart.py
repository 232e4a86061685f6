"""The state of one run, as a Chart and texts, goes in; the box the reader sees comes out: header, chart, cards, foot."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from bqplot import Figure
from ipywidgets import HTML, Box, Layout, VBox
from ipywidgets.widgets.widget_string import HTMLStyle
from markupsafe import escape

from nbdiag.views.panels import MOST_WANTED
from nbdiag.views.widget.axis import XAxis
from nbdiag.views.widget.cards import Cards
from nbdiag.views.widget.companion import Companion
from nbdiag.views.widget.figure import PanelFigure
from nbdiag.views.widget.rail import Rail
from nbdiag.views.widget.state import State
from nbdiag.views.widget.sync import assign
from nbdiag.views.widget.wire import NOTHING, Wire, Wish


class RunChart:
    """Everything shown of one run."""

    def __init__(self, changed: Callable[[], None], stop: Callable[[], None]) -> None:
        """``changed`` is called when the reader wishes to see something else, ``stop`` to end the training."""
        self._axis = XAxis()
        self._rail = Rail(self._axis)
        self._panels: dict[str, PanelFigure] = {}
        wide = Layout(width="100%", overflow="visible")
        # Shared: each layout and each style is a widget of its own, which takes as long to make as what it is for.
        look = {"layout": Layout(width="auto"), "style": HTMLStyle()}
        self._head, self._status, self._summary, self._foot, self._description = (
            _html(name, look) for name in ("head", "status", "summary", "foot", "description")
        )
        self._figures = VBox(layout=wide)
        self._figures.add_class("nbdiag-chart")
        self._cards = Cards(look["style"])
        self._companion = Companion()
        self._drawn: State | None = None
        self.wish = NOTHING
        self._changed = changed
        self._wire = Wire(self._companion, self._wished, stop)
        top = Box([self._head, self._status], layout=wide)
        top.add_class("nbdiag-top")
        # Out of sight: where its script is blocked, only this box would show an error.
        hidden = Box([self._companion], layout=Layout(display="none"))
        self.box = VBox(
            [top, self._summary, self._description, self._figures, self._cards.box, self._foot, hidden],
            layout=wide,
        )
        self.box.add_class("nbdiag-run")

    def draw(self, state: State) -> None:
        """Bring everything to this state; the final one also writes what a saved page is read from."""
        chart, texts = state.chart, state.texts
        self._drawn = state
        self._axis.draw(chart)
        for panel in chart.panels:
            if panel.title in self._panels:
                self._panels[panel.title].draw(panel)
            else:
                self._panels[panel.title] = PanelFigure(panel, self._axis)
        self._rail.draw(chart.pins, chart.lanes)
        shown = [self._panels[panel.title].figure for panel in chart.panels]
        self._stand([self._rail.figure, *shown, self._axis.figure])
        assign(self._head, value=texts.head)
        assign(self._status, value=texts.status)
        assign(self._summary, value=texts.summary)
        assign(self._description, value=f'<p class="nbdiag-sr">{escape(chart.description)}</p>')
        assign(self._foot, value=texts.foot)
        self._cards.draw(texts, final=state.final)
        self._tell(state)

    def offer(self, card: str) -> None:
        """Open this card by itself, unless the reader has clicked one."""
        assign(self._companion, offer=card)

    @property
    def is_due(self) -> bool:
        """The reader has wished for something that is not drawn yet."""
        return self._drawn is not None and self._drawn.wish != self.wish

    def outline(self, name: str) -> dict[str, Any]:
        """What another run's chart needs to lay this run over its own: the line that matters most in each panel."""
        state = self._drawn
        if state is None:
            return {}
        panels = [self._panels[panel.title].main(panel) for panel in state.chart.panels if panel.lines]
        reach = [float(state.chart.x_min), float(state.chart.x_max)]
        return {"name": name, "unit": state.chart.x_unit, "units": dict(state.units), "reach": reach, "panels": panels}

    def lay_over(self, others: list[dict[str, Any]]) -> None:
        """Offer these runs' outlines to the reader."""
        assign(self._companion, others=others)

    def close(self) -> None:
        """Give the browser's memory back."""
        for child in (*self._figures.children, *self.box.children):
            child.close()
        self.box.close()

    def _wished(self, wish: Wish) -> None:
        self.wish = wish
        self._changed()

    def _stand(self, figures: Sequence[Figure]) -> None:
        """Show these figures in this order; the others stay, out of sight.

        A box of widgets builds anew what stands behind a child that comes or goes, and bqplot complains of a negative
        height where a figure is taken away before it is built: so the order is one of style.
        """
        known = self._figures.children
        for place, figure in enumerate(figures, -len(figures)):  # below 0: before what the companion adds
            assign(figure.layout, order=str(place))
            figure.remove_class("nbdiag-away")
        for figure in known:
            if figure not in figures:
                figure.add_class("nbdiag-away")
        assign(self._figures, children=(*known, *(figure for figure in figures if figure not in known)))

    def _tell(self, state: State) -> None:
        panels = state.chart.panels
        assign(
            self._companion,
            parts={
                "rail": self._rail.parts(),
                "panels": [self._panels[panel.title].parts(panel) for panel in panels],
                "axis": self._axis.parts(),
            },
            extent={
                "x": [float(state.chart.x_min), float(state.chart.x_max)],
                "y": [self._panels[panel.title].limits() for panel in panels],
            },
            findings=state.findings(),
            withdrawn=list(state.withdrawn),
            cards=state.texts.cards,
            unit=state.chart.x_unit,
            units=dict(state.units),
            behind=dict(state.behind),
            metrics={
                "all": list(state.metrics),
                "most": MOST_WANTED,
                "shown": [panel.lines[-1].curve.partition(":")[2] for panel in panels],
            },
            thinned=state.thinned,
            given=state.wish.told(),
            stoppable=state.stoppable,
        )


def _html(role: str, look: dict[str, Any]) -> HTML:
    widget = HTML(**look)
    widget.add_class(f"nbdiag-{role}")
    return widget
