"""The widgets that a notebook was saved with go in; what one of them shows, as a line of text or as outputs, comes out."""

from __future__ import annotations

import html
import re
from collections.abc import Iterator, Mapping
from typing import Any

VIEW = "application/vnd.jupyter.widget-view+json"
_STATE = "application/vnd.jupyter.widget-state+json"
_TAG = re.compile(r"<[^<>]{0,200}>")
_DEPTH = 8  # boxes in boxes


def models(notebook: Mapping[str, Any]) -> Mapping[str, Any]:
    """The saved states by the widgets' names; empty where the notebook was saved without."""
    found: Any = notebook.get("metadata")
    for part in ("widgets", _STATE):
        found = found.get(part) if isinstance(found, Mapping) else None
    # Colab leaves out what says which format this is.
    states = found.get("state", found) if isinstance(found, Mapping) else {}
    return {name: model["state"] for name, model in states.items() if isinstance(model, Mapping) and "state" in model}


def outputs(data: Mapping[str, Any], states: Mapping[str, Any]) -> Iterator[str | Mapping[str, Any]]:
    """What the widget shows that an output displays: its text (a bar's is one line), and the outputs it holds."""
    view = data.get(VIEW)
    name = view.get("model_id") if isinstance(view, Mapping) else None
    if isinstance(name, str):
        yield from _shown(name, states, _DEPTH)


def _shown(name: str, states: Mapping[str, Any], depth: int) -> Iterator[str | Mapping[str, Any]]:
    state = states.get(name)
    if not isinstance(state, Mapping) or not depth:
        return
    if isinstance(held := state.get("outputs"), list):
        yield from (output for output in held if isinstance(output, Mapping))
    if isinstance(state.get("value"), str):
        yield html.unescape(_TAG.sub("", state["value"])).replace("\u00a0", " ")
    children = [str(c).removeprefix("IPY_MODEL_") for c in state.get("children") or ()]
    if not children:
        return
    parts = [list(_shown(child, states, depth - 1)) for child in children]
    if any("max" in states.get(child, {}) for child in children):  # a bar between what stands before and behind it
        yield "".join(str(part) for each in parts for part in each)
    else:
        yield from (part for each in parts for part in each)
