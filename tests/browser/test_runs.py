"""Several runs in one cell, executed headless and exported: one chart for the latest, the others a click away."""

from __future__ import annotations

import re
from pathlib import Path

import nbformat
import pytest

from tests.browser.exported import export, serve
from tests.browser.reader import LONG, Reader
from tests.browser.server import Server

pytestmark = [pytest.mark.browser, pytest.mark.timeout(300)]

_LOOPS = """%%diagnose
import time
for first in (1.0, 5.0):
    for epoch in range(1, 21):
        loss = 0 if (first, epoch) == (5.0, 15) else first / epoch
        print(f"Epoch {epoch}/20 - loss: {loss:.4f} - val_loss: {first / epoch + 0.02 * epoch:.4f}")
        time.sleep(0.02 if epoch < 10 else 0.2)
"""
_WIDGET = "application/vnd.jupyter.widget-view+json"
ENDS = ".nbdiag .bqplot text.label[style*='--nbdiag-train-ink']"


@pytest.fixture(scope="module")
def exported(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """``jupyter nbconvert --execute``: the widgets live in nbclient's memory only."""
    folder = tmp_path_factory.mktemp("runs")
    notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(c) for c in ("%load_ext nbdiag", _LOOPS)])
    nbformat.write(notebook, folder / "runs.ipynb")
    return export(folder / "runs.ipynb", "--execute")


@pytest.fixture
def page(exported: Path, reader: Reader) -> Path:
    serve(reader.page)
    return exported


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


def complaints(reader: Reader) -> list[str]:
    """Without those of the exported page, whose mathematics and fonts are not here."""
    return [text for text in reader.complaints if "net::ERR" not in text]


def ours(reader: Reader, kind: str) -> list[list[float]]:
    """The points of a curve that the companion has drawn."""
    d = reader.page.locator(f".nbdiag-curves {kind}").first.get_attribute("d") or ""
    return [[float(v) for v in pair.split(",")] for pair in re.split("[ML]", d)[1:]]


def test_the_runs_are_laid_over_each_other(page: Path, reader: Reader) -> None:
    reader.page.goto(page.as_uri())
    reader.wait_for_chart()
    reader.page.click("[data-do=runs]")
    assert len(ours(reader, ".is-run")) == 20
    named = reader.page.locator(".nbdiag-runs text")
    assert named.all_text_contents() == ["Run 1 0.4500"]
    box = reader.page.locator(".nbdiag .bqplot").nth(1).bounding_box()
    assert box is not None
    reader.page.mouse.move(box["x"] + 44 + 2, box["y"] + 100)
    assert named.all_text_contents() == ["Run 1 1.0200"]  # its first epoch
    reader.picture("runs-over")
    reader.page.click("[data-curve='Run 1']")
    assert named.count() == 0
    assert complaints(reader) == []


def test_time_is_an_axis_of_its_own(page: Path, reader: Reader) -> None:
    reader.page.goto(page.as_uri())
    reader.wait_for_chart()
    axis = reader.page.locator(".nbdiag-xaxis .plotarea_events").bounding_box()
    chart = reader.page.locator(".nbdiag-chart").bounding_box()
    assert axis and chart
    reader.page.click("[data-unit=time]")
    points = ours(reader, ".is-val.is-raw")
    assert len(points) == 20
    tenth = (points[9][0] + chart["x"] - axis["x"]) / axis["width"]
    assert tenth < 0.3  # the first ten epochs took a fifth of a second of two and a half
    assert reader.page.locator("[data-unit=step]").is_disabled()
    assert complaints(reader) == []


def test_a_loss_of_0_lies_on_the_floor_of_a_log_scale(page: Path, reader: Reader) -> None:
    reader.page.goto(page.as_uri())
    reader.wait_for_chart()
    reader.page.click("[data-do=log]")
    heights = [y for _, y in ours(reader, ".is-train.is-raw")]
    assert len(heights) == 20 and max(heights) == heights[14] > sorted(heights)[-2] + 1
    assert complaints(reader) == []


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


_AGAIN = """%%diagnose
import pathlib, time
count = globals().get("count", 0) + 1
for epoch in range(1, 21):
    print(f"Epoch {epoch}/20 - loss: {count / epoch:.4f} - val_loss: {count / epoch + 0.02 * epoch:.4f}")
    time.sleep(0.08)
while count == 2 and not pathlib.Path("GO").exists():
    time.sleep(0.05)
"""
FAINT = ".nbdiag .bqplot .curve path.line[d][style*='opacity: 0.4;']"


def test_the_run_before_of_the_same_cell_lies_behind_while_it_runs_and_after(lab: Server, reader: Reader) -> None:
    lab.write("again.ipynb", ["%load_ext nbdiag", _AGAIN])
    reader.open(lab.address("again.ipynb"))
    reader.command("notebook:run-all-cells")
    reader.wait_for_prompt(1, busy=True)
    reader.wait_for_prompt(1, busy=False)
    reader.wait_for_chart()
    assert reader.page.locator("[data-curve='previous run']").count() == 0
    reader.command("notebook:run-all-cells")
    reader.wait_for_prompt(1, busy=True)
    name = reader.page.locator("[data-curve='previous run']")
    name.wait_for(timeout=LONG)
    assert "*" in reader.prompts()[1]
    assert reader.page.locator(FAINT).count() == 2  # training and validation
    (lab.notebooks / "GO").touch()
    reader.wait_for_prompt(1, busy=False)
    (lab.notebooks / "GO").unlink()
    reader.wait_until_still()
    assert reader.page.locator(FAINT).first.is_visible()
    name.click()
    reader.page.locator(FAINT).first.wait_for(state="hidden")
    assert reader.complaints == []
    lab.end_kernels()
