"""HTML of cards goes in, a table whose rows open comes out: one widget per card, written at its birth and at the end."""

from __future__ import annotations

from ipywidgets import HTML, Layout, VBox
from ipywidgets.widgets.widget_string import HTMLStyle

from nbdiag.views.widget.sync import assign
from nbdiag.views.widget.texts import Texts


class Cards:
    """In between the companion changes a card in place: writing it anew would drop the reader's selection and focus."""

    def __init__(self, style: HTMLStyle) -> None:
        self._look = {"layout": Layout(width="100%"), "style": style}
        self._columns = HTML(**self._look)
        self._cards: dict[str, HTML] = {}
        self.box = VBox(layout=Layout(width="100%", overflow="visible"))
        self.box.add_class("nbdiag-cards")

    def draw(self, texts: Texts, *, final: bool) -> None:
        """Show these cards in this order."""
        assign(self._columns, value=texts.columns)
        for name, html in texts.cards.items():
            if name not in self._cards:
                self._cards[name] = HTML(html, **self._look)
            elif final:
                assign(self._cards[name], value=html)
        rows = tuple(self._cards[name] for name in texts.cards)
        assign(self.box, children=(self._columns, *rows) if rows else ())
