"""Every test leaves the process as it found it: streams, import machinery, threads, and no watch under way."""

from __future__ import annotations

import sys
import threading
from collections.abc import Iterator

import pytest


@pytest.fixture(autouse=True)
def nothing_left_behind() -> Iterator[None]:
    def state() -> tuple[object, ...]:
        writes = tuple(getattr(stream, "__dict__", {}).get("write") for stream in (sys.stdout, sys.stderr))
        return (sys.stdout, sys.stderr, writes, list(sys.meta_path))

    before = state()
    yield
    assert state() == before
    assert not [thread for thread in threading.enumerate() if thread.name == "nbdiag"]
    live = sys.modules.get("nbdiag.live")
    assert live is None or live.active() is None
