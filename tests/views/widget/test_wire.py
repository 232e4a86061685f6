"""What a page sends is a wish, a stop, or nothing: no message can break the chart."""

from __future__ import annotations

from typing import Any

import pytest

from nbdiag.views.widget.companion import Companion
from nbdiag.views.widget.wire import NOTHING, Wire, Wish


@pytest.fixture
def heard() -> list[Any]:
    return []


@pytest.fixture
def wire(heard: list[Any]) -> Wire:
    return Wire(Companion(), heard.append, lambda: heard.append("stop"))


def test_a_wish_comes_as_it_was_told(wire: Wire, heard: list[Any]) -> None:
    told = {"window": [1, 20.5], "metrics": ["loss", "f1"]}
    wire.hear({"wish": told})
    assert heard == [Wish((1, 20.5), ("loss", "f1"))]
    assert heard[0].told() == told
    assert NOTHING.told() == {"window": None, "metrics": None}


@pytest.mark.parametrize("window", [[2, 1], [1], "ab", [None, 2], [float("nan"), 2], {"a": 1}])
@pytest.mark.parametrize("metrics", [[], [1], "loss", 3])
def test_what_is_no_window_and_no_names_wishes_for_nothing(
    wire: Wire, heard: list[Any], window: Any, metrics: Any
) -> None:
    wire.hear({"wish": {"window": window, "metrics": metrics}})
    assert heard == [NOTHING]


@pytest.mark.parametrize("content", [None, [], "stop", {}, {"stop": 1}, {"stop": False}])
def test_any_other_message_is_passed_over(wire: Wire, heard: list[Any], content: Any) -> None:
    wire.hear(content)
    assert heard == []
    wire.hear({"stop": True})
    assert heard == ["stop"]
