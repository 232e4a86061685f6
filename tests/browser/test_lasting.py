"""What a reader sees who reloads the page, closes it, or loses the kernel while a cell trains: nothing is lost."""

from __future__ import annotations

import os
import signal
from collections.abc import Iterator

import nbformat
import pytest
from playwright.sync_api import BrowserContext

from tests.browser.reader import LONG, PIN, READY, Reader
from tests.browser.server import Server

pytestmark = [pytest.mark.browser, pytest.mark.timeout(300)]

_SETUP = """
import os, pathlib, nbdiag.views.static
nbdiag.views.static.COPY_SECONDS = 0.5  # the reader does not wait for a minute
pathlib.Path("PID").write_text(str(os.getpid()))
"""
_LOOP = """%%diagnose {options}
import time, pathlib
epoch = 0
while not pathlib.Path("GO").exists():
    epoch += 1
    print(f"Epoch {{epoch}}/900 - loss: {{1 / epoch**0.5:.4f}} - val_loss: {{1 / epoch**0.5 + 0.1 + 0.01 * epoch:.4f}}")
    time.sleep(0.1)
pathlib.Path("EPOCHS").write_text(str(epoch))
"""
_LAST = "import nbdiag\nnbdiag.last()"
CELL = 2
STATIC = ".nbdiag-static img"
STATUS = ".nbdiag .status"


@pytest.fixture(params=["lab", "notebook"])
def server(request: pytest.FixtureRequest) -> Iterator[Server]:
    found: Server = request.getfixturevalue(request.param)
    yield found
    (found.notebooks / "GO").touch()
    found.end_kernels()
    (found.notebooks / "GO").unlink()


def begin(server: Server, reader: Reader, options: str = "", shown: str = PIN) -> None:
    """Open a notebook, run it, wait until something has been found."""
    reader.page.on("dialog", lambda dialog: dialog.accept())  # "Leave site?"
    server.write("lasting.ipynb", [_SETUP, "%load_ext nbdiag", _LOOP.format(options=options), _LAST])
    reader.open(server.address("lasting.ipynb"))
    reader.command("notebook:run-all-cells")
    reader.wait_for_prompt(CELL, busy=True)
    reader.page.wait_for_selector(shown, state="attached", timeout=LONG)


def wait_for_copy(reader: Reader) -> None:
    """A copy stands in the notebook beside the live chart, which hides it."""
    reader.page.wait_for_selector(STATIC, state="attached", timeout=LONG)


def save(reader: Reader) -> None:
    """Save the notebook as it is; the cell goes on to change it."""
    reader.page.evaluate("() => jupyterapp.commands.execute('docmanager:save')")


def end(server: Server, reader: Reader) -> None:
    """Let the cell end, and wait until the chart says that all its epochs are there."""
    (server.notebooks / "GO").touch()
    reader.page.wait_for_function(
        "s => / of 900 epochs in /.test(document.querySelector(s)?.textContent)", arg=STATUS, timeout=LONG
    )
    reader.page.wait_for_selector(READY, state="attached", timeout=LONG)
    epochs = (server.notebooks / "EPOCHS").read_text()
    assert reader.page.locator(STATUS).first.inner_text().startswith(f"{epochs} of 900 epochs")
    assert not reader.page.locator(STATIC).first.is_visible()
    assert reader.page.locator(PIN).count() >= 1


def test_reloaded_while_it_trains(server: Server, reader: Reader) -> None:
    begin(server, reader)
    wait_for_copy(reader)
    save(reader)
    reader.page.reload()
    copy = reader.page.locator(STATIC).first
    copy.wait_for(state="visible", timeout=LONG)  # the kernel is busy: it cannot give the widgets back yet
    assert copy.evaluate("image => image.complete && image.naturalWidth > 0")
    end(server, reader)
    reader.picture(f"reloaded-{server.app}")
    assert reader.complaints == []


def test_closed_while_it_ends(server: Server, chromium: BrowserContext, reader: Reader) -> None:
    page = chromium.new_page()
    begin(server, Reader(page))
    before = Reader(page)
    wait_for_copy(before)
    save(before)
    page.close()
    (server.notebooks / "GO").touch()
    reader.open(server.address("lasting.ipynb"))
    end(server, reader)
    assert reader.complaints == []


@pytest.mark.parametrize("server", ["lab"], indirect=True)
def test_a_killed_kernel_leaves_the_chart_and_the_copy(server: Server, reader: Reader) -> None:
    begin(server, reader)
    wait_for_copy(reader)
    os.kill(int((server.notebooks / "PID").read_text()), signal.SIGKILL)
    reader.page.get_by_role("dialog").get_by_role("button").last.click(timeout=LONG)  # "appears to have died"
    assert (
        reader.page.locator(".nbdiag-run > [role=status]").inner_text().startswith("Finding 1, ")
    )  # said when it came
    if not reader.page.locator(".nbdiag details[open]").count():
        reader.click_pin()
    assert reader.card()["message"]
    save(reader)
    saved = nbformat.read(server.notebooks / "lasting.ipynb", as_version=4).cells[CELL].outputs
    copies = [output.data for output in saved if "image/svg+xml" in output.get("data", {})]
    assert len(copies) == 1
    assert "running" in copies[0]["text/plain"] or "epoch" in copies[0]["text/plain"]


@pytest.mark.parametrize("server", ["lab"], indirect=True)
def test_without_widgets_it_is_live_as_well(server: Server, reader: Reader) -> None:
    begin(server, reader, "--view static", shown=STATIC)
    first = reader.page.locator(STATIC).first.get_attribute("src")
    reader.page.wait_for_function(
        "([s, first]) => document.querySelector(s).src !== first", arg=[STATIC, first], timeout=LONG
    )
    assert "*" in reader.prompts()[CELL]
    assert reader.page.locator(".nbdiag-static details summary").count() >= 1
    assert reader.page.locator(".nbdiag-run").count() == 0
    (server.notebooks / "GO").touch()
    reader.wait_for_prompt(CELL + 1, busy=False)
    assert " of 900 epochs in " in reader.page.locator(".nbdiag-static p").first.inner_text()
    assert reader.complaints == []


@pytest.mark.parametrize("server", ["lab"], indirect=True)
def test_the_last_run_in_a_second_cell(server: Server, reader: Reader) -> None:
    begin(server, reader)
    end(server, reader)
    runs = reader.page.locator(".nbdiag-run")
    reader.page.wait_for_function("ready => document.querySelectorAll(ready).length === 2", arg=READY, timeout=LONG)
    drawn = [
        runs.nth(i).locator(".bqplot .curve path.line[d]").evaluate_all("lines => lines.map(l => l.getAttribute('d'))")
        for i in range(2)
    ]
    assert drawn[0] == drawn[1]
    assert runs.nth(0).locator(STATUS[8:]).inner_text() == runs.nth(1).locator(STATUS[8:]).inner_text()
    opened = [runs.nth(i).locator("details[open]").count() for i in range(2)]
    runs.nth(1).locator(".card summary").first.click()
    assert runs.nth(0).locator("details[open]").count() == opened[0]
    assert runs.nth(1).locator("details[open]").count() == 1 - opened[1]
    assert reader.complaints == []
