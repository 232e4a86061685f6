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

PIECE = 1 << 17
"""Characters that are given out as one at most: what is slowest to read, unlike lines full of numbers, takes a fifth of a second."""

_forks = 0
"""How often this process was forked off another one. Asking for its number at each write costs as much as the write."""


def _forked_off() -> None:
    global _forks
    _forks += 1


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_forked_off)


class Inbox:
    """Open for any thread; emptied by one. Times are in seconds since it was made."""

    def __init__(self) -> None:
        self.began = time.perf_counter()
        self._waiting: deque[tuple[float, str, str | Event]] = deque()
        self._forks = _forks
        self._forked = Forked() if hasattr(os, "fork") else None

    def sink(self, stream: str) -> Callable[[str], None]:
        """What a tee calls with each text written to this stream."""
        append, clock, began, here = self._waiting.append, time.perf_counter, self.began, self._forks
        forked = self._forked

        def sink(text: str) -> None:
            if _forks == here:  # a forked process has this deque too, but nobody who empties it
                append((clock() - began, stream, text))
            elif forked is not None:
                forked.send(f"rank 0 {stream}", text)

        return sink

    def emit(self, event: Event) -> None:
        """What a hook calls."""
        if _forks == self._forks:
            self._waiting.append((time.perf_counter() - self.began, "", event))

    def empty(self, enough: Callable[[], bool] = lambda: False) -> Iterator[tuple[float, str, str | Event]]:
        """Time, stream (none for an event) and what came, until now: what comes meanwhile waits for the next time.

        So does the rest once there was ``enough``; asked is after each piece.
        """
        waiting = self._waiting
        if self._forked is not None:
            waiting.extend((at - self.began, stream, text) for at, stream, text in self._forked.receive())
        left = len(waiting)
        while left and not enough():
            at, stream, what = waiting.popleft()
            left -= 1
            if not isinstance(what, str):
                yield at, "", what
                continue
            texts, size, since = [what], len(what), at
            while left and size < PIECE and waiting[0][1] == stream and waiting[0][0] - since <= REACH:
                at, _, more = waiting.popleft()
                left -= 1
                texts.append(str(more))
                size += len(texts[-1])
            text, start = "".join(texts), 0
            while start < len(text):
                if start and enough():
                    waiting.appendleft((at, stream, text[start:]))
                    return
                start, begun = _end(text, start), start
                yield at, stream, text[begun:start]

    def leave_out(self) -> int:
        """Keep of what waits only what hooks reported; how many characters were not."""
        what = [self._waiting.popleft() for _ in range(len(self._waiting))]
        self._waiting.extendleft(
            reversed([(at, stream, event) for at, stream, event in what if not isinstance(event, str)])
        )
        return sum(len(text) for _, _, text in what if isinstance(text, str))

    def close(self) -> None:
        """All is read; forked processes are no longer heard."""
        if self._forked is not None:
            self._forked.close()
            self._forked = None


def _end(text: str, start: int) -> int:
    """Where the piece from ``start`` on ends: behind a line, or before one is written over, if it holds any."""
    if len(text) - start <= PIECE:
        return len(text)
    stop = start + PIECE
    end = max(text.rfind("\n", start, stop) + 1, text.rfind("\r", start, stop))
    return end if end > start else stop
