"""HTML of cards goes in, a table whose rows open comes out: one widget per card, written at its birth and at the end."""

from __future__ import annotations

from typing import Any

from ipywidgets import HTML, Layout, VBox

from nbdiag.views.widget.sync import assign
from nbdiag.views.widget.texts import Texts


class Cards:
    """In between the companion changes a card in place: writing it anew would drop the reader's selection and focus."""

    def __init__(self, texts: Texts, look: dict[str, Any], wide: Layout) -> None:
        """``look`` is each card's layout and style, ``wide`` the layout of the table."""
        self._look = look
        self._columns = HTML(texts.columns, **look)
        self._cards = {name: HTML(html, **look) for name, html in texts.cards.items()}
        self.box = VBox(self._rows(texts), layout=wide, _dom_classes=("nbdiag-cards",))

    def draw(self, texts: Texts, *, final: bool) -> None:
        """Show these cards in this order."""
        assign(self._columns, value=texts.columns)
        for name, html in texts.cards.items():
            if name not in self._cards:
                self._cards[name] = HTML(html, **self._look)
            elif final:
                assign(self._cards[name], value=html)
        assign(self.box, children=self._rows(texts))

    def _rows(self, texts: Texts) -> tuple[HTML, ...]:
        rows = tuple(self._cards[name] for name in texts.cards)
        return (self._columns, *rows) if rows else ()
