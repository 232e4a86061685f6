"""The chart in light and dark, from 600 to 2000 px: readable, in the theme's colours, and nothing over anything else."""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterator

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import BrowserContext

from tests.browser.reader import Reader
from tests.browser.server import Server
from tests.browser.training import Trained

pytestmark = [pytest.mark.browser, pytest.mark.frameworks, pytest.mark.timeout(600)]

TEXTS = ".nbdiag .bqplot text.label, .nbdiag .bqplot .axis .tick text"


@pytest.fixture(scope="module")
def reader(lab: Server, trained: Trained, chromium: BrowserContext) -> Iterator[Reader]:
    page = chromium.new_page()
    reader = Reader(page)
    reader.open(lab.address(trained.file.name))
    reader.command("application:toggle-left-area")
    reader.wait_for_chart()
    yield reader
    page.set_viewport_size({"width": 1280, "height": 2000})
    reader.command("apputils:change-theme", theme="JupyterLab Light")
    page.close()


def theme(reader: Reader, name: str) -> None:
    reader.command("apputils:change-theme", theme=name)
    light = "false" if "Dark" in name else "true"
    reader.page.wait_for_selector(
        f"body[data-jp-theme-name='{name}'][data-jp-theme-light='{light}']", state="attached", timeout=30000
    )
    reader.page.mouse.move(5, 5)


def color(reader: Reader, selector: str, name: str) -> str:
    found: str = reader.page.locator(selector).first.evaluate(
        "(element, name) => getComputedStyle(element).getPropertyValue(name)", name
    )
    return found


@pytest.mark.parametrize("width", [700, 1000, 1280, 2100])
def test_nothing_covers_anything(reader: Reader, width: int) -> None:
    reader.page.set_viewport_size({"width": width, "height": 2000})
    reader.wait_until_still()
    reader.picture(f"width-{width}")
    texts = reader.page.evaluate(
        """selector => [...document.querySelectorAll(selector)]
          .filter(text => text.textContent && text.checkVisibility({ visibilityProperty: true }))
          .map(text => { const b = text.getBoundingClientRect(); return [text.textContent, b.left, b.top, b.right, b.bottom] })
          .filter(([, left, , right]) => right > left)""",
        TEXTS,
    )
    assert len(texts) > 15
    for a, b in itertools.combinations(texts, 2):
        across = min(a[3], b[3]) - max(a[1], b[1])
        down = min(a[4], b[4]) - max(a[2], b[2])
        assert across <= 1 or down <= 3, (a, b)  # a text's box is a few px higher than its letters
    chart = reader.page.locator(".nbdiag-chart").bounding_box()
    assert chart is not None
    assert max(text[3] for text in texts) <= chart["x"] + chart["width"] + 1
    assert min(text[1] for text in texts) >= chart["x"] - 1
    output = reader.page.locator(".jp-OutputArea-output:has(.nbdiag)").first
    assert output.evaluate("output => output.scrollWidth <= output.clientWidth")


@pytest.mark.parametrize("width", [700, 1024, 1280, 1440])
def test_controls_stand_on_one_line_and_a_zoom_moves_none(reader: Reader, width: int) -> None:
    def places() -> list[list[float]]:
        found: list[list[float]] = reader.page.locator(".nbdiag-controls button:visible").evaluate_all(
            "all => all.map(button => [button.getBoundingClientRect().left, button.getBoundingClientRect().top])"
        )
        return found

    reader.page.set_viewport_size({"width": width, "height": 2000})
    reader.wait_until_still()
    before = places()
    assert len(before) > 6 and len({top for _, top in before}) == 1
    reader.page.click("[data-do=in]")
    reader.page.locator("[data-do=reset]").wait_for()
    assert places() == before
    reader.page.click("[data-do=reset]")


def test_panels_stand_on_one_axis(reader: Reader) -> None:
    areas = reader.page.evaluate(
        """() => [...document.querySelectorAll('.nbdiag .bqplot .plotarea_events')]
          .map(area => { const b = area.getBoundingClientRect(); return [b.left, b.right] })"""
    )
    assert len(areas) == 4
    for left, right in areas:
        assert left == pytest.approx(areas[0][0], abs=0.2)
        assert right == pytest.approx(areas[0][1], abs=0.2)
    first, last = reader.page.evaluate(
        """() => {
          const middle = box => (box.left + box.right) / 2
          const ticks = [...document.querySelectorAll('.nbdiag-xaxis .tick')]
          const curve = document.querySelector(".nbdiag path.line[style*='--nbdiag-val']")
          const end = at => new DOMPoint(curve.getPointAtLength(at).x, 0).matrixTransform(curve.getScreenCTM()).x
          const tick = t => middle(t.querySelector('text').getBoundingClientRect())
          return [tick(ticks[0]) - end(0), tick(ticks.at(-1)) - end(curve.getTotalLength())]
        }"""
    )
    assert abs(first) < 1 and abs(last) < 1  # epochs 1 and 60: drawn in different layers of a figure


def test_the_theme_recolours_the_chart_without_a_reload(reader: Reader) -> None:
    reader.page.set_viewport_size({"width": 1280, "height": 2000})
    line, label = ".nbdiag path.line[style*='--nbdiag-val']", ".nbdiag text.label[style*='--nbdiag-val']"
    reader.page.evaluate("window.notReloaded = true")
    assert color(reader, line, "stroke") == color(reader, label, "fill") == "rgb(27, 99, 181)"
    theme(reader, "JupyterLab Dark")
    assert color(reader, line, "stroke") == color(reader, label, "fill") == "rgb(116, 179, 251)"
    assert reader.page.evaluate("window.notReloaded")
    reader.picture("dark")
    theme(reader, "JupyterLab Light")
    reader.picture("light")


def test_training_and_validation_differ_by_more_than_colour(reader: Reader) -> None:
    train, val = (f".nbdiag path.line[style*='--nbdiag-{role}']" for role in ("train", "val"))
    assert color(reader, train, "stroke-dasharray") != color(reader, val, "stroke-dasharray")
    assert color(reader, train, "stroke-width") != color(reader, val, "stroke-width")


@pytest.mark.parametrize("name", ["JupyterLab Light", "JupyterLab Dark", "JupyterLab Dark High Contrast"])
def test_axe_finds_no_barrier(reader: Reader, name: str) -> None:
    theme(reader, name)
    reader.page.get_by_role("button", name="values").click()
    if not reader.page.locator(".nbdiag details[open]").count():
        reader.page.locator(".nbdiag .card summary").first.click()
    found = Axe().run(reader.page, context={"include": [[".nbdiag"]]}).response
    assert len(found["passes"]) > 20
    assert [(v["id"], [n["html"] for n in v["nodes"]]) for v in found["violations"]] == []
    reader.page.get_by_role("button", name="values").click()
    reader.picture(f"axe-{name.rpartition(' ')[2].lower()}")


def test_a_screen_reader_is_told_words_and_no_drawing(reader: Reader) -> None:
    told = reader.page.locator(".nbdiag-run").aria_snapshot()
    assert told.startswith('- group "Training diagnosis":\n  - heading')
    assert told.count('button "Finding ') == reader.page.locator(".nbdiag .card").count()
    assert told.count("[level=3]") == reader.page.locator(".nbdiag .card").count()
    assert "validation from" in told and "0.25" not in re.findall(r"text: (.*)", told)


def test_high_contrast(reader: Reader) -> None:
    reader.page.emulate_media(contrast="more")
    assert color(reader, ".nbdiag path.line[style*='--nbdiag-train']", "stroke") == color(reader, ".nbdiag", "color")
    reader.picture("contrast")
    reader.page.emulate_media(contrast="no-preference")
