"""Diagnoses come in while a script trains; now and then one line on stderr, how far it is and what was found, goes out."""

from __future__ import annotations

import sys
import time
from typing import TYPE_CHECKING, Any

from rich.console import Console
from rich.text import Text

from nbdiag.finding import Severity
from nbdiag.views import header
from nbdiag.views.markup import clean, plain
from nbdiag.views.numbers import shown

if TYPE_CHECKING:
    from nbdiag.diagnosis import Diagnosis

WATCHED = 10.0
"""Seconds between two lines on a terminal, where somebody may be looking."""
LOGGED = 60.0
"""The same in a log file, which is read later."""
_MOST = 4
"""Curves that fit on a line of 80 columns."""


class Progress:
    """Writes past the tee: else our own line would be read as one of the training's."""

    def __init__(self) -> None:
        stream: Any = _AsItWas(sys.stderr)
        self._console = Console(file=stream, force_jupyter=False, highlight=False)
        self._pause = WATCHED if self._console.is_terminal else LOGGED
        self._due = time.monotonic() + self._pause

    def tell(self, diagnosis: Diagnosis) -> None:
        """Write the line when it is time."""
        if time.monotonic() < self._due:
            return
        self._due = time.monotonic() + self._pause
        if self._console.is_terminal:
            self._console.file.write("\r\x1b[2K")  # a bar that stands there is drawn anew below
        self._console.print(line(diagnosis), soft_wrap=not self._console.is_terminal, no_wrap=True, overflow="ellipsis")


def line(diagnosis: Diagnosis) -> Text:
    """Name, place, latest values and headline of a run."""
    run = diagnosis.run
    parts = [header.status(run)]
    for curve in run.curves()[:_MOST]:
        name = clean(curve.metric if curve.split == "train" else f"{curve.split}_{curve.metric}")
        parts.append(f"{name} {shown(float(curve.values[-1]), percent=curve.unit == '%')}")
    text = Text(f"nbdiag {clean(run.name)}".rstrip() + ": " + ", ".join(parts))
    grave = header.worst(diagnosis) >= Severity.PROBLEM
    if diagnosis.headline:
        text.append(f". {plain(diagnosis.headline)}", "yellow" if grave else "dim")
    return text


class _AsItWas:
    """A stream with the ``write`` it has now, whatever is put in its place later."""

    def __init__(self, stream: Any) -> None:
        self._stream, self.write = stream, stream.write

    def __getattr__(self, name: str) -> Any:
        return getattr(self._stream, name)
