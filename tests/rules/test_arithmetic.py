"""The bounds hold for models made at random, and the numbers worked out by hand come out."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from nbdiag.rules import arithmetic


def predictions(seed: int, n: int, k: int) -> tuple[float, float]:
    """Mean cross-entropy and accuracy of random predictions of random sharpness."""
    rng = np.random.default_rng(seed)
    logits = rng.normal(size=(n, k)) * rng.uniform(0.1, 20)
    labels = rng.integers(k, size=n)
    logits[np.arange(n), labels] += rng.uniform(0, 10)
    logp = logits - logits.max(1, keepdims=True)
    logp -= np.log(np.exp(logp).sum(1, keepdims=True))
    return float(-logp[np.arange(n), labels].mean()), float((logp.argmax(1) == labels).mean())


@given(st.integers(0, 10**6), st.integers(1, 60), st.integers(2, 12))
@settings(max_examples=200, deadline=None)
def test_no_predictions_break_the_bounds(seed: int, n: int, k: int) -> None:
    loss, accuracy = predictions(seed, n, k)
    assert loss >= arithmetic.least_loss(accuracy) - 1e-9
    low, high = arithmetic.mistake_cost(np.array(loss), np.array(accuracy), k)
    if accuracy < 1:
        assert math.log(2) - 1e-9 <= high and low <= high + 1e-9


@given(st.integers(0, 10**6), st.integers(2, 40), st.integers(2, 12))
@settings(max_examples=100, deadline=None)
def test_the_mean_cost_of_the_mistakes_lies_between_its_bounds(seed: int, n: int, k: int) -> None:
    rng = np.random.default_rng(seed)
    p = rng.dirichlet(np.full(k, 0.3), size=n).clip(1e-9)
    p /= p.sum(1, keepdims=True)
    labels = rng.integers(k, size=n)
    costs, right = -np.log(p[np.arange(n), labels]), p.argmax(1) == labels
    if right.all():
        return
    low, high = arithmetic.mistake_cost(np.array(costs.mean()), np.array(right.mean()), k)
    assert low - 1e-9 <= costs[~right].mean() <= high + 1e-9


def test_squared_error_has_a_bound_too() -> None:
    rng = np.random.default_rng(1)
    p, y = rng.uniform(size=500), rng.integers(2, size=500)
    assert ((p - y) ** 2).mean() >= arithmetic.least_squared_error(((p > 0.5) == y).mean(), 2)
    q, labels = rng.dirichlet(np.full(5, 0.2), size=500), rng.integers(5, size=500)
    error = ((q - np.eye(5)[labels]) ** 2).mean()
    assert error >= arithmetic.least_squared_error((q.argmax(1) == labels).mean(), 5)


def test_numbers_worked_out_by_hand() -> None:
    low, high = arithmetic.mistake_cost(np.array([3.7535, 2.3932]), np.array([94 / 128, 109 / 128]), 2)
    assert low == pytest.approx([12.21, 12.15], abs=0.01)
    assert high == pytest.approx([14.13, 16.12], abs=0.01)
    assert 0.85 / arithmetic.calibrated_loss(0.95, 2) == pytest.approx(4.28, abs=0.01)
    assert arithmetic.old_share(0.99, 11) == pytest.approx(0.895, abs=0.001)
    assert arithmetic.old_share(0.99, 55) == pytest.approx(0.575, abs=0.001)
    assert arithmetic.double_softmax_range(10) == pytest.approx((1.4612, 2.4612), abs=1e-4)
    assert arithmetic.double_softmax_range(2) == pytest.approx((0.3133, 1.3133), abs=1e-4)
    assert arithmetic.smoothing_floor(2, 0.1) == pytest.approx(0.1985, abs=1e-4)
    assert arithmetic.smoothing_floor(100, 0.1) == pytest.approx(0.7778, abs=1e-4)
    assert arithmetic.chance_of_at_most(0, 10, 0.5) == pytest.approx(0.5**10)
    assert arithmetic.smallest_difference(0.5, 128) == pytest.approx(2.8 * math.sqrt(2 * 0.25 / 128))
    assert pytest.approx(-math.log(1 / (1 + math.exp(-0.5)))) == arithmetic.LOGIT_CUT_COST


def test_a_softmax_of_a_softmax_stays_in_its_range() -> None:
    rng = np.random.default_rng(0)
    for k in (2, 3, 10):
        p = rng.dirichlet(np.full(k, 0.2), size=300)
        again = np.exp(p) / np.exp(p).sum(1, keepdims=True)
        loss = -np.log(again[np.arange(300), rng.integers(k, size=300)])
        low, high = arithmetic.double_softmax_range(k)
        assert low - 1e-9 <= loss.min() and loss.max() <= high + 1e-9


def test_the_temperature_that_spoiled_the_confidence_is_found() -> None:
    rng = np.random.default_rng(0)
    logits = rng.normal(size=(4000, 3)) * 2
    p = np.exp(logits) / np.exp(logits).sum(1, keepdims=True)
    labels = np.array([rng.choice(3, p=row) for row in p])
    sharp = np.exp(3 * logits) / np.exp(3 * logits).sum(1, keepdims=True)
    assert arithmetic.temperature(p, labels) == pytest.approx(1, abs=0.1)
    assert arithmetic.temperature(sharp, labels) == pytest.approx(3, abs=0.3)


def test_calibration_error_of_an_honest_and_a_boasting_model() -> None:
    right = np.arange(1000) % 10 < 8
    assert arithmetic.calibration_error(np.full(1000, 0.8), right) == pytest.approx(0, abs=1e-9)
    assert arithmetic.calibration_error(np.full(1000, 0.99), right) == pytest.approx(0.19, abs=1e-9)
