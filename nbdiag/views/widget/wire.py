"""What a reader asks of a chart in the browser comes in, checked; where the front end can, also while the cell runs.

A widget's messages wait for the cell, for its comm belongs to the shell that the cell runs in. A comm of its own, opened
by the browser once the front end has a subshell for it, does not. Measured in JupyterLab 4.6 and Notebook 7.6: so with
ipykernel 7.0, 7.3 and 7.4; with 6.31 there are no subshells, and it is never opened.
"""

from __future__ import annotations

import dataclasses
import math
import weakref
from collections.abc import Callable, Mapping
from typing import Any

from comm import get_comm_manager

TARGET = "nbdiag"
_wires: weakref.WeakValueDictionary[str, Wire] = weakref.WeakValueDictionary()


@dataclasses.dataclass(frozen=True)
class Wish:
    """What the reader wants to see that only the kernel has: all values in a window, and other metrics."""

    window: tuple[float, float] | None = None
    metrics: tuple[str, ...] | None = None

    def told(self) -> dict[str, Any]:
        """As the browser says it, to be compared there."""
        return {"window": self.window and list(self.window), "metrics": self.metrics and list(self.metrics)}


NOTHING = Wish()


class Wire:
    """Gives what one chart's reader asks for to ``wish`` and ``stop``, in whatever thread it arrives."""

    def __init__(self, companion: Any, wish: Callable[[Wish], None], stop: Callable[[], None]) -> None:
        self._wish, self._stop = wish, stop
        companion.on_msg(lambda _, content, buffers: self.hear(content))
        companion.chart = companion.model_id
        _wires[companion.model_id] = self
        get_comm_manager().register_target(TARGET, _opened)

    def hear(self, content: Any) -> None:
        """Do what a message asks for; anything else is passed over."""
        if not isinstance(content, Mapping):
            return
        if content.get("stop") is True:
            self._stop()
        elif "wish" in content:
            self._wish(_wish(content["wish"]))


def _opened(comm: Any, message: Mapping[str, Any]) -> None:
    wire = _wires.get(str(message["content"]["data"].get("chart")))
    if wire is None:
        comm.close()
        return
    comm.on_msg(lambda heard: wire.hear(heard["content"]["data"]))
    comm.send({"listening": True})


def _wish(told: Any) -> Wish:
    told = told if isinstance(told, Mapping) else {}
    window, metrics = told.get("window"), told.get("metrics")
    if not (isinstance(window, list) and len(window) == 2 and all(map(_finite, window)) and window[0] < window[1]):
        window = None
    if not (isinstance(metrics, list) and metrics and all(isinstance(name, str) for name in metrics)):
        metrics = None
    return Wish(window and (window[0], window[1]), metrics and tuple(metrics))


def _finite(value: Any) -> bool:
    return isinstance(value, int | float) and math.isfinite(value)
