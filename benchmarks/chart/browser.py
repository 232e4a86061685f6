"""Contenders go in; how far Chromium lags behind each, refreshed five times a second in JupyterLab, comes out."""

from __future__ import annotations

import dataclasses
import json
import shutil
import statistics
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import nbformat
from playwright.sync_api import Page, WebSocket, sync_playwright

from benchmarks.chart.contenders import SEEN
from benchmarks.chart.place import KERNEL, write_kernel
from tests.browser.reader import LONG, Reader
from tests.browser.server import Server

_CHROMIUM = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
_WATCH = """([selector, pattern]) => {
  window.seen = {}
  window.frames_ = []
  const look = () => {
    const now = performance.timeOrigin + performance.now()
    for (const element of document.querySelectorAll(selector)) {
      const n = Number(new RegExp(pattern).exec(element.textContent)?.[1].replace(',', ''))
      if (n && !window.seen[n]) window.seen[n] = now / 1000
    }
  }
  new MutationObserver(look).observe(document.body, { childList: true, subtree: true, characterData: true })
  let last = performance.now()
  const frame = now => { window.frames_.push(now - last); last = now; requestAnimationFrame(frame) }
  requestAnimationFrame(frame)
}"""


@dataclasses.dataclass(frozen=True)
class Lag:
    """Milliseconds from a refresh's beginning in the kernel, and from its last message, to when the page shows it;
    ``backlog`` is the last one's. Frames in milliseconds. ``drawn`` of ``asked`` refreshes were seen."""

    whole: float
    median: float
    worst: float
    backlog: float
    frame: float
    frame_p95: float
    frame_worst: float
    drawn: int
    asked: int
    bytes: float
    messages: float


def lags(names: list[str], seconds: float) -> Iterator[tuple[str, Lag]]:
    """One after the other, in one JupyterLab and one Chromium."""
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as playwright:
        write_kernel(Path(folder) / "own" / "data")
        server = Server("lab", Path(folder) / "own")
        try:
            browser = playwright.chromium.launch(executable_path=_CHROMIUM, args=["--no-sandbox", "--disable-gpu"])
            for name in names:
                page = browser.new_page(viewport={"width": 1280, "height": 1600})
                yield name, _lag(server, page, name, seconds)
                page.close()
                server.end_kernels()
            browser.close()
        finally:
            server.close()


def _lag(server: Server, page: Page, name: str, seconds: float) -> Lag:
    made = f"import json\nfrom benchmarks.chart import contenders as c\nit = c.CONTENDERS[{name!r}]()\nit.show()"
    cells = [made, f"print('TIMES', json.dumps(c.loop(it, {seconds})))"]
    notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(cell) for cell in cells])
    notebook.metadata.kernelspec = {"name": KERNEL, "display_name": "benchmark", "language": "python"}
    nbformat.write(notebook, server.notebooks / "lag.ipynb")
    received: list[int] = []
    page.on("websocket", lambda socket: _listen(socket, received))
    reader = Reader(page)
    reader.open(server.address("lag.ipynb"))
    _run(page, 0)
    reader.wait_for_prompt(0, busy=False)
    page.wait_for_timeout(1500)  # the widget's scripts come in
    page.evaluate(_WATCH, list(SEEN[name]))
    received.clear()
    _run(page, 1)
    page.wait_for_function("document.body.innerText.includes('TIMES {')", timeout=LONG + seconds * 10_000)
    count, size = len(received), sum(received)
    page.wait_for_timeout(3000)  # what is still under way
    told = page.locator(".jp-OutputArea-output", has_text="TIMES {").last.inner_text()
    times = json.loads(told.partition("TIMES ")[2].splitlines()[0])
    seen = {int(n): at for n, at in page.evaluate("window.seen").items()}
    frames = sorted(page.evaluate("window.frames_"))
    asked = len(times["sent"])
    found = [n for n in range(2, asked + 2) if n in seen]
    late = [max(0.0, seen[n] - times["sent"][n - 2]) * 1e3 for n in found]
    whole = [(seen[n] - times["began"][n - 2]) * 1e3 for n in found]
    return Lag(
        statistics.median(whole), statistics.median(late), max(late), late[-1],
        statistics.median(frames), frames[int(0.95 * len(frames))], frames[-1],
        len(found), asked, size / asked, count / asked,
    )  # fmt: skip


def _listen(socket: WebSocket, received: list[int]) -> None:
    socket.on("framereceived", lambda frame: received.append(len(frame)))


def _run(page: Page, cell: int) -> None:
    page.evaluate(
        """cell => {
          const panel = [...jupyterapp.shell.widgets('main')].find(w => w.sessionContext)
          panel.content.activeCellIndex = cell
          jupyterapp.commands.execute('notebook:run-cell')
        }""",
        cell,
    )


def line(name: str, lag: Any) -> str:
    """One row of the table."""
    return (
        f"{name:24}{lag.whole:8.0f}{lag.median:8.0f}{lag.worst:8.0f}{lag.backlog:9.0f}"
        f"{lag.frame:8.0f}{lag.frame_p95:6.0f}{lag.frame_worst:7.0f}{lag.drawn:8}/{lag.asked}"
        f"{lag.bytes / 1e3:9.1f}{lag.messages:9.1f}"
    )
