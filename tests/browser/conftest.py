"""One JupyterLab, one Notebook 7 and one Chromium for all browser tests, and one training that most of them look at."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import BrowserContext, Playwright, sync_playwright

from tests.browser.reader import Reader
from tests.browser.server import Server, serving
from tests.browser.training import Trained, train

_NAMES = ("chromium", "chromium-browser", "google-chrome-stable", "google-chrome")
_FLAGS = (
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync",
)  # fmt: skip


@pytest.fixture(scope="package")
def lab(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    yield from serving("lab", tmp_path_factory.mktemp("lab"))


@pytest.fixture(scope="package")
def notebook(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    yield from serving("notebook", tmp_path_factory.mktemp("notebook"))


@pytest.fixture(scope="package")
def driver() -> Iterator[Playwright]:
    with sync_playwright() as playwright:
        yield playwright


@pytest.fixture(scope="package")
def chromium(driver: Playwright, tmp_path_factory: pytest.TempPathFactory) -> Iterator[BrowserContext]:
    """The system's Chromium, else the one that playwright fetched."""
    context = driver.chromium.launch_persistent_context(
        str(tmp_path_factory.mktemp("profile")),
        executable_path=next(filter(None, map(shutil.which, _NAMES)), None),
        args=list(_FLAGS),
        # High enough for an open card: a click that scrolls would move what is clicked next.
        viewport={"width": 1280, "height": 2000},
        has_touch=True,
    )
    yield context
    context.close()


@pytest.fixture
def reader(chromium: BrowserContext) -> Iterator[Reader]:
    """A reader with a new page."""
    page = chromium.new_page()
    yield Reader(page)
    page.close()


@pytest.fixture(scope="package")
def trained(lab: Server, chromium: BrowserContext) -> Iterator[Trained]:
    """A Keras training under ``%%diagnose`` in JupyterLab, clicked while it ran, then saved; its kernel is gone."""
    page = chromium.new_page()
    try:
        yield train(lab, Reader(page))
    finally:
        page.close()


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path
