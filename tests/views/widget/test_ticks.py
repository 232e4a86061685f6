"""Tick labels are found by bqplot under the name JavaScript gives a number."""

from __future__ import annotations

import pytest

from nbdiag.views.widget.ticks import as_key


@pytest.mark.parametrize(
    ("number", "key"),
    [(0.0, "0"), (1.0, "1"), (0.1, "0.1"), (-2.5, "-2.5"), (1e-6, "0.000001"), (1e-7, "1e-7"), (1.5e-9, "1.5e-9"),
     (1e20, "100000000000000000000"), (1e21, "1e+21"), (0.30000000000000004, "0.30000000000000004"), (1e5, "100000")],
)  # fmt: skip
def test_as_javascript_writes_it(number: float, key: str) -> None:
    assert as_key(number) == key
