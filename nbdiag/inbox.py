"""What is written and what hooks report come in on the training's thread, which only appends; in order it goes out."""

from __future__ import annotations

import os
import time
from collections import deque
from collections.abc import Callable, Iterator

from nbdiag.events import Event
from nbdiag.forked import Forked

REACH = 0.05
"""Seconds within which chunks of one stream are given out as one text: read so, a line that is written costs a fifth
less, and no eye sees the difference on an axis of time."""


class Inbox:
    """Open for any thread; emptied by one. Times are in seconds since it was made."""

    def __init__(self) -> None:
        self.began = time.perf_counter()
        self._waiting: deque[tuple[float, str, str | Event]] = deque()
        self._pid = os.getpid()
        self._forked = Forked() if hasattr(os, "fork") else None

    def sink(self, stream: str) -> Callable[[str], None]:
        """What a tee calls with each text written to this stream."""
        append, clock, began, pid, getpid = self._waiting.append, time.perf_counter, self.began, self._pid, os.getpid
        forked = self._forked

        def sink(text: str) -> None:
            if getpid() == pid:  # a forked process has this deque too, but nobody who empties it
                append((clock() - began, stream, text))
            elif forked is not None:
                forked.send(f"rank 0 {stream}", text)

        return sink

    def emit(self, event: Event) -> None:
        """What a hook calls."""
        if os.getpid() == self._pid:
            self._waiting.append((time.perf_counter() - self.began, "", event))

    def empty(self) -> Iterator[tuple[float, str, str | Event]]:
        """Time, stream (none for an event) and what came, until now: what comes meanwhile waits for the next time."""
        if self._forked is not None:
            self._waiting.extend((at - self.began, stream, text) for at, stream, text in self._forked.receive())
        texts: list[str] = []
        since = at = 0.0
        stream = ""
        for _ in range(len(self._waiting)):
            then, where, what = self._waiting.popleft()
            if texts and (where != stream or then - since > REACH):
                yield at, stream, "".join(texts)
                texts = []
            if isinstance(what, str):
                if not texts:
                    since, stream = then, where
                texts.append(what)
                at = then
            else:
                yield then, "", what
        if texts:
            yield at, stream, "".join(texts)

    def close(self) -> None:
        """All is read; forked processes are no longer heard."""
        if self._forked is not None:
            self._forked.close()
            self._forked = None
