"""What a cell displays beside its streams (tables, rich's renderings, updates of both) comes in, events go out."""

from __future__ import annotations

import contextlib
import sys
import threading
from collections.abc import Iterator, Mapping
from typing import Any

from nbdiag.events import Displayed
from nbdiag.frameworks.base import Emit, Framework
from nbdiag.frameworks.hooks.guard import Guard
from nbdiag.frameworks.hooks.patches import called

_LONGEST = 1_000_000
"""Characters of something displayed that is still looked at: a table of some thousand epochs."""


@contextlib.contextmanager
def hook(emit: Emit) -> Iterator[None]:
    """Tell what is displayed through IPython while open; outside IPython nothing is."""
    ipython: Any = sys.modules.get("IPython")
    publisher = getattr(ipython.get_ipython() if ipython is not None else None, "display_pub", None)
    guard = Guard(emit, "reading what a cell displays")

    def published(args: tuple[Any, ...], kwargs: dict[str, Any], _: Any) -> None:
        with guard:
            data = kwargs.get("data", args[1] if len(args) > 1 else None)
            if isinstance(data, Mapping) and threading.current_thread().name != "nbdiag":
                event = _told(data, again=bool(kwargs.get("update")))
                if event is not None:
                    emit(event)

    def cleared(args: tuple[Any, ...], kwargs: dict[str, Any], _: Any) -> None:
        emit(Displayed(again=True))

    with contextlib.ExitStack() as stack:
        for name, after in (("publish", published), ("clear_output", cleared)):
            owner = next((kind for kind in type(publisher).__mro__ if name in vars(kind)), None)
            if publisher is not None and owner is not None:
                stack.enter_context(called(owner, name, after=after))
        yield


def _told(data: Mapping[str, Any], again: bool) -> Displayed | None:
    html, text = data.get("text/html"), data.get("text/plain")
    if "application/vnd.jupyter.widget-view+json" in data or (isinstance(html, str) and "nbdiag" in html):
        return None  # widgets change without being displayed again; and we display, too
    if isinstance(html, str) and "<table" in html[:_LONGEST]:
        return Displayed(html[:_LONGEST], "", again)
    return Displayed("", text, again) if isinstance(text, str) and len(text) <= _LONGEST else None


DISPLAYED = Framework("displayed", modules=("IPython",), hook=hook)
