"""What the first of several forked training processes prints comes in there; it goes out in the process that forked it.

Launchers (``torch.multiprocessing``, Accelerate's) fork one process for each rank; all print the same training.
"""

from __future__ import annotations

import contextlib
import os
import struct
import sys
import time
import weakref
from collections.abc import Iterator

_HEAD = struct.Struct("=dHH")
_MOST = 1000
"""Characters sent at once, 4000 bytes at most: up to 4096 (``PIPE_BUF``) no other process' message comes between."""
_READ = 1 << 20


class Forked:
    """A pipe, made before the fork. Sending never waits: what does not fit any more is left out."""

    def __init__(self) -> None:
        self._read, self._write = os.pipe()
        for end in (self._read, self._write):
            os.set_blocking(end, False)
        self.close = weakref.finalize(self, _close, self._read, self._write)
        self._lost = False
        self._rest = b""

    def send(self, stream: str, text: str) -> None:
        """In a forked process: ``text`` was written to ``stream``."""
        if not self.close.alive or not is_first():
            return
        if self._lost:
            text = "\n" + text  # two pieces must not become one number
        name = stream.encode()
        for at in range(0, len(text), _MOST):
            part = text[at : at + _MOST].encode("utf-8", "replace")
            try:
                os.write(self._write, _HEAD.pack(time.perf_counter(), len(name), len(part)) + name + part)
                self._lost = False
            except BlockingIOError:
                self._lost = True
                return

    def receive(self) -> Iterator[tuple[float, str, str]]:
        """Time (of ``time.perf_counter``), stream and text, as far as they have come."""
        with contextlib.suppress(BlockingIOError):
            while more := os.read(self._read, _READ):
                self._rest += more
        while len(self._rest) >= _HEAD.size:
            when, name, size = _HEAD.unpack_from(self._rest)
            begin, end = _HEAD.size + name, _HEAD.size + name + size
            if len(self._rest) < end:
                return
            yield when, self._rest[_HEAD.size : begin].decode(), self._rest[begin:end].decode()
            self._rest = self._rest[end:]


def _close(*ends: int) -> None:
    for end in ends:
        os.close(end)


def is_first() -> bool:
    """Whether this process is rank 0 of several that train together."""
    torch = sys.modules.get("torch.distributed")
    if torch is not None and torch.is_available() and torch.is_initialized():
        return bool(torch.get_rank() == 0)
    return (os.environ.get("RANK") or os.environ.get("LOCAL_RANK")) == "0"
