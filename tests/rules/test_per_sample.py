"""Losses of single samples: a few outliers, a broad shift, and confidence against accuracy."""

from __future__ import annotations

import numpy as np
import pytest

from nbdiag.facts import Facts
from nbdiag.finding import SamplesPicture, Severity
from nbdiag.rules.broad import broad_loss_shift
from nbdiag.rules.confidence import overconfident_wrong
from nbdiag.rules.per_sample import MOST_DRAWN, loss_hijacked_by_outliers
from nbdiag.run import Run
from nbdiag.samples import sample_losses

from .runs import curves, falling, one, rising

N = 200
RNG = np.random.default_rng(0)
BULK = RNG.exponential(0.02, N)


def measured(last: np.ndarray, best: np.ndarray | None = None, **parts: object) -> Run:
    run = curves(loss=falling(10), val_loss=falling(10, 0.7, 0.2), loss_is="epoch-mean", n_classes=2)
    given = (
        {"last": last, **parts}
        if best is None
        else {"last": last, "best": best, "best_epoch": 4, "last_epoch": 10, **parts}
    )
    run.samples = sample_losses(given)
    return run


def with_outliers(*losses: float) -> np.ndarray:
    last = BULK.copy()
    last[[7, 42, 99][: len(losses)]] = losses
    return last


def test_two_samples_hold_the_loss() -> None:
    last = with_outliers(20.0, 15.0)
    run = measured(
        last, np.maximum(BULK, 0.03), labels=np.ones(N, int), predicted=np.zeros(N, int), confidence=np.full(N, 0.9)
    )
    found = one(loss_hijacked_by_outliers, run)
    assert (
        "2 of 200 samples" in found.title and "sample 7, loss 20, label 1, predicted 0, confidence 0.9" in found.message
    )
    assert isinstance(found.picture, SamplesPicture) and found.picture.marked == (7, 42)
    assert found.start == 4 and found.severity is Severity.PROBLEM and "[7, 42]" in found.check.code
    assert found.table is not None and [row[0] for row in found.table.rows] == [
        "loss",
        "without the 2",
        "sample 7",
        "sample 42",
    ]


def test_a_few_mistakes_on_an_easy_task_are_a_note() -> None:
    last = BULK / 100
    last[7] = 3.0  # of 200: it adds 0.015 to a loss that began at 0.7
    assert one(loss_hijacked_by_outliers, measured(last)).severity is Severity.NOTE
    assert one(loss_hijacked_by_outliers, measured(with_outliers(20.0))).severity is Severity.PROBLEM


def test_few_samples_whose_rise_turned_the_curve_are_a_problem() -> None:
    turned = np.concatenate([falling(10, 0.7, 0.02), falling(20, 0.021, 0.05)])
    run = curves(loss=falling(30), val_loss=turned, loss_is="epoch-mean", n_classes=2)
    last = BULK / 100
    last[7] = 9.9
    run.samples = sample_losses({"last": last})
    assert one(loss_hijacked_by_outliers, run).severity is Severity.PROBLEM


def test_a_long_tail_is_no_outlier() -> None:
    assert loss_hijacked_by_outliers(measured(RNG.exponential(0.3, N) ** 2)) == []


def test_samples_that_cost_less_than_a_guess_are_no_outliers() -> None:
    assert loss_hijacked_by_outliers(measured(with_outliers(0.6) * [0.01 if i != 7 else 1 for i in range(N)])) == []


def test_when_the_others_rise_too_it_is_not_the_outliers() -> None:
    assert loss_hijacked_by_outliers(measured(with_outliers(20.0), BULK / 2)) == []


def test_too_many_are_not_a_few() -> None:
    last = BULK.copy()
    last[:20] = 9.0
    assert loss_hijacked_by_outliers(measured(last)) == []


def test_a_large_set_is_thinned_for_the_page() -> None:
    last = RNG.exponential(0.001, 50_000)
    last[123] = 400.0
    found = one(loss_hijacked_by_outliers, measured(last))
    assert isinstance(found.picture, SamplesPicture) and len(found.picture.losses) <= MOST_DRAWN
    assert found.picture.marked == (123,) and found.picture.losses[0] == 400


def test_most_samples_got_worse() -> None:
    found = one(broad_loss_shift, measured(BULK * 3 + 0.01, BULK))
    assert found.severity is Severity.NOTE and "200 of 200" in found.message
    assert broad_loss_shift(measured(with_outliers(20.0), BULK)) == []
    assert broad_loss_shift(measured(BULK * RNG.uniform(0.5, 1.5, N), BULK)) == []


def test_probabilities_tell_the_temperature() -> None:
    logits = 2 * RNG.normal(size=N)
    honest = 1 / (1 + np.exp(-logits))
    labels = (RNG.uniform(size=N) < honest).astype(int)
    boasting = 1 / (1 + np.exp(-4 * logits))
    last = -np.log(np.clip(np.where(labels == 1, boasting, 1 - boasting), 1e-12, 1))
    found = one(broad_loss_shift, measured(last + 1, last * 0.5, labels=labels, probabilities=boasting))
    assert "too sure" in found.message and any("temperature" in fix for fix in found.fixes)


def test_surer_than_right() -> None:
    run = curves(val_loss=[0.85] * 5, val_accuracy=[0.95] * 5, n_val=20, n_classes=2)
    run.learn(Facts(loss="binary_crossentropy"))
    found = one(overconfident_wrong, run)
    assert "4.3 times" in found.title and "1 of 20 samples" in found.message and "between 3.83 and 17" in found.message


@pytest.mark.parametrize("level", [0.21, 0.3])
def test_a_loss_that_may_be_too_little_confidence_is_silent(level: float) -> None:
    run = curves(val_loss=[level] * 5, val_accuracy=[0.95] * 5, n_classes=2)
    run.learn(Facts(loss="crossentropy"))
    assert overconfident_wrong(run) == []


@pytest.mark.parametrize(
    "rule", [loss_hijacked_by_outliers, broad_loss_shift, overconfident_wrong], ids=lambda r: r.name
)
def test_empty_nan_and_healthy_are_silent(rule) -> None:
    nan = np.full(N, np.nan)
    assert rule(curves()) == []
    assert rule(measured(nan, nan)) == []
    assert rule(curves(loss=falling(9), accuracy=rising(9), val_loss=falling(9), val_accuracy=rising(9))) == []
