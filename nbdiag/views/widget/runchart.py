"""The state of one run, as a Chart and texts, goes in; the box the reader sees comes out: header, chart, cards, foot."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from bqplot import Figure
from ipywidgets import HTML, Box, Layout, VBox
from ipywidgets.widgets.widget_string import HTMLStyle
from markupsafe import escape

from nbdiag.views.panels import MOST_WANTED
from nbdiag.views.shapes import Chart
from nbdiag.views.widget.axis import XAxis
from nbdiag.views.widget.cards import Cards
from nbdiag.views.widget.companion import Companion
from nbdiag.views.widget.figure import PanelFigure
from nbdiag.views.widget.marks import order
from nbdiag.views.widget.rail import Rail
from nbdiag.views.widget.state import State
from nbdiag.views.widget.sync import assign
from nbdiag.views.widget.wire import NOTHING, Wire, Wish


class Frame:
    """Layouts that all charts of a board share: each is a widget of its own, which takes as long to make as what it is for."""

    def __init__(self) -> None:
        self.wide = Layout(width="100%", overflow="visible")
        self.hidden = Layout(display="none")


class RunChart:
    """Everything shown of one run."""

    def __init__(self, state: State, frame: Frame, changed: Callable[[], None], stop: Callable[[], None]) -> None:
        """``changed`` is called when the reader wishes to see something else, ``stop`` to end the training.

        All parts are made as they are to be seen: each change that follows is a message of its own to the browser.
        """
        chart, wide = state.chart, frame.wide
        self._axis = XAxis(chart)
        self._rail = Rail(self._axis, chart.pins, chart.lanes)
        self._panels = {panel.title: PanelFigure(panel, self._axis, i) for i, panel in enumerate(chart.panels, 1)}
        look = {"layout": Layout(width="auto"), "style": HTMLStyle()}
        words = _words(state)
        self._words = {name: HTML(text, _dom_classes=(f"nbdiag-{name}",), **look) for name, text in words.items()}
        self._figures = VBox(self._standing(chart), layout=wide, _dom_classes=("nbdiag-chart",))
        self._cards = Cards(state.texts, look, wide)
        self._companion = Companion(layout=frame.hidden)
        self._drawn = state
        self.wish = NOTHING
        self._changed = changed
        self._wire = Wire(self._companion, self._wished, stop)
        # Its script fills a message of its own: for one beyond 64 kB zmq would import, in this thread.
        assign(self._companion, **self._told(state))
        head, status, summary, description, foot = self._words.values()
        top = Box([head, status], layout=wide, _dom_classes=("nbdiag-top",))
        # Out of sight: where its script is blocked, only this box would show an error.
        hidden = Box([self._companion], layout=frame.hidden)
        self.box = VBox(
            [top, summary, description, self._figures, self._cards.box, foot, hidden],
            layout=wide,
            _dom_classes=("nbdiag-run",),
        )

    def draw(self, state: State) -> None:
        """Bring everything to this state; the final one also writes what a saved page is read from."""
        chart = state.chart
        self._drawn = state
        self._axis.draw(chart)
        for place, panel in enumerate(chart.panels, 1):
            if panel.title in self._panels:
                self._panels[panel.title].draw(panel)
            else:
                self._panels[panel.title] = PanelFigure(panel, self._axis, place)
        self._rail.draw(chart.pins, chart.lanes)
        figures = self._standing(chart)
        known = self._figures.children
        for figure in known:
            if figure not in figures:
                figure.add_class("nbdiag-away")
        assign(self._figures, children=(*known, *(figure for figure in figures if figure not in known)))
        for name, text in _words(state).items():
            assign(self._words[name], value=text)
        self._cards.draw(state.texts, final=state.final)
        assign(self._companion, **self._told(state))

    def offer(self, card: str) -> None:
        """Open this card by itself, unless the reader has clicked one."""
        assign(self._companion, offer=card)

    @property
    def is_due(self) -> bool:
        """The reader has wished for something that is not drawn yet."""
        return self._drawn.wish != self.wish

    def outline(self, name: str) -> dict[str, Any]:
        """What another run's chart needs to lay this run over its own: the line that matters most in each panel."""
        state = self._drawn
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

    def _standing(self, chart: Chart) -> list[Figure]:
        """The figures to be seen, told where to stand: by style, for a box builds anew what is behind a child that comes.

        So none is taken out of it either, but out of sight: bqplot complains of a negative height where a figure is
        gone before it is built.
        """
        figures = [self._rail.figure, *(self._panels[panel.title].figure for panel in chart.panels), self._axis.figure]
        for place, figure in enumerate(figures[:-1]):
            assign(figure.layout, order=order(place))
            figure.remove_class("nbdiag-away")
        return figures

    def _told(self, state: State) -> dict[str, Any]:
        """The companion's traits."""
        panels = state.chart.panels
        return {
            "parts": {
                "rail": self._rail.parts(),
                "panels": [self._panels[panel.title].parts(panel) for panel in panels],
                "axis": self._axis.parts(),
            },
            "extent": {
                "x": [float(state.chart.x_min), float(state.chart.x_max)],
                "y": [self._panels[panel.title].limits() for panel in panels],
            },
            "findings": state.findings(),
            "withdrawn": list(state.withdrawn),
            "cards": state.texts.cards,
            "unit": state.chart.x_unit,
            "units": dict(state.units),
            "behind": dict(state.behind),
            "metrics": {
                "all": list(state.metrics),
                "most": MOST_WANTED,
                "shown": [panel.lines[-1].curve.partition(":")[2] for panel in panels],
            },
            "thinned": state.thinned,
            "given": state.wish.told(),
            "stoppable": state.stoppable,
        }


def _words(state: State) -> dict[str, str]:
    """The HTML of each part by name, in the order of the box."""
    texts, description = state.texts, f'<p class="nbdiag-sr">{escape(state.chart.description)}</p>'
    return {
        "head": texts.head,
        "status": texts.status,
        "summary": texts.summary,
        "description": description,
        "foot": texts.foot,
    }
