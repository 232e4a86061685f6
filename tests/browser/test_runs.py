"""Several runs in one cell, executed headless and exported: one chart for the latest, the others a click away."""

from __future__ import annotations

from pathlib import Path

import nbformat
import pytest

from tests.browser.exported import export, serve
from tests.browser.reader import Reader

pytestmark = [pytest.mark.browser, pytest.mark.timeout(300)]

_LOOPS = """%%diagnose
import time
for first in (1.0, 5.0):
    for epoch in range(1, 21):
        print(f"Epoch {epoch}/20 - loss: {first / epoch:.4f} - val_loss: {first / epoch + 0.02 * epoch:.4f}")
        time.sleep(0.03)
"""
_WIDGET = "application/vnd.jupyter.widget-view+json"
ENDS = ".nbdiag .bqplot text.label[style*='--nbdiag-train-ink']"


@pytest.fixture
def page(folder: Path, reader: Reader) -> Path:
    """``jupyter nbconvert --execute``: the widgets live in nbclient's memory only."""
    notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(c) for c in ("%load_ext nbdiag", _LOOPS)])
    nbformat.write(notebook, folder / "runs.ipynb")
    serve(reader.page)
    return export(folder / "runs.ipynb", "--execute")


def test_the_latest_run_is_shown_and_the_other_a_click_away(page: Path, reader: Reader) -> None:
    reader.page.goto(page.as_uri())
    reader.wait_for_chart()
    assert reader.page.locator(".nbdiag-run").count() == 1
    assert reader.page.locator(ENDS).first.text_content() == "training 0.2500"
    chooser = reader.page.locator(".nbdiag-chooser button")
    assert chooser.all_inner_texts() == ["Run 1", "Run 2"]
    chooser.nth(0).click()
    reader.page.wait_for_function(
        "ends => document.querySelector(ends)?.textContent === 'training 0.0500'", arg=ENDS, timeout=30000
    )
    reader.wait_for_chart()
    reader.picture("runs")
    opened = reader.page.locator(".nbdiag details[open]").count()
    reader.click_pin()
    assert reader.page.locator(".nbdiag details[open]").count() == 1 - opened


def test_the_stored_output_is_one_line_and_a_static_copy_of_each_run(folder: Path) -> None:
    notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(c) for c in ("%load_ext nbdiag", _LOOPS)])
    nbformat.write(notebook, folder / "runs.ipynb")
    export(folder / "runs.ipynb", "--execute", "--inplace", to="notebook")
    executed = nbformat.read(folder / "runs.ipynb", as_version=4)
    live, *others = executed.cells[1].outputs
    printed = [output for output in others if output.output_type == "stream"]
    static = [output for output in others if output.output_type != "stream"]
    assert _WIDGET in live.data
    assert "\n" not in live.data["text/plain"]
    models = executed.metadata.widgets["application/vnd.jupyter.widget-state+json"].state
    assert live.data[_WIDGET]["model_id"] in models
    assert {output.name for output in printed} == {"stdout"}
    assert len("".join(output.text for output in printed).splitlines()) == 40
    assert [sorted(output.data) for output in static] == [["image/svg+xml", "text/html", "text/plain"]] * 2
