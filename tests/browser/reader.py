"""What a reader does with a notebook in a browser, and what they then see."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from playwright.sync_api import Page

ARTIFACTS = Path(__file__).parents[2] / "artifacts"
APPLICATION = {"Cannot read properties of undefined (reading 'schema')"}
"""What Notebook 7.6 says of an empty notebook, without us."""
LONG = 120_000  # ms: a kernel that imports Keras on a busy machine
CURVE = ".nbdiag .bqplot .curve path.line[d]"
PIN = ".nbdiag-pins .object_grp"
READY = ".nbdiag-run[data-nbdiag-ready]"


class Reader:
    """Looks at one page. ``complaints`` are the errors its console has shown."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.complaints: list[str] = []
        page.on("console", lambda message: self._heard(message.text) if message.type == "error" else None)
        page.on("pageerror", lambda error: self._heard(str(error)))

    def _heard(self, text: str) -> None:
        if text not in APPLICATION:
            self.complaints.append(text)

    def open(self, address: str) -> None:
        """Open a notebook and wait for its kernel."""
        self.page.goto(address)
        self.page.wait_for_selector(".jp-Notebook .jp-Cell", timeout=LONG)
        self.page.wait_for_function(
            "window.jupyterapp && [...jupyterapp.shell.widgets('main')].some(w => w.sessionContext?.session?.kernel)",
            timeout=LONG,
        )

    def command(self, name: str, **arguments: Any) -> None:
        """Run a command of the application, without waiting for what it does."""
        self.page.evaluate("([name, args]) => { jupyterapp.commands.execute(name, args) }", [name, arguments])

    def save(self) -> None:
        """Save the notebook, and wait until it is saved."""
        self.page.evaluate("() => jupyterapp.commands.execute('docmanager:save')")
        self.page.wait_for_function(
            "() => ![...jupyterapp.shell.widgets('main')].find(w => w.sessionContext).context.model.dirty"
        )

    def prompts(self) -> list[str]:
        """The cells' prompts: ``[*]:`` while a cell runs."""
        found: list[str] = self.page.locator(".jp-CodeCell .jp-InputArea-prompt").all_inner_texts()
        return found

    def wait_for_prompt(self, cell: int, *, busy: bool) -> None:
        """Wait until this cell (from 0) runs, or has run. The kernel's own status says nothing: see the prompt."""
        want = "text.includes('*')" if busy else r"/\d/.test(text)"
        self.page.wait_for_function(
            "cell => { const text = document.querySelectorAll('.jp-CodeCell .jp-InputArea-prompt')[cell]?.textContent"
            f" ?? ''; return {want} }}",
            arg=cell,
            timeout=LONG,
        )

    def wait_for_chart(self) -> None:
        """Wait for a drawn curve. A flat one has no height and is not "visible" to the driver."""
        self.page.wait_for_selector(CURVE, state="attached", timeout=LONG)
        self.page.wait_for_selector(READY, state="attached", timeout=LONG)

    def wait_until_still(self, quiet: int = 500) -> None:
        """Wait until a chart has come to rest: so many milliseconds without a new path or word."""
        self.page.wait_for_function(
            """async ([curve, quiet]) => {
              const drawn = () => [...document.querySelectorAll(curve)].map(path => path.getAttribute('d')).join()
                + document.querySelector('.nbdiag').textContent
              const before = drawn()
              await new Promise(done => setTimeout(done, quiet))
              return drawn() === before
            }""",
            arg=[CURVE, quiet],
            timeout=LONG,
        )

    def click_pin(self, place: int = 0) -> None:
        """Click the middle of a pin, where its number stands: with the mouse, once the pin stands still."""
        self.page.locator(PIN).nth(place).click(timeout=LONG)

    def middle(self, selector: str, place: int = 0) -> tuple[float, float]:
        """The middle of an element on the screen."""
        box = self.page.locator(selector).nth(place).bounding_box()
        assert box is not None
        return box["x"] + box["width"] / 2, box["y"] + box["height"] / 2

    def card(self) -> dict[str, Any]:
        """The texts of the open card, part by part."""
        self.page.wait_for_selector(".nbdiag details[open] .lead", timeout=LONG)
        found: dict[str, Any] = self.page.evaluate(
            """() => {
              const card = document.querySelector('.nbdiag details[open]')
              const text = element => element.textContent.trim()
              const parts = {}
              for (const dt of card.querySelectorAll('dt')) parts[text(dt)] = dt.nextElementSibling
              const items = (name, selector) => parts[name] ? [...parts[name].querySelectorAll(selector)].map(text) : []
              return {
                rule: items('Rule', 'code')[0],
                title: text(card.querySelector('.title')),
                message: text(card.querySelector('.lead')),
                why: parts.Why ? text(parts.Why) : '',
                causes: items('Causes', 'ol > li'),
                check: items('Check', '.copyline > span'),
                code: items('Check', 'pre'),
                fixes: items('Try', 'li'),
                caveat: parts.Unless ? text(parts.Unless) : '',
                references: items('Read', 'a'),
              }
            }"""
        )
        return found

    def picture(self, name: str) -> None:
        """Keep what is on the screen, for people to look at."""
        ARTIFACTS.mkdir(exist_ok=True)
        self.page.screenshot(path=ARTIFACTS / f"{name}.png")
