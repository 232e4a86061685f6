"""Training that a button starts, its output in a widget; and a notebook that Voilà serves: the live chart is there too."""

from __future__ import annotations

import os
import re
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page

from tests.browser.reader import LONG, READY, Reader
from tests.browser.server import Server

pytestmark = [pytest.mark.browser, pytest.mark.timeout(300)]

_BUTTON = """
import pathlib, time
import ipywidgets, nbdiag
button, out = ipywidgets.Button(description="Train"), ipywidgets.Output()
def train(_):
    with out, nbdiag.watch():
        epoch = 0
        while not pathlib.Path("GO").exists():
            epoch += 1
            print(f"Epoch {epoch}/900 - loss: {1 / epoch**0.5:.4f} - val_loss: {1 / epoch + 0.01 * epoch:.4f}")
            time.sleep(0.1)
    with out, nbdiag.watch(view="static"):
        for epoch in range(1, 21):
            print(f"Epoch {epoch}/20 - loss: {1 / epoch:.4f}")
button.on_click(train)
ipywidgets.VBox([button, out])
"""
_CELL = """%%diagnose
for epoch in range(1, 41):
    loss = 1 / epoch if epoch < 36 else float("nan")
    print(f"Epoch {epoch}/40 - loss: {loss:.4f} - val_loss: {loss + 0.01 * epoch:.4f}")
"""
ENDED = "s => / of 900 epochs in /.test(document.querySelector(s)?.textContent)"


@pytest.fixture
def go(lab: Server) -> Iterator[Path]:
    """The file that ends the training."""
    file = lab.notebooks / "GO"
    yield file
    lab.end_kernels()
    file.unlink(missing_ok=True)


@pytest.fixture
def voila(tmp_path: Path) -> Iterator[str]:
    """Voilà on a free port, without the person's own settings. Gives its address."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    own = {name: str(tmp_path / name) for name in ("JUPYTER_CONFIG_DIR", "JUPYTER_DATA_DIR", "IPYTHONDIR")}
    command = [str(Path(sys.executable).with_name("voila")), "--no-browser", f"--port={port}", "--Voila.ip=127.0.0.1"]
    with (tmp_path / "voila.log").open("w") as log:
        process = subprocess.Popen(
            command, cwd=tmp_path, env={**os.environ, **own, "OMP_NUM_THREADS": "1"}, stdout=log, stderr=log
        )
    address = f"http://127.0.0.1:{port}"
    try:
        for _ in range(300):
            try:
                urllib.request.urlopen(address, timeout=20).close()
                break
            except OSError:
                assert process.poll() is None, (tmp_path / "voila.log").read_text()
                time.sleep(0.2)
        yield address
    finally:
        process.terminate()
        process.wait(20)


def alone(page: Page) -> None:
    """Voilà's page asks a CDN for a font of symbols, which has nothing to do with us."""
    page.route(re.compile("^https:"), lambda route: route.fulfill(body="", content_type="text/css"))


def test_a_training_started_by_a_button_is_shown_in_its_output_widget(lab: Server, go: Path, reader: Reader) -> None:
    lab.write("button.ipynb", ["%load_ext nbdiag", _BUTTON])
    reader.open(lab.address("button.ipynb"))
    reader.command("notebook:run-all-cells")
    reader.page.get_by_role("button", name="Train", exact=True).click(timeout=LONG)
    reader.wait_for_chart()
    assert reader.page.locator(".widget-output .nbdiag-run").count() == 1
    go.touch()
    reader.page.wait_for_function(ENDED, arg=".nbdiag .status", timeout=LONG)
    static = reader.page.locator(".widget-output .nbdiag-static")
    static.locator("p", has_text="· 20 epochs").wait_for(timeout=LONG)
    assert static.count() == 1  # that of the second training: what is beside a live chart would go where it goes
    assert static.locator("img").first.evaluate("image => image.decode().then(() => image.naturalWidth > 0)")
    assert reader.complaints == []


def test_voila(voila: str, tmp_path: Path, lab: Server, reader: Reader) -> None:
    file = lab.write("voila.ipynb", ["%load_ext nbdiag", _CELL, _BUTTON])
    file.rename(tmp_path / file.name)
    alone(reader.page)
    reader.page.goto(f"{voila}/voila/render/{file.name}", timeout=LONG)
    reader.wait_for_chart()
    before = reader.page.locator(".nbdiag details[open]").count()
    reader.click_pin()
    assert reader.page.locator(".nbdiag details[open]").count() == 1 - before
    assert not reader.page.locator(".nbdiag-static").first.is_visible()
    reader.page.get_by_role("button", name="Train", exact=True).click()
    running = reader.page.locator(".nbdiag-run", has_text="of 900")
    running.locator(".bqplot .curve path.line[d]").first.wait_for(state="attached", timeout=LONG)
    reader.page.wait_for_function("ready => document.querySelectorAll(ready).length === 2", arg=READY, timeout=LONG)
    (tmp_path / "GO").touch()
    running.get_by_text(" of 900 epochs in ").wait_for(timeout=LONG)
    reader.picture("voila")
    # Voilà 0.5 loads every extension of JupyterLab there is, and Notebook 7.6's asks for what only Notebook has.
    assert [said for said in reader.complaints if "@jupyter-notebook/lab-extension" not in said] == []
