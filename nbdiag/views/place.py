"""What to show comes in again and again, by MIME type; it goes out to one place in the notebook, which shows the latest."""

from __future__ import annotations

import sys
from collections.abc import Mapping
from typing import Any, Protocol

WIDGET = "application/vnd.jupyter.widget-view+json"
_BOX = '<div style="line-height: 1.4; overflow-x: auto">{}</div>'  # an HTML widget's own lines are 28 px high


class Place(Protocol):
    """Where one thing is shown."""

    def put(self, data: Mapping[str, Any]) -> None:
        """Show this instead of what was there."""


class Display:
    """An output of a cell."""

    def __init__(self, data: Mapping[str, Any]) -> None:
        from IPython.display import display

        self._handle = display(data, raw=True, display_id=True)

    def put(self, data: Mapping[str, Any]) -> None:
        """As ``Place`` says."""
        self._handle.update(data, raw=True)


class Holder:
    """A box inside an ``Output`` widget, which drops every update of what it shows (ipywidgets 8.1)."""

    def __init__(self) -> None:
        from IPython.display import display
        from ipywidgets import Layout, VBox

        self._box = VBox(layout=Layout(overflow="visible"))
        display(self._box)

    def put(self, data: Mapping[str, Any]) -> None:
        """As ``Place`` says."""
        from ipywidgets import HTML
        from markupsafe import escape

        if WIDGET in data:
            self._box.children = (_widgets()[data[WIDGET]["model_id"]],)
        else:
            words = data.get("text/html") or f"<pre>{escape(data['text/plain'])}</pre>"
            self._box.children = (HTML(_BOX.format(words)),)


def begin(data: Mapping[str, Any]) -> Place:
    """A place that shows ``data`` at first: below what the cell has shown until now."""
    return Holder() if within_widget() else Display(data)


def within_widget() -> bool:
    """Whether what is displayed now goes into an ``Output`` widget: its ``msg_id`` names the message being answered."""
    shell = getattr(sys.modules.get("IPython"), "get_ipython", lambda: None)()
    kernel = getattr(shell, "kernel", None)
    if "ipywidgets" not in sys.modules or kernel is None:
        return False
    parent = kernel.get_parent().get("header", {}).get("msg_id")
    return parent is not None and any(getattr(w, "msg_id", None) == parent for w in [*_widgets().values()])


def _widgets() -> Mapping[str, Any]:
    """All widgets that live, by their id: ipywidgets 8 has no other list of them."""
    known: Mapping[str, Any] = getattr(sys.modules["ipywidgets.widgets.widget"], "_instances", {})
    return known
