"""The first notebook goes in, is run in a real JupyterLab, and the README's pictures of its training cell come out.

``python -m scripts.pictures``: light and dark, first card open.
"""

from __future__ import annotations

import json
import shutil
import tempfile
from pathlib import Path

from playwright.sync_api import Page, sync_playwright

from tests.browser.reader import LONG, Reader
from tests.browser.server import Server

ROOT = Path(__file__).resolve().parents[1]
NOTEBOOK = ROOT / "example_notebooks" / "quickstart.ipynb"
IMAGES = ROOT / "docs" / "images"
_CHROMIUM = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
_TRAINING = ".jp-CodeCell:has(.nbdiag-run)"
_OPEN = f"{_TRAINING} .nbdiag details[open]"
_AIR = 10  # px at the right and below
_ABOVE = 3  # px: more would show the edge of the notebook
_PATIENCE = 600_000  # ms: a hundred epochs on a busy machine


def main() -> None:
    """Run, open, take pictures."""
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as playwright:
        server = Server("lab", Path(folder) / "own")
        try:
            browser = playwright.chromium.launch(executable_path=_CHROMIUM, args=["--no-sandbox", "--disable-gpu"])
            page = browser.new_page(viewport={"width": 1180, "height": 2600})
            shutil.copy(NOTEBOOK, server.notebooks)
            _train(server, Reader(page))
            for theme, name in (("JupyterLab Light", "quickstart"), ("JupyterLab Dark", "quickstart-dark")):
                _take(page, theme, IMAGES / f"{name}.png")
            browser.close()
        finally:
            server.close()


def _train(server: Server, reader: Reader) -> None:
    """Run all cells; the chart opens the first card by itself at the end."""
    reader.open(server.address(NOTEBOOK.name))
    reader.command("application:toggle-left-area")
    reader.command("application:toggle-side-tabbar", side="left")
    reader.command("application:toggle-side-tabbar", side="right")
    reader.command("notebook:run-all-cells")
    cells = [cell for cell in json.loads(NOTEBOOK.read_text())["cells"] if cell["cell_type"] == "code"]
    reader.page.wait_for_function(
        "count => document.body.innerText.match(/\\[\\d+\\]:/g)?.length >= count", arg=len(cells), timeout=_PATIENCE
    )
    reader.page.wait_for_selector(_OPEN, timeout=LONG)
    reader.wait_until_still()


def _take(page: Page, theme: str, file: Path) -> None:
    page.evaluate("theme => jupyterapp.commands.execute('apputils:change-theme', { theme })", theme)
    page.wait_for_selector(f"body[data-jp-theme-name='{theme}']", state="attached", timeout=LONG)
    page.evaluate("cell => document.querySelector(cell).scrollIntoView({ block: 'start' })", _TRAINING)
    page.mouse.move(2, 2)
    page.wait_for_timeout(1500)  # fonts, the theme's colours
    cell = page.locator(f"{_TRAINING} .jp-InputArea").bounding_box()
    card = page.locator(_OPEN).bounding_box()
    assert cell and card
    page.screenshot(
        path=file,
        clip={
            "x": cell["x"],
            "y": cell["y"] - _ABOVE,
            "width": max(cell["x"] + cell["width"], card["x"] + card["width"]) - cell["x"] + _AIR,
            "height": card["y"] + card["height"] - cell["y"] + _ABOVE + _AIR,
        },
    )
    print(f"{file.relative_to(ROOT)}: {file.stat().st_size / 1e3:.0f} kB")


if __name__ == "__main__":
    main()
