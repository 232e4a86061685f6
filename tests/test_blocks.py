"""Arrays that grow, and what is kept of them: the same as what one look at all of it gives."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from nbdiag.blocks import Blocks, Summary, width
from nbdiag.digest import Digest
from nbdiag.growing import Growing

LENGTHS = [1, 31, 32, 33, 257, 1001, 40_000, 70_001]


def some(n: int, kind: str) -> np.ndarray:
    """Values of one kind."""
    random = np.random.default_rng(n)
    values = random.normal(size=n)
    if kind == "rounded":
        return np.round(values)
    if kind == "holes":
        values[random.random(n) < 0.01] = np.nan
        values[n // 2] = np.inf
    if kind == "nothing":
        values[:] = np.nan
    return np.sort(values) if kind == "rising" else values


@pytest.mark.parametrize("kind", ["normal", "rounded", "holes", "nothing", "rising"])
@pytest.mark.parametrize("n", LENGTHS)
def test_what_is_kept_while_it_grows_is_what_one_look_at_all_gives(n: int, kind: str) -> None:
    whole, blocks = some(n, kind), Blocks()
    for length in sorted({1, n // 3 + 1, n // 2 + 1, n}):
        values = whole[:length]
        grown, once = Summary(values, blocks), Summary(values.copy(), Blocks())
        finite = np.isfinite(values)
        assert grown.holes == np.sum(~finite)
        for extreme, at, of in ((grown.low, grown.low_at, min), (grown.high, grown.high_at, max)):
            if finite.any():
                assert extreme == of(values[finite]) and at == np.flatnonzero(values == extreme)[0]
            else:
                assert np.isnan(extreme) and at == -1
        steps = np.diff(values) if finite.all() else np.array([-1.0])
        assert grown.rising == bool((steps >= 0).all()) and grown.climbing == bool((steps > 0).all())
        assert grown.whole == bool(finite.all() and (values == np.round(values)).all())
        assert grown.corners(1000).tolist() == once.corners(1000).tolist()
        if finite.all():
            assert grown.means(256).tolist() == once.means(256).tolist()


@pytest.mark.parametrize("n", LENGTHS)
def test_means_are_of_all_values(n: int) -> None:
    values = some(n, "normal")
    means = Summary(values, Blocks()).means(256)
    assert len(means) <= 256 and (len(means) == n or len(means) > 100)
    sizes = np.diff(np.append(np.arange(0, n, width(n, 256)), n))
    assert means @ sizes / n == pytest.approx(values.mean(), abs=1e-9)


@pytest.mark.parametrize("n", LENGTHS)
def test_no_extreme_and_no_hole_is_lost_among_the_corners(n: int) -> None:
    values = some(n, "normal")
    values[[n // 7, n // 5, n // 3]] = 1e9, -1e9, np.nan
    corners = Summary(values, Blocks()).corners(1000)
    assert len(corners) <= 1003 and corners[0] == 0 and corners[-1] == n - 1
    assert {n // 7, n // 5, n // 3} <= set(corners.tolist())


@settings(max_examples=50, deadline=None)
@given(st.lists(st.lists(st.integers(1, 9), min_size=1, max_size=20), min_size=1, max_size=6))
def test_steps_that_begin_again_are_counted_on_however_they_come(parts: list[list[int]]) -> None:
    digest, steps = Digest(), np.zeros(0)
    for part in parts:
        steps = np.concatenate((steps, np.array(part, float)))
        counted = digest.counted(steps)
    total, expected = 0.0, []
    for i, step in enumerate(steps):
        total += steps[i - 1] if i and step <= steps[i - 1] else 0.0
        expected.append(step + total)
    assert counted.tolist() == expected


def test_a_view_stays_as_it_was() -> None:
    rows = Growing(2)
    rows.extend(np.ones((2, 3)))
    view = rows.upto(3)
    other = rows.fork(2)
    rows.extend(np.zeros((2, 1000)))
    other.extend(np.full((2, 1), 5.0))
    other.put(0, 0, 7.0)
    assert view.tolist() == [[1.0] * 3] * 2 and rows.upto(4)[0].tolist() == [1, 1, 1, 0]
    assert other.upto(3).tolist() == [[7, 1, 5], [1, 1, 5]]
    with pytest.raises(ValueError, match="read-only"):
        view[0, 0] = 2
