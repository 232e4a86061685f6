"""Our own failures come in, one line for each kind goes out; the training they happened beside never sees them."""

from __future__ import annotations

import contextlib
import traceback
from collections.abc import Iterator
from pathlib import Path


class Faults:
    """What failed during one watch, each kind once."""

    def __init__(self) -> None:
        self._known: set[str] = set()
        self._fresh: list[str] = []

    @contextlib.contextmanager
    def guard(self, what: str) -> Iterator[None]:
        """Any exception inside is noted as a failure of ``what`` and goes no further."""
        try:
            yield
        except Exception as error:
            self.note(what, describe(error))

    def note(self, what: str, why: str) -> None:
        """``what`` failed because of ``why``; said once, however often it fails."""
        if what not in self._known:
            self._known.add(what)
            self._fresh.append(line(what, why))

    def __contains__(self, what: str) -> bool:
        return what in self._known

    def take(self) -> list[str]:
        """The lines not taken yet."""
        lines, self._fresh = self._fresh, []
        return lines


def line(what: str, why: str) -> str:
    """The one line that is shown where something of ours failed."""
    return f"NbdiagWarning: {what} failed ({why}); the training is not affected."


def describe(error: BaseException) -> str:
    """``ValueError: bad, run.py:12``: enough to find the place without a traceback in the user's cell."""
    text = " ".join(f"{type(error).__name__}: {error}".split())[:200]
    frames = traceback.extract_tb(error.__traceback__)
    return f"{text}, {Path(frames[-1].filename).name}:{frames[-1].lineno}" if frames else text
