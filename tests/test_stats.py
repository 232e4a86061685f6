"""Statistics on arrays: each against a case whose answer is known, or against a library's."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from nbdiag import stats

values = arrays(np.float64, st.integers(3, 60), elements=st.floats(-1e6, 1e6))


def test_noise_ignores_trend_and_spikes():
    rng = np.random.default_rng(0)
    curve = np.linspace(5, 1, 400) + 0.1 * rng.normal(size=400)
    curve[[50, 200]] += 30
    assert stats.noise(curve) == pytest.approx(0.1, rel=0.15)


def test_noise_is_never_below_the_rounding():
    assert stats.noise(np.linspace(1, 0, 50), rounding=5e-5) == 5e-5


def test_correlated_points_count_for_fewer():
    assert stats.effective(100, 0.0) == 100
    assert stats.effective(100, 0.5) == pytest.approx(100 / 3)
    assert stats.effective(100, -0.4) == 100


def test_a_trend_has_the_slope_of_the_line():
    x = np.arange(30.0)
    found = stats.trend(x, 7 - 0.5 * x)
    assert found.slope == pytest.approx(-0.5)
    assert found.change == pytest.approx(-14.5)
    assert found.z < -6


def test_white_noise_and_a_random_walk_have_no_trend():
    """A walk looks like a trend to the plain statistic in most draws; here in few."""
    x = np.arange(60.0)
    rng = np.random.default_rng(1)
    white = [abs(stats.trend(x, rng.normal(size=60)).z) > 4 for _ in range(200)]
    walks = [abs(stats.trend(x, np.cumsum(rng.normal(size=60))).z) > 4 for _ in range(200)]
    assert sum(white) == 0
    assert sum(walks) <= 10


def test_a_smooth_bend_is_a_trend():
    x = np.arange(120.0)
    assert stats.trend(x, np.exp(-x / 60)).z < -6


@settings(deadline=None)
@given(values)
def test_isotonic_errors_are_those_of_scipy(y):
    from scipy.optimize import isotonic_regression

    found = stats._isotonic_errors(y)
    for i in {1, len(y) // 2, len(y) - 1}:
        part = y[: i + 1]
        expected = float(((isotonic_regression(part).x - part) ** 2).sum())
        assert found[i] == pytest.approx(expected, rel=1e-6, abs=1e-6 * (1 + float(np.abs(y).max()) ** 2))


def test_the_turn_is_where_a_curve_turns():
    rng = np.random.default_rng(2)
    curve = np.r_[np.linspace(1, 0.2, 20), np.linspace(0.22, 0.6, 30)] + 0.01 * rng.normal(size=50)
    turn = stats.turning_point(curve, 0.01)
    assert abs(turn.index - 19) <= 2
    assert turn.z > 20
    assert turn.rise == pytest.approx(0.38, abs=0.06)


def test_a_falling_curve_turns_nowhere_before_its_end():
    turn = stats.turning_point(np.exp(-np.arange(40) / 10), 1e-3)
    assert turn.z < 1
    assert turn.rise <= 0


@given(values, st.integers(2, 50))
def test_bins_keep_the_mean(y, most):
    x = np.arange(float(len(y)))
    short_x, short_y = stats.bins(x, y, most)
    assert len(short_x) <= most
    assert len(short_x) == len(y) or len(short_x) > most // 2
    if len(y) % most == 0 or len(y) <= most:
        assert short_y.mean() == pytest.approx(y.mean(), rel=1e-9, abs=1e-3)


def test_smoothing_takes_a_spike_out_and_keeps_the_length():
    curve = np.ones(20)
    curve[9] = 50
    assert stats.smooth(curve, 5).tolist() == [1.0] * 20


def test_accuracy_error_is_not_zero_at_the_ends():
    assert stats.accuracy_error(0.5, 100) == pytest.approx(0.05, rel=0.05)
    assert stats.accuracy_error(1.0, 20) > 0.03


def test_entropy_of_equal_classes_is_ln_k():
    assert stats.entropy(np.full(10, 0.1)) == pytest.approx(math.log(10))
    assert stats.entropy(np.array([1.0, 0.0])) == 0


def test_the_normal_tail():
    assert stats.normal_tail(1.959964) == pytest.approx(0.025, rel=1e-4)


@given(st.lists(st.floats(-1e6, 1e6), min_size=1, max_size=40), st.booleans())
def test_the_median_is_numpys(values, broken):
    array = np.array([*values, np.nan] if broken else values)
    assert np.array_equal(stats.median(array), np.median(array), equal_nan=True)
