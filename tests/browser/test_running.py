"""A training is explained while it runs: the chart is drawn, a pin is clicked, and what opens is that run's finding."""

from __future__ import annotations

from typing import Any

import pytest

from nbdiag.views.markup import plain
from tests.browser.reader import Reader
from tests.browser.server import Server
from tests.browser.training import Trained, train

pytestmark = [pytest.mark.browser, pytest.mark.frameworks, pytest.mark.timeout(600)]


def test_jupyterlab(trained: Trained) -> None:
    explained(trained)


def test_notebook_7(notebook: Server, reader: Reader) -> None:
    explained(train(notebook, reader))


def explained(seen: Trained) -> None:
    assert seen.prompt_at_click == "[*]:"
    assert " of 60" in seen.epochs_at_click
    assert seen.card_at_click["title"] and seen.card_at_click["why"]
    finding = next(f for f in seen.findings if f["rule"] == seen.card_at_end["rule"])
    assert seen.prompt_before_end == "[*]:"
    assert seen.card_before_end == words(finding)
    assert seen.card_at_end == words(finding)
    assert seen.complaints == []


def words(finding: dict[str, Any]) -> dict[str, Any]:
    """The finding as its card must say it, word for word."""
    check = finding["check"]
    return {
        "rule": finding["rule"],
        "title": plain(finding["title"]),
        "message": plain(finding["message"]),
        "why": plain(finding["why"]),
        "causes": [": ".join(filter(None, (plain(c["text"]), plain(c["why"])))) for c in finding["causes"]],
        "check": [plain(check["text"])] if check else [],
        "code": [check["code"].strip()] if check and check["code"] else [],
        "fixes": [plain(fix) for fix in finding["fixes"]],
        "caveat": plain(finding["caveat"]),
        "references": [reference["title"] for reference in finding["references"]],
    }
