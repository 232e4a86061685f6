"""The report in a browser: by mouse, by keyboard, without its script; and the static output in a notebook not trusted."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import nbformat
import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import BrowserContext, Page

from nbdiag.diagnosis import Diagnosis
from nbdiag.views import bundle, html
from tests.browser.reader import LONG, Reader
from tests.browser.server import Server
from tests.views import examples

pytestmark = pytest.mark.browser


@pytest.fixture
def page(chromium: BrowserContext) -> Iterator[Page]:
    page = chromium.new_page()
    page.asked, page.said = [], []
    page.on("request", lambda request: page.asked.append(request.url))
    page.on("console", lambda message: page.said.append(message.text))
    page.on("pageerror", lambda error: page.said.append(str(error)))
    yield page
    page.close()


def opened(page: Page, diagnosis: Diagnosis, folder: Path, *, script: bool = True) -> None:
    text = html.page(diagnosis)
    if not script:
        start = text.index("<script>")
        text = text[:start] + text[text.index("</script>", start) :]
    file = folder / "report.html"
    file.write_text(text, encoding="utf-8")
    page.goto(file.as_uri())


def cards(page: Page) -> list[str]:
    """Those open once the page has closed the others: a card tells that it opened after it has, on a busy machine later."""
    page.evaluate("() => new Promise(done => setTimeout(() => requestAnimationFrame(() => setTimeout(done, 50))))")
    return page.eval_on_selector_all("details.card[open]", "all => all.map(card => card.dataset.f)")


def pin(page: Page, number: int) -> str:
    return f".fig.wide .pin >> nth={number - 1}"


def test_a_pin_and_its_card_open_light_up_and_close_together(page: Page, folder: Path) -> None:
    opened(page, examples.overfitting(), folder)
    assert cards(page) == ["loss-hijacked-by-outliers-21"]
    page.click(pin(page, 2))
    assert cards(page) == ["overconfident-wrong-33"]
    assert page.get_attribute(pin(page, 2), "aria-expanded") == "true"
    assert page.get_attribute(pin(page, 1), "aria-expanded") == "false"
    assert page.eval_on_selector(pin(page, 2), "pin => pin.classList.contains('is-on')")
    page.click("details.card >> nth=2 >> summary")
    assert cards(page) == ["loss-bump-46"]
    assert page.get_attribute(pin(page, 3), "aria-expanded") == "true"
    page.click(pin(page, 3))
    assert cards(page) == []
    page.hover("details.card >> nth=0 >> summary")
    assert page.eval_on_selector(pin(page, 1), "pin => pin.classList.contains('is-hot')")
    assert page.said == [] and len(page.asked) == 1


def test_the_keyboard_reaches_and_opens_everything(page: Page, folder: Path) -> None:
    opened(page, examples.overfitting(), folder)
    page.keyboard.press("Tab")
    page.keyboard.press("ArrowRight")
    assert page.evaluate("document.activeElement.getAttribute('aria-label')").startswith(
        "Finding 2, note, epochs 33 to 47"
    )
    page.keyboard.press(" ")
    assert cards(page) == ["overconfident-wrong-33"]
    page.keyboard.press("ArrowLeft")
    page.keyboard.press("Enter")
    assert cards(page) == ["loss-hijacked-by-outliers-21"]


def test_without_its_script_a_pin_still_leads_into_its_card(page: Page, folder: Path) -> None:
    opened(page, examples.overfitting(), folder, script=False)
    page.click(pin(page, 2))
    assert "overconfident-wrong-33" in cards(page)
    page.click("details.card >> nth=2 >> summary")
    assert "loss-bump-46" in cards(page)


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("name", ["seed-004", "overfitting", "healthy"])
def test_axe_finds_no_barrier(page: Page, folder: Path, name: str, scheme: str) -> None:
    page.emulate_media(color_scheme=scheme)
    opened(page, examples.all_examples()[name], folder, script=False)  # its script would keep only one card open
    page.eval_on_selector_all("details", "all => all.forEach(one => { one.open = true })")
    found = Axe().run(page).response
    assert len(found["passes"]) > 30
    assert [(v["id"], [n["html"] for n in v["nodes"]]) for v in found["violations"]] == []


@pytest.mark.parametrize("width", [600, 760, 1280])
def test_nothing_is_cut_off_and_text_keeps_its_size(page: Page, folder: Path, width: int) -> None:
    page.set_viewport_size({"width": width, "height": 1000})
    opened(page, examples.overfitting(), folder, script=False)
    page.eval_on_selector_all("details", "all => all.forEach(one => { one.open = true })")
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    sizes = page.eval_on_selector_all(
        "section .fig text", "all => all.filter(t => t.checkVisibility()).map(t => t.getBoundingClientRect().height)"
    )
    assert len(sizes) > 20 and min(sizes) >= 9


def test_on_paper_all_cards_are_open(page: Page, folder: Path) -> None:
    opened(page, examples.overfitting(), folder)
    before = cards(page)
    count = "document.querySelectorAll('details.card[open]').length"
    page.evaluate(f"addEventListener('beforeprint', () => {{ window.printed = {count} }})")
    page.pdf(path=folder / "report.pdf")
    assert page.evaluate("window.printed") == 3
    assert cards(page) == before
    page.click(pin(page, 2))
    assert cards(page) == ["overconfident-wrong-33"]


def test_script_of_users_does_not_run(page: Page, folder: Path) -> None:
    page.on("dialog", lambda dialog: pytest.fail("an alert of a metric's name"))
    opened(page, examples.hostile(), folder)
    assert page.inner_text("h1") == examples.EVIL


def test_the_static_copy_hides_below_a_live_chart_that_reached_its_end(lab: Server, reader: Reader) -> None:
    body = "for e in range(1, 31):\n    print(f'Epoch {e}/30 - loss: {1 / e:.4f} - val_loss: {1.1 / e:.4f}')"
    file = lab.write("both.ipynb", ["%load_ext nbdiag", f"%%diagnose\n{body}"])
    reader.open(lab.address(file.name))
    reader.command("notebook:run-all-cells")
    reader.wait_for_chart()
    reader.wait_for_prompt(1, busy=False)
    copy = reader.page.locator(".nbdiag-static")
    copy.wait_for(state="attached", timeout=LONG)
    reader.page.wait_for_selector(".nbdiag-done .bqplot", timeout=LONG)
    assert not copy.is_visible()
    reader.page.evaluate("document.querySelector('.nbdiag-done').remove()")  # as where widgets do not come
    assert copy.is_visible()
    lab.end_kernels()


def test_a_notebook_that_is_not_trusted_shows_the_static_output(lab: Server, reader: Reader) -> None:
    file = lab.write("untrusted.ipynb", ["1"])
    notebook = nbformat.read(file, 4)
    data = bundle.static(examples.seed_004())
    notebook.cells[0].outputs = [nbformat.v4.new_output("display_data", data=data)]
    nbformat.write(notebook, file)
    reader.open(lab.address(file.name))
    output = reader.page.locator(".jp-OutputArea-output")
    image = output.locator("img").first
    image.wait_for(timeout=LONG)
    assert image.evaluate("image => image.decode().then(() => [image.naturalWidth, image.complete])") == [840, True]
    assert output.locator("style, svg").count() == 0  # what the sanitizer takes
    output.locator("summary").first.click()
    words = output.locator("details[open]").inner_text()
    assert "In epochs 1 to 3 one validation mistake costs at least 12.1" in words
    assert "model.evaluate_generator(train_generator, steps=11)" in words
    assert output.locator("details[open] img").evaluate("image => image.decode().then(() => image.naturalWidth)") == 352
    lab.end_kernels()
