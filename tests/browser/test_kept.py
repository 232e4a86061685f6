"""What is left of a training explains itself without running anything: in the reopened notebook, and exported to HTML."""

from __future__ import annotations

import shutil
from pathlib import Path

import nbformat
import pytest

from tests.browser.exported import export, serve
from tests.browser.reader import CURVE, LONG, PIN, Reader
from tests.browser.server import Server
from tests.browser.test_running import words
from tests.browser.training import Trained

pytestmark = [pytest.mark.browser, pytest.mark.frameworks, pytest.mark.timeout(600)]

WIDGETS = "application/vnd.jupyter.widget-state+json"


def by_rule(trained: Trained, card: dict[str, object]) -> dict[str, object]:
    return next(words(finding) for finding in trained.findings if finding["rule"] == card["rule"])


def every_finding(reader: Reader, trained: Trained) -> None:
    """Each pin opens its own finding, word for word; no other stays open."""
    pins = reader.page.locator(PIN).count()
    assert pins == sum(finding["severity"] != "Severity.GOOD" for finding in trained.findings)
    if reader.page.locator(".nbdiag details[open]").count():  # offered at the end, or left open by the reader
        reader.page.locator(".nbdiag details[open] > summary").click()
    for place in range(pins):
        reader.click_pin(place)
        card = reader.card()
        assert card == by_rule(trained, card)
        assert reader.page.locator(".nbdiag details[open]").count() == 1
        assert reader.page.locator(PIN).nth(place).get_attribute("aria-expanded") == "true"


def test_reopened(lab: Server, trained: Trained, reader: Reader) -> None:
    reader.open(lab.address(trained.file.name))
    reader.wait_for_chart()
    every_finding(reader, trained)
    assert not reader.page.locator(".nbdiag-static").first.is_visible()
    assert reader.complaints == []


def test_reopened_where_widgets_were_not_saved(lab: Server, trained: Trained, reader: Reader) -> None:
    notebook = nbformat.read(trained.file, as_version=4)
    del notebook.metadata["widgets"]
    nbformat.write(notebook, trained.file.with_name("without-widgets.ipynb"))
    lab.trust("without-widgets.ipynb")
    reader.open(lab.address("without-widgets.ipynb"))
    static = reader.page.locator(".nbdiag-static").first
    static.wait_for(state="visible", timeout=LONG)
    card = static.locator("details").first
    card.locator("summary").click()
    assert card.locator("p").first.inner_text() == words(trained.findings[0])["message"]
    assert static.locator("img").first.evaluate("image => image.complete && image.naturalWidth > 0")
    reader.picture("without-widgets")


def test_reopened_untrusted(lab: Server, trained: Trained, reader: Reader) -> None:
    notebook = nbformat.read(trained.file, as_version=4)
    notebook.cells[0].source += "  # from someone else"
    notebook.metadata.pop("signature", None)
    nbformat.write(notebook, trained.file.with_name("untrusted.ipynb"))
    reader.open(lab.address("untrusted.ipynb"))
    static = reader.page.locator(".nbdiag-static").first
    static.wait_for(state="visible", timeout=LONG)
    static.locator("details summary").first.click()
    assert static.locator("details p").first.inner_text() == words(trained.findings[0])["message"]


def test_exported(trained: Trained, reader: Reader, folder: Path) -> None:
    page = export(Path(shutil.copy(trained.file, folder / "exported.ipynb")))
    missing = serve(reader.page)
    reader.page.goto(page.as_uri())
    reader.wait_for_chart()
    every_finding(reader, trained)
    assert not reader.page.locator(".nbdiag-static").first.is_visible()
    reader.picture("exported")
    assert [address for address in missing if "athjax" not in address and "mermaid" not in address] == []


def test_exported_where_the_companion_cannot_load(trained: Trained, reader: Reader, folder: Path) -> None:
    page = export(Path(shutil.copy(trained.file, folder / "exported.ipynb")))
    serve(reader.page, without="anywidget")
    reader.page.goto(page.as_uri())
    reader.page.wait_for_selector(CURVE, state="attached", timeout=LONG)
    x, y = reader.middle(".nbdiag .object_grp:has(path.dot):has(title), .nbdiag .bqplot .object_grp path.dot")
    reader.page.mouse.click(x, y)
    tooltip = reader.page.locator(".bqplot_mark_tooltip .tooltiptext").first
    tooltip.wait_for(state="visible")
    assert trained.findings[0]["title"] in tooltip.inner_text()
    row = reader.page.locator(".nbdiag details").first
    row.locator("summary").click()
    assert row.locator(".lead").inner_text() == words(trained.findings[0])["message"]
    reader.picture("without-companion")


def test_exported_where_no_script_can_load(trained: Trained, reader: Reader, folder: Path) -> None:
    page = export(Path(shutil.copy(trained.file, folder / "exported.ipynb")))
    serve(reader.page, without="")
    reader.page.goto(page.as_uri())
    static = reader.page.locator(".nbdiag-static").first
    static.wait_for(state="visible")
    assert static.locator("img").first.evaluate("image => image.complete && image.naturalWidth > 0")
