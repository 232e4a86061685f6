"""A reader looks closer at a finished training, in a reopened notebook: nothing here can ask a kernel."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import BrowserContext, expect

from tests.browser.reader import PIN, Reader
from tests.browser.server import Server
from tests.browser.training import Trained

pytestmark = [pytest.mark.browser, pytest.mark.frameworks, pytest.mark.timeout(600)]

SERIOUS = ("serious", "critical")
LABELS = ".nbdiag .bqplot text.label"
VAL = ".nbdiag .bqplot path.line[style*='--nbdiag-val']"
TRAIN = ".nbdiag .bqplot path.line[style*='--nbdiag-train']"
OURS = ".nbdiag .nbdiag-curves .is-val.is-raw"


@pytest.fixture(scope="module")
def opened(lab: Server, trained: Trained, chromium: BrowserContext) -> Iterator[Reader]:
    """The notebook, opened once for all tests here."""
    page = chromium.new_page()
    reader = Reader(page)
    reader.open(lab.address(trained.file.name))
    reader.wait_for_chart()
    yield reader
    page.close()


@pytest.fixture
def reader(opened: Reader) -> Iterator[Reader]:
    """The reader before a chart as it was saved; each test leaves it so."""
    opened.page.mouse.move(5, 5)
    opened.wait_until_still()
    yield opened
    for name in ("log", "smooth"):
        if opened.page.get_attribute(f"[data-do={name}]", "aria-pressed") == "true":
            press(opened, name)
    for name in ("metrics", "values"):
        if opened.page.get_attribute(f"[data-do={name}]", "aria-expanded") == "true":
            press(opened, name)
    if opened.page.locator("[data-do=reset]").is_visible():
        press(opened, "reset")
    opened.page.click("[data-unit=epoch]")
    assert opened.complaints == []


def press(reader: Reader, name: str) -> None:
    reader.page.click(f".nbdiag-tools [data-do={name}]")


def ticks(reader: Reader) -> list[str]:
    """Texts of the x axis that can be seen."""
    found = reader.page.locator(".nbdiag-xaxis .tick text, .nbdiag-ticks .is-x")
    return [found.nth(i).inner_html() for i in range(found.count()) if found.nth(i).is_visible()]


_DRAWN = """([val, ours, before, same]) => {
  const line = document.querySelector(val)
  const seen = getComputedStyle(line).visibility === 'hidden' ? document.querySelector(ours) : line
  const d = seen?.getAttribute('d')
  return d && (before === null || (d === before) === same) ? d : null
}"""


def path(reader: Reader, before: str | None = None, *, same: bool = False) -> str:
    """The validation loss as it is drawn, by bqplot or by the companion; once it is, or is no longer, as ``before``."""
    found = reader.page.wait_for_function(_DRAWN, arg=[VAL, OURS, before, same])
    drawn = str(found.json_value())
    assert "NaN" not in drawn
    return drawn


def places(drawn: str) -> list[list[float]]:
    return [[float(v) for v in pair.split(",")] for pair in re.split("[ML]", drawn)[1:]]


def test_log_scale_and_back(reader: Reader) -> None:
    linear = path(reader)
    press(reader, "log")
    path(reader, linear)
    assert reader.page.get_attribute("[data-do=log]", "aria-pressed") == "true"
    powers = reader.page.locator(".nbdiag .axis[text-anchor=end] .tick text")
    assert "0.01" in [powers.nth(i).inner_html() for i in range(powers.count()) if powers.nth(i).is_visible()]
    press(reader, "log")
    path(reader, linear, same=True)


def test_smoothing_keeps_the_raw_curve_in_sight(reader: Reader) -> None:
    raw = path(reader)
    press(reader, "smooth")
    assert path(reader) == raw
    assert reader.page.locator(VAL).first.evaluate("line => getComputedStyle(line).opacity") == "0.35"
    smooth = reader.page.locator(".nbdiag-curves .is-val.is-smoothed").first.get_attribute("d")
    assert smooth and len(re.findall("[ML]", smooth)) == 60


def test_zoom_by_drag_pan_and_reset(reader: Reader) -> None:
    before = path(reader)
    assert ticks(reader)[-1] == "60"
    box = reader.page.locator(".nbdiag .bqplot").nth(1).bounding_box()
    assert box is not None
    reader.page.mouse.move(box["x"] + 200, box["y"] + 100)
    reader.page.mouse.down()
    reader.page.mouse.move(box["x"] + 400, box["y"] + 110, steps=4)
    reader.page.mouse.up()
    zoomed = path(reader, before)
    inside = ticks(reader)
    assert float(inside[0]) > 10 and float(inside[-1]) < 45
    press(reader, "later")
    path(reader, zoomed)
    assert float(ticks(reader)[-1]) > float(inside[-1])
    press(reader, "reset")
    path(reader, before, same=True)
    assert not reader.page.locator("[data-do=reset]").is_visible()


def test_a_zoom_on_a_log_scale_leaves_no_trace(reader: Reader) -> None:
    before = path(reader)
    for name in ("in", "log", "reset", "log"):
        press(reader, name)
    path(reader, before, same=True)


def test_steps_and_time_on_the_axis(reader: Reader) -> None:
    assert ticks(reader)[-1] == "60"
    reader.page.click("[data-unit=step]")
    assert ticks(reader)[-1] in ("600", "700")  # 13 batches in each of 60 epochs
    reader.page.click("[data-unit=time]")
    assert re.fullmatch(r"\d+ s", ticks(reader)[-1])
    assert len(places(path(reader))) == 60
    starts = reader.page.locator(".nbdiag-span[visibility=visible] .nbdiag-start")
    assert starts.count() >= 1
    left = reader.page.locator(".nbdiag-chart").bounding_box()
    for i in range(starts.count()):  # each finding stands where its first epoch now is
        span = starts.nth(i).locator("..").get_attribute("data-finding")
        pin = reader.middle(f"{PIN}[data-f='{span}'] .nbdiag-hit")
        assert left and abs(pin[0] - left["x"] - float(starts.nth(i).get_attribute("x1") or "nan")) < 1
    reader.page.click("[data-unit=epoch]")
    assert ticks(reader)[-1] == "60"


def test_curves_are_switched_off_and_on(reader: Reader) -> None:
    ends = ".nbdiag .bqplot text.label[style*='--nbdiag-train-ink']"
    reader.page.click("[data-curve=training]")
    reader.page.locator(ends).first.wait_for(state="hidden")
    assert not reader.page.locator(TRAIN).first.is_visible()
    fitted = path(reader)
    reader.page.click("[data-curve=validation]")
    assert not reader.page.locator(VAL).first.is_visible()
    for name in ("validation", "training"):
        reader.page.click(f"[data-curve={name}]")
    assert path(reader, fitted) and reader.page.locator(TRAIN).first.is_visible()


def test_hover_reads_all_curves_at_one_epoch(reader: Reader) -> None:
    rest = reader.page.locator(LABELS).all_text_contents()
    box = reader.page.locator(".nbdiag .bqplot").nth(1).bounding_box()
    assert box is not None
    reader.page.mouse.move(box["x"] + 300, box["y"] + 100)
    epoch = reader.page.locator(".nbdiag-place").text_content()
    found = re.fullmatch(r"epoch (\d+)", epoch or "")
    assert found
    press(reader, "values")
    row = reader.page.locator(f".nbdiag-values tbody tr:nth-child({found[1]}) td").all_text_contents()
    reader.page.mouse.move(box["x"] + 300, box["y"] + 100)
    read = reader.page.locator(LABELS).all_text_contents()
    assert len(row) == 4
    for value in row:
        assert any(text.endswith(f" {value}") for text in read)
    reader.page.mouse.move(5, 5)
    assert reader.page.locator(LABELS).all_text_contents() == rest


def test_values_are_a_table(reader: Reader) -> None:
    press(reader, "values")
    table = reader.page.get_by_role("table", name="All values")
    assert table.locator("thead th").all_text_contents() == [
        "epoch", "training loss", "validation loss", "training accuracy", "validation accuracy",
    ]  # fmt: skip
    assert table.locator("tbody tr").count() == 60


def test_without_its_kernel_the_chart_says_what_it_cannot_do(reader: Reader) -> None:
    press(reader, "metrics")
    boxes = reader.page.get_by_role("group", name="Metrics").get_by_role("checkbox")
    assert boxes.count() >= 2
    assert all(boxes.nth(i).is_disabled() for i in range(boxes.count()))
    assert reader.page.locator(".nbdiag-metrics label").first.get_attribute("title") == (
        "Needs the kernel that ran this cell"
    )
    assert not reader.page.locator(".nbdiag-end").is_visible()


def test_axe_finds_no_barrier_in_the_chart_with_all_its_controls(reader: Reader) -> None:
    for name in ("in", "log", "smooth", "metrics", "values"):
        press(reader, name)
    found = Axe().run(reader.page, context=".nbdiag").response
    assert len(found["passes"]) > 10
    grave = [violation for violation in found["violations"] if violation["impact"] in SERIOUS]
    assert [(violation["id"], [node["html"] for node in violation["nodes"]]) for violation in grave] == []


def test_pins_by_keyboard(reader: Reader) -> None:
    pins = reader.page.locator(PIN)
    assert pins.count() >= 2
    pins.nth(0).focus()
    reader.page.keyboard.press("ArrowRight")
    focused = reader.page.evaluate("document.activeElement.getAttribute('aria-label')")
    assert focused == pins.nth(1).get_attribute("aria-label")
    assert focused.startswith("Finding 2, ")
    was = pins.nth(1).get_attribute("aria-expanded")
    reader.page.keyboard.press("Enter")
    assert pins.nth(1).get_attribute("aria-expanded") != was
    reader.page.keyboard.press(" ")
    assert pins.nth(1).get_attribute("aria-expanded") == was


def test_a_touch_opens_a_card(reader: Reader) -> None:
    if reader.page.locator(".nbdiag details[open]").count():
        reader.page.locator(".nbdiag details[open] > summary").click()
    reader.page.touchscreen.tap(*reader.middle(PIN, 1))
    assert reader.card()["message"]
    assert reader.page.locator(PIN).nth(1).get_attribute("aria-expanded") == "true"


def test_an_extent_opens_its_card_and_a_span_leads_to_it(reader: Reader) -> None:
    page = reader.page
    if page.locator(".nbdiag details[open]").count():
        page.locator(".nbdiag details[open] > summary").click()
    spans = page.locator(".nbdiag-span[visibility=visible] rect")
    i = max(range(spans.count()), key=lambda k: float(spans.nth(k).get_attribute("width") or 0))
    finding = spans.nth(i).locator("..").get_attribute("data-finding")
    tint = spans.nth(i).bounding_box()
    assert tint and tint["width"] > 40
    x = tint["x"] + tint["width"] * 0.75
    page.mouse.click(x, reader.middle(f"{PIN}[data-f='{finding}'] .nbdiag-hit")[1] + 6)
    card = page.locator(f".nbdiag details[data-f='{finding}']")
    assert card.get_attribute("open") is not None
    page.set_viewport_size({"width": 1280, "height": 500})
    page.evaluate("document.querySelector('.nbdiag-chart').scrollIntoView()")
    summary = card.locator("summary")
    page.wait_for_function("s => s.getBoundingClientRect().top > innerHeight", arg=summary.element_handle())
    page.mouse.click(x, reader.middle(".nbdiag .bqplot", 1)[1])
    page.wait_for_function("s => s.getBoundingClientRect().top < innerHeight", arg=summary.element_handle())
    page.set_viewport_size({"width": 1280, "height": 2000})


def test_pin_and_row_light_each_other(reader: Reader) -> None:
    pins, cards, hot = reader.page.locator(PIN), reader.page.locator(".nbdiag details"), re.compile("is-hot")
    reader.page.locator(".nbdiag summary").first.hover()
    expect(pins.first).to_have_class(hot)
    pins.nth(1).hover()
    expect(cards.nth(1)).to_have_class(hot)
    expect(cards.nth(0)).not_to_have_class(hot)


def test_the_check_is_copied(reader: Reader) -> None:
    reader.page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    reader.page.bring_to_front()
    card = reader.page.locator(".nbdiag details:has(.copy)").first
    if card.get_attribute("open") is None:
        card.locator("summary").click()
    card.locator(".copy").first.click()
    reader.page.wait_for_function("[...document.querySelectorAll('.copy')].some(b => b.textContent === 'Copied')")
    code = card.locator("dd:has(.copy) pre").first.text_content()
    assert code and reader.page.evaluate("() => navigator.clipboard.readText()") == code
    reader.page.wait_for_function("[...document.querySelectorAll('.copy')].every(b => b.textContent === 'Copy')")
