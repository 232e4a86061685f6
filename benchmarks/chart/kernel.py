"""A contender and a number of points go in; what a refresh costs a real kernel, and what it sends, come out."""

from __future__ import annotations

import dataclasses
import json
import statistics
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from jupyter_client.kernelspec import KernelSpecManager
from jupyter_client.manager import KernelManager

from benchmarks.chart.place import KERNEL, write_kernel

_SENT = ("comm_msg", "comm_open", "display_data", "update_display_data", "clear_output", "stream")


@dataclasses.dataclass(frozen=True)
class Cost:
    """Of one refresh: milliseconds of the thread that does it, of these for the rules; bytes and messages sent."""

    milliseconds: float
    judging: float
    bytes: float
    messages: float


@contextmanager
def started() -> Iterator[Any]:
    """A client of a new kernel."""
    with tempfile.TemporaryDirectory() as folder:
        write_kernel(Path(folder))
        specs = KernelSpecManager()
        specs.kernel_dirs = [str(Path(folder) / "kernels"), *specs.kernel_dirs]
        manager = KernelManager(kernel_name=KERNEL, kernel_spec_manager=specs)
        manager.start_kernel(stderr=subprocess.DEVNULL)
        client = manager.client()
        client.start_channels()
        try:
            client.wait_for_ready(timeout=60)
            yield client
        finally:
            client.stop_channels()
            manager.shutdown_kernel(now=True)


def cost(name: str, points: int, times: int) -> Cost:
    """Medians over some refreshes near that many points; of what is sent the mean."""
    with started() as client:
        run(client, f"from benchmarks.chart import contenders as c; it = c.CONTENDERS[{name!r}]()")
        run(client, f"it.refresh(c.curves({points}))")
        sent = run(client, f"spent = c.costs(it, {points} + 1, {times})")
        told = run(client, "import json; print(json.dumps([spent, getattr(it, 'judging', [0])[-len(spent):]]))")
        spent, judging = json.loads("".join(m["content"]["text"] for m in told if m["msg_type"] == "stream"))
    drawn = [m for m in sent if m["msg_type"] in _SENT]
    return Cost(
        statistics.median(spent) * 1e3,
        statistics.median(judging) * 1e3,
        sum(map(_size, drawn)) / (times + 1),  # one to begin with
        len(drawn) / (times + 1),
    )


LIVE = """
import time, threading, statistics, numpy as np, nbdiag
from nbdiag.events import Steps
drawn = []
watch = nbdiag.watch(view="widget")
screen, draw = watch._screen, watch._screen.draw
def counted(diagnoses):
    drawn.append(1)
    draw(diagnoses)
screen.draw = counted
before = {before}
for name, row in zip(c.NAMES, c.curves(before + 1)[:, :before]):
    split, metric = ("val", name[4:]) if name.startswith("val_") else ("train", name)
    if before:
        watch._inbox.emit(Steps(metric, split, row, np.full(before, np.nan), np.arange(1, before + 1)))
each = c.curves(before + 1000 + {times}).T[before:].tolist()
def log(k):
    watch.log(**{"step" if before else "epoch": before + k + 1}, **dict(zip(c.NAMES, each[k])))
begin = 0
while before and len(drawn) < 2 and begin < 600:  # a million read at once have to be paid for first
    log(begin)
    begin += 1
    time.sleep(0.2)
drawn.clear()
beside = next(t for t in threading.enumerate() if t.name == "nbdiag")
clock = time.pthread_getcpuclockid(beside.ident)
began, taken, spent = time.perf_counter(), time.clock_gettime(clock), []
for k in range(begin, begin + {times}):
    start = time.thread_time_ns()
    log(k)
    spent.append(time.thread_time_ns() - start)
    time.sleep(0.2)
thread, length = time.clock_gettime(clock) - taken, time.perf_counter() - began
watch.finish()
print(json.dumps([statistics.median(spent) / 1e3, thread * 1e3, len(drawn), thread / length]))
"""


@dataclasses.dataclass(frozen=True)
class Live:
    """A watched loop: µs that a refresh interval of it costs the training's own thread, ms of the thread beside it in
    all, how many times that drew, and its share of the time."""

    own: float
    beside: float
    drawn: int
    share: float


def live(times: int, before: int = 0) -> Live:
    """So many epochs, five a second; or steps, behind the ``before`` that there are already."""
    with started() as client:
        run(client, "import json; from benchmarks.chart import contenders as c")
        told = run(client, LIVE.replace("{times}", str(times)).replace("{before}", str(before)))
    text = "".join(m["content"]["text"] for m in told if m["msg_type"] == "stream")
    return Live(*json.loads(text[text.index("[") :].splitlines()[0]))


def run(client: Any, code: str) -> list[dict[str, Any]]:
    """Execute; everything the kernel published meanwhile."""
    ident = client.execute(code)
    published = []
    while True:
        message = client.get_iopub_msg(timeout=600)
        if message["parent_header"].get("msg_id") != ident:
            continue
        published.append(message)
        if message["msg_type"] == "error":
            raise RuntimeError("\n".join(message["content"]["traceback"]))
        if message["msg_type"] == "status" and message["content"]["execution_state"] == "idle":
            return published


def _size(message: dict[str, Any]) -> int:
    """Content and buffers; headers, about 400 bytes each, are left out."""
    return len(json.dumps(message["content"], default=str)) + sum(len(bytes(b)) for b in message["buffers"])
