"""No better than a guess, one class for all, flips and standstill: what fires, what nearly does."""

from __future__ import annotations

import numpy as np
import pytest

from nbdiag.facts import Facts
from nbdiag.finding import Certainty, Severity
from nbdiag.rules.chance import stuck_at_chance
from nbdiag.rules.constant import constant_prediction
from nbdiag.rules.flips import prediction_flips_class
from nbdiag.rules.frozen import frozen_metrics, uninformative_metric
from nbdiag.run import Run

from .runs import curves, falling, one, rising

N = 20
RNG = np.random.default_rng(0)


def with_loss(run: Run, **facts: object) -> Run:
    run.learn(Facts(**{"loss": "crossentropy", **facts}))
    return run


def flat(level: float, accuracy: float, k: int = 10) -> Run:
    noise = 1 + 0.003 * RNG.normal(size=N)
    columns = {"loss": level * noise, "accuracy": accuracy + 0.01 * RNG.normal(size=N)}
    return with_loss(
        curves(**columns, val_loss=level * noise, val_accuracy=[accuracy] * N), n_classes=k, n_val=500, n_train=2000
    )


def test_stuck_at_ln_k() -> None:
    found = one(stuck_at_chance, flat(np.log(10), 0.1))
    assert found.severity is Severity.BROKEN and "2.303" in found.message and found.start == 1
    assert "x_train[:20]" in found.check.code


def test_a_little_better_than_a_guess_is_not_stuck() -> None:
    assert stuck_at_chance(flat(0.9 * np.log(10), 0.1)) == []
    assert stuck_at_chance(flat(np.log(10), 0.3)) == []


def test_a_model_that_learned_before_is_another_story() -> None:
    loss = np.concatenate([falling(10, 2.3, 0.8), np.full(10, 2.31)])
    assert stuck_at_chance(with_loss(curves(loss=loss), n_classes=10)) == []


def test_without_the_number_of_classes_it_is_silent() -> None:
    assert stuck_at_chance(with_loss(curves(loss=[2.3026] * N), loss="crossentropy")) == []


def imbalanced(last: float) -> Run:
    accuracy = np.full(N, 0.9)
    accuracy[:2] = (0.55, 0.8)
    loss = falling(N, 0.7, last)
    run = curves(loss=loss, accuracy=accuracy, val_loss=loss, val_accuracy=accuracy, class_counts_val=[180, 20])
    return with_loss(run, n_classes=2, n_val=200, class_counts_train=[1800, 200], n_train=2000)


def test_one_class_for_all() -> None:
    found = one(constant_prediction, imbalanced(0.33))  # H(0.9) = 0.325
    assert found.severity is Severity.BROKEN and found.certainty is Certainty.STRONG
    assert "180 of 200" in found.message and "0.3251" in found.message and found.start == 3


def test_a_loss_well_below_the_frequencies_entropy_has_learned_more() -> None:
    assert constant_prediction(imbalanced(0.1)) == []


def test_a_constant_accuracy_that_is_no_class_share_proves_nothing() -> None:
    run = curves(
        loss=falling(N), val_loss=falling(N, 0.7, 0.2), val_accuracy=[0.93] * N, class_counts_val=[100, 100], n_val=200
    )
    assert constant_prediction(with_loss(run)) == []


def test_flips_with_known_shares_are_strong() -> None:
    accuracy = [0.75, 0.25, 0.75, 0.75, 0.25]
    run = curves(val_loss=[2.0] * 5, val_accuracy=accuracy, class_counts_val=[90, 30], n_val=120, n_classes=2)
    found = one(prediction_flips_class, run)
    assert found.severity is Severity.BROKEN and found.certainty is Certainty.STRONG and "90 + 30 = 120" in found.title


def test_crossing_one_half_is_no_flip() -> None:
    accuracy = [0.48, 0.52, 0.6, 0.7, 0.8]
    assert prediction_flips_class(curves(val_loss=[0.7] * 5, val_accuracy=accuracy, n_val=100, n_classes=2)) == []


def test_a_flip_at_the_start_of_a_run_that_learns_is_silent() -> None:
    accuracy = np.concatenate([[0.3, 0.7], rising(28, 0.75, 0.95)])
    assert prediction_flips_class(curves(val_loss=falling(30), val_accuracy=accuracy, n_val=400, n_classes=2)) == []


def test_frozen_from_the_first_epoch() -> None:
    run = curves(loss=[1.0986] * 8, accuracy=[0.34] * 8, val_loss=[1.1] * 8, val_accuracy=[0.3] * 8)
    assert one(frozen_metrics, run).severity is Severity.BROKEN


def test_resumed_where_nothing_is_left_to_learn_looks_frozen_but_is_no_alarm() -> None:
    known = {"n_classes": 10, "loss_is": "epoch-mean"}
    end = curves(loss=[0.2114] * 8, accuracy=[0.91] * 8, start=41, **known)
    end.learn(Facts(loss="crossentropy"))
    assert one(frozen_metrics, end).severity is Severity.NOTE
    never = curves(loss=[2.3026] * 8, accuracy=[0.1] * 8, start=41, **known)
    never.learn(Facts(loss="crossentropy"))
    assert one(frozen_metrics, never).severity is Severity.BROKEN
    still = curves(digits=4, loss=[0.2114] * 8, start=41)
    assert one(frozen_metrics, still).severity is Severity.BROKEN
    creeping = curves(digits=4, loss=np.linspace(0.2114, 0.2112, 8), start=41)
    assert one(frozen_metrics, creeping).severity is Severity.NOTE


@pytest.mark.parametrize(
    "columns",
    [
        {"loss": np.linspace(1.0, 0.99, 8)},  # moves by 1 %
        {"loss": [0.5] * 8, "accuracy": np.linspace(0.5, 0.6, 8)},  # something else moves
        {"loss": [0.0] * 8},  # at its floor
        {"loss": [0.5] * 4},  # too few
        {"loss": [0.02] * 8, "accuracy": [1.0] * 8},  # at its goal
    ],
)
def test_nearly_frozen_is_silent(columns: dict[str, object]) -> None:
    assert frozen_metrics(curves(**columns)) == []


def test_two_printed_decimals_do_not_freeze() -> None:
    assert frozen_metrics(curves(digits=2, loss=np.linspace(0.204, 0.196, 8))) == []


def test_a_metric_that_says_nothing() -> None:
    run = curves(loss=falling(N), top_k_categorical_accuracy=[1.0] * N)
    assert one(uninformative_metric, run).severity is Severity.NOTE
    assert uninformative_metric(curves(loss=falling(N), top_k_categorical_accuracy=[0.99] * N)) == []


@pytest.mark.parametrize(
    "rule",
    [stuck_at_chance, constant_prediction, prediction_flips_class, frozen_metrics, uninformative_metric],
    ids=lambda r: r.name,
)
def test_empty_nan_and_healthy_are_silent(rule) -> None:
    assert rule(curves()) == []
    nan = [float("nan")] * N
    facts = {"n_classes": 2, "n_val": 100, "n_train": 100}
    assert rule(with_loss(curves(loss=nan, accuracy=nan, val_loss=nan, val_accuracy=nan), **facts)) == []
    healthy = curves(
        loss=falling(N), accuracy=rising(N), val_loss=falling(N, 0.7, 0.1), val_accuracy=rising(N, 0.5, 0.95)
    )
    assert rule(with_loss(healthy, **facts)) == []
