"""Loss against accuracy: what is impossible fires, what is only unusual does not."""

from __future__ import annotations

import numpy as np
import pytest

from nbdiag.facts import Facts
from nbdiag.finding import Certainty, Severity
from nbdiag.rules.mismatch import loss_metric_mismatch
from nbdiag.rules.weighted import train_loss_weighted
from nbdiag.run import Run

from .runs import curves, falling, one, rising

N = 12
ACCURACY = rising(N, 0.2, 0.5)
BOUND = (1 - ACCURACY) * np.log(2)


@pytest.mark.parametrize("loss", ["binary_crossentropy", "crossentropy"])
def test_keras_numbers_below_the_bound_are_exact(loss: str) -> None:
    columns = {"loss": 0.3 * BOUND, "accuracy": ACCURACY, "val_loss": 0.3 * BOUND, "val_accuracy": ACCURACY}
    found = one(loss_metric_mismatch, _with(columns, loss))
    assert found.certainty is Certainty.EXACT and found.severity is Severity.PROBLEM
    assert "Both sides break" in found.message and found.causes and found.check and found.fixes and found.caveat
    assert train_loss_weighted(_with(columns, loss)) == []


def _with(columns: dict[str, np.ndarray], loss: str | None, **facts: object) -> Run:
    run = curves(**columns)
    run.learn(Facts(loss=loss, **facts))
    return run


def test_just_above_the_bound_is_silent() -> None:
    columns = {"loss": 1.001 * BOUND, "accuracy": ACCURACY, "val_loss": 1.001 * BOUND, "val_accuracy": ACCURACY}
    assert loss_metric_mismatch(_with(columns, "crossentropy")) == []


def test_rounding_is_allowed_for() -> None:
    accuracy = np.round(ACCURACY, 2)
    loss = np.round((1 - accuracy) * np.log(2), 2)
    run = curves(digits=2, loss=loss, accuracy=accuracy, val_loss=loss, val_accuracy=accuracy)
    assert loss_metric_mismatch(run) == []


def test_a_single_epoch_is_not_enough() -> None:
    loss = 1.1 * BOUND
    loss[4] = 0.1 * BOUND[4]
    assert loss_metric_mismatch(_with({"loss": loss, "accuracy": ACCURACY}, "crossentropy")) == []


def test_squared_error_has_its_own_bound() -> None:
    columns = {"loss": 0.3 * (1 - ACCURACY), "accuracy": ACCURACY}
    assert loss_metric_mismatch(_with(columns, "mse", n_classes=2)) == []
    columns = {"loss": 0.2 * (1 - ACCURACY), "accuracy": ACCURACY}
    assert one(loss_metric_mismatch, _with(columns, "mse", n_classes=2)).certainty is Certainty.EXACT


def test_only_training_below_the_bound_means_weights() -> None:
    columns = {"loss": 0.2 * BOUND, "accuracy": ACCURACY, "val_loss": 2 * BOUND, "val_accuracy": ACCURACY}
    found = one(train_loss_weighted, _with(columns, "crossentropy"))
    assert found.certainty is Certainty.LIKELY and found.evidence[
        "weight of the wrong samples, at most"
    ] == pytest.approx(0.2)
    assert found.table is not None and len(found.table.rows) == 2
    assert train_loss_weighted(_with(columns, "crossentropy", class_weight=False)) == []
    assert one(train_loss_weighted, _with(columns, "crossentropy", class_weight=True)).severity is Severity.NOTE


def test_a_loop_breaks_it_blatantly_or_it_is_a_note() -> None:
    for factor, severity in ((0.9, Severity.NOTE), (0.3, Severity.PROBLEM)):
        run = curves(framework="", loss=factor * BOUND, accuracy=ACCURACY, val_loss=2 + BOUND, val_accuracy=ACCURACY)
        found = one(loss_metric_mismatch, run)
        assert found.severity is severity and found.certainty is Certainty.LIKELY


def test_an_accuracy_that_is_never_reset() -> None:
    run = curves(
        framework="torch",
        loss=falling(N),
        accuracy=0.8 * np.arange(1, N + 1),
        val_loss=falling(N),
        val_accuracy=ACCURACY,
    )
    found = one(loss_metric_mismatch, run)
    assert "9.6" in found.title and "not reset" in found.causes[0].text


def test_percentages_without_a_sign_are_silent() -> None:
    run = curves(
        framework="", loss=falling(N), accuracy=100 * ACCURACY, val_loss=falling(N), val_accuracy=100 * ACCURACY
    )
    assert loss_metric_mismatch(run) == []


def test_never_right_while_the_loss_falls() -> None:
    zero = np.zeros(N)
    run = _with(
        {"loss": falling(N, 1.1, 0.6), "accuracy": zero, "val_loss": falling(N, 1.1, 0.6), "val_accuracy": zero},
        "crossentropy",
    )
    assert "not a single answer is right" in one(loss_metric_mismatch, run).message


@pytest.mark.parametrize("rule", [loss_metric_mismatch, train_loss_weighted], ids=lambda r: r.name)
def test_flat_empty_and_nan_are_silent(rule) -> None:
    assert rule(curves()) == []
    assert rule(curves(loss=[0.7] * N, accuracy=[0.5] * N, val_loss=[0.7] * N, val_accuracy=[0.5] * N)) == []
    nan = [float("nan")] * N
    assert rule(curves(loss=nan, accuracy=nan, val_loss=nan, val_accuracy=nan)) == []
