"""What only the kernel can do, asked of it while it is busy: all values of a window, other metrics, the training's end."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.browser.reader import LONG, Reader
from tests.browser.server import Server

pytestmark = [pytest.mark.browser, pytest.mark.timeout(300)]

_LOOP = """%%diagnose --select non-finite
import nbdiag, pathlib, time
others = dict.fromkeys(("auc", "f1", "recall", "precision", "grad_norm"), 0.5)
with nbdiag.watch() as w:
    step = 0
    while not pathlib.Path("GO").exists():
        step += 1
        w.log(step=step, loss=1 / step**0.5 + 0.01 * (step % 7), accuracy=1 - 1 / step, **others)
        if step > 6000:
            time.sleep(0.02)
print("ENDED")
"""
CELL = 1
FIGURES = ".nbdiag .bqplot"
TRAIN = ".nbdiag .bqplot path.line[style*='--nbdiag-train']"
STOP = ".nbdiag-end button"
WAITS = ".nbdiag-waits"
_LONG_AXIS = """() => [...document.querySelectorAll('.nbdiag-xaxis .tick text')]
  .some(text => Number(text.textContent.replaceAll(',', '')) >= 10000)"""  # a twelfth of it is a thousand steps
_POINTS = "([train, least]) => document.querySelector(train).getAttribute('d').split('L').length > least"


@pytest.fixture
def server(lab: Server) -> Iterator[Server]:
    yield lab
    (lab.notebooks / "GO").touch()
    lab.end_kernels()
    (lab.notebooks / "GO").unlink()


def begin(server: Server, reader: Reader, *, subshells: bool) -> None:
    """Run the loop until it has several times as many steps as its chart was sent."""
    server.write("asking.ipynb", ["%load_ext nbdiag", _LOOP])
    reader.open(server.address("asking.ipynb"))
    if not subshells:
        reader.page.evaluate(
            "() => { [...jupyterapp.shell.widgets('main')].find(w => w.sessionContext)"
            ".sessionContext.session.kernel.commsOverSubshells = 'disabled' }"
        )
    reader.command("notebook:run-all-cells")
    reader.wait_for_prompt(CELL, busy=True)
    reader.wait_for_chart()
    reader.page.wait_for_function(_LONG_AXIS, timeout=LONG)


def look_closer(reader: Reader) -> None:
    """Drag across a twelfth of the first panel."""
    box = reader.page.locator(FIGURES).nth(1).bounding_box()
    assert box is not None
    reader.page.mouse.move(box["x"] + 60, box["y"] + 80)
    reader.page.mouse.down()
    reader.page.mouse.move(box["x"] + 150, box["y"] + 80, steps=3)
    reader.page.mouse.up()
    reader.page.locator("[data-do=reset]").first.wait_for(timeout=LONG)


def choose(reader: Reader, metric: str) -> None:
    reader.page.click("[data-do=metrics]")
    reader.page.get_by_role("group", name="Metrics").get_by_label(metric).click()


def wait_for_figures(reader: Reader, count: int) -> None:
    reader.page.wait_for_function(
        """([figures, count]) => [...document.querySelectorAll(figures)]
          .filter(figure => figure.checkVisibility({ visibilityProperty: true })).length === count""",
        arg=[FIGURES, count],
        timeout=LONG,
    )


def wait_for_detail(reader: Reader) -> None:
    reader.page.wait_for_function(_POINTS, arg=[TRAIN, 1500], timeout=LONG)
    reader.page.wait_for_function("waits => !document.querySelector(waits).textContent", arg=WAITS, timeout=LONG)


def untick_and_tick(reader: Reader, metric: str) -> None:
    """Without waiting for what comes of the first click."""
    box = reader.page.get_by_role("group", name="Metrics").get_by_label(metric)
    box.click()
    box.click()


def test_a_busy_kernel_answers_where_it_has_a_subshell(server: Server, reader: Reader) -> None:
    begin(server, reader, subshells=True)
    wait_for_figures(reader, 6)
    # A figure that is taken from the page while it is built complains of its negative height, so none is ever taken.
    reader.page.evaluate("figures => document.querySelectorAll(figures).forEach(f => { f.wasThere = true })", FIGURES)
    choose(reader, "precision")
    wait_for_figures(reader, 7)
    untick_and_tick(reader, "f1")
    wait_for_figures(reader, 7)
    assert (
        reader.page.evaluate(
            "figures => [...document.querySelectorAll(figures)].filter(f => f.wasThere).length", FIGURES
        )
        == 6
    )
    heights = reader.page.locator(FIGURES).evaluate_all(
        "all => all.map(f => [f.getBoundingClientRect().top, f.className])"
    )
    assert "nbdiag-xaxis" in max(heights)[1]
    look_closer(reader)
    wait_for_detail(reader)
    reader.command("notebook:create-output-view")  # the same chart once more
    reader.page.wait_for_function("() => document.querySelectorAll('[data-nbdiag-ready]').length === 2", timeout=LONG)
    reader.page.locator("[data-unit=time]").nth(1).click()
    for name, value in (("[data-unit=time]", "true"), ("[data-unit=step]", "false")):
        pressed = reader.page.locator(name)
        assert [pressed.nth(i).get_attribute("aria-pressed") for i in range(2)] == [value, value]
    reader.picture("two-views")
    assert reader.prompts()[CELL] == "[*]:"
    reader.page.locator(STOP).first.click()
    assert reader.page.locator(STOP).first.inner_text() == "Press again to stop"
    assert reader.prompts()[CELL] == "[*]:"
    reader.page.locator(STOP).first.click()
    reader.wait_for_prompt(CELL, busy=False)
    status = reader.page.locator(".nbdiag .status")
    reader.page.wait_for_function("() => document.querySelector('.nbdiag .status').textContent.startsWith('stopped')")
    assert status.nth(0).inner_text() == status.nth(1).inner_text()
    assert "ENDED" in " ".join(reader.page.locator(".jp-OutputArea-output").all_inner_texts())
    assert not reader.page.locator(STOP).first.is_visible()
    assert reader.complaints == []


def test_a_busy_kernel_without_subshells_is_waited_for_and_that_is_said(server: Server, reader: Reader) -> None:
    begin(server, reader, subshells=False)
    wait_for_figures(reader, 6)
    choose(reader, "precision")
    reader.page.get_by_text("Waits for the kernel, which is busy.").wait_for(timeout=LONG)
    look_closer(reader)
    assert reader.page.locator(FIGURES).count() == 6
    assert not reader.page.locator(STOP).is_visible()
    assert reader.prompts()[CELL] == "[*]:"
    (server.notebooks / "GO").touch()
    reader.wait_for_prompt(CELL, busy=False)
    wait_for_figures(reader, 7)
    wait_for_detail(reader)
    assert reader.complaints == []
