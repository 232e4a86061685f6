"""Evaluation unlike training, saturated outputs, what a validation set can show, and epochs that are no passes."""

from __future__ import annotations

import numpy as np
import pytest

from nbdiag.facts import Facts
from nbdiag.finding import BandPicture, BoundsPicture, Certainty, Severity
from nbdiag.rules.evaluation import incomplete_epochs, small_validation_set
from nbdiag.rules.model import batchnorm_cold_stats
from nbdiag.rules.modes import train_eval_mode_mismatch
from nbdiag.rules.saturated import saturated_outputs
from nbdiag.run import Run

from .runs import curves, falling, one, rising

N = 10
RNG = np.random.default_rng(0)


def learn(run: Run, **facts: object) -> Run:
    run.learn(Facts(**{"loss": "crossentropy", "n_classes": 2, **facts}))
    return run


def apart(**facts: object) -> Run:
    """Training is fine; each validation mistake costs about 8 nats from the first epoch on."""
    val = np.full(N, 0.6)
    run = curves(
        loss=falling(N, 0.6, 0.3),
        accuracy=rising(N, 0.7, 0.9),
        val_loss=0.4 * 8 + 0.1 * RNG.uniform(size=N),
        val_accuracy=val,
    )
    return learn(run, **facts)


def test_mistakes_that_cost_several_times_more_in_validation() -> None:
    found = one(train_eval_mode_mismatch, apart(has_batchnorm=True, steps_per_epoch=11, batch_size=32))
    assert found.certainty is Certainty.LIKELY and found.severity is Severity.PROBLEM and found.start == 1
    assert "352 samples" in found.causes[1].why and "32 these" not in found.causes[1].why
    assert isinstance(found.picture, BoundsPicture) and {name for name, _ in found.picture.series} == {
        "training",
        "validation",
    }


def test_it_is_ruled_out_where_there_is_no_batchnorm() -> None:
    assert train_eval_mode_mismatch(apart(has_batchnorm=False)) == []


def test_a_gap_that_opens_later_is_overfitting_not_mode() -> None:
    loss, accuracy = falling(30, 0.69, 0.001), rising(30, 0.6, 0.999)
    val_loss = np.concatenate([falling(8, 0.69, 0.4), np.geomspace(0.4, 3.0, 22)])
    run = curves(loss=loss, accuracy=accuracy, val_loss=val_loss, val_accuracy=rising(30, 0.6, 0.85))
    assert train_eval_mode_mismatch(learn(run)) == []


def test_batchnorm_with_validation_at_a_guess_while_training_learns() -> None:
    columns = {"loss": falling(20, 0.5, 0.05), "val_loss": np.concatenate([np.full(6, 0.69), falling(14, 0.69, 0.4)])}
    assert one(train_eval_mode_mismatch, learn(curves(**columns), has_batchnorm=True)).start == 1
    assert train_eval_mode_mismatch(learn(curves(**columns))) == []


def test_batchnorm_with_wild_validation_and_calm_training() -> None:
    val = 0.6 * np.exp(0.5 * RNG.normal(size=20))
    found = one(train_eval_mode_mismatch, learn(curves(loss=falling(20, 0.69, 0.5), val_loss=val), has_batchnorm=True))
    assert "jumps" in found.message


def test_healthy_batchnorm_is_silent() -> None:
    run = curves(
        loss=falling(20), accuracy=rising(20), val_loss=falling(20, 0.6, 0.1), val_accuracy=rising(20, 0.6, 0.95)
    )
    assert train_eval_mode_mismatch(learn(run, has_batchnorm=True)) == []


def test_every_mistake_at_the_limit() -> None:
    accuracy = np.array([0.8, 0.75, 0.7])
    loss = (1 - accuracy) * 16.118 + 0.002
    found = one(saturated_outputs, learn(curves(val_loss=loss, val_accuracy=accuracy), n_val=100))
    assert "all 20 wrong samples at the limit of 16.12" in found.title and found.certainty is Certainty.STRONG


def test_near_the_limit_is_not_at_it() -> None:
    accuracy = np.array([0.8, 0.75, 0.7])
    assert saturated_outputs(learn(curves(val_loss=(1 - accuracy) * 14.0, val_accuracy=accuracy))) == []
    assert saturated_outputs(learn(curves(val_loss=(1 - accuracy) * 17.0, val_accuracy=accuracy))) == []


def test_a_small_loss_that_happens_to_be_the_product_is_silent() -> None:
    assert saturated_outputs(learn(curves(val_loss=[0.0806], val_accuracy=[0.995]))) == []


def test_pytorch_clips_at_a_hundred_only() -> None:
    accuracy = np.array([0.8, 0.75])
    assert (
        saturated_outputs(learn(curves(framework="torch", val_loss=(1 - accuracy) * 16.118, val_accuracy=accuracy)))
        == []
    )
    found = one(
        saturated_outputs, learn(curves(framework="torch", val_loss=(1 - accuracy) * 100, val_accuracy=accuracy))
    )
    assert "100.00" in found.title


def test_smoothed_labels_rule_saturation_out() -> None:
    accuracy = np.array([0.8, 0.75])
    run = curves(val_loss=(1 - accuracy) * 16.118, val_accuracy=accuracy)
    assert saturated_outputs(learn(run, label_smoothing=0.1)) == []


def test_a_tiny_set_whose_curve_shows_it_is_a_problem() -> None:
    accuracy = np.round((0.8 + 0.05 * RNG.normal(size=N)) * 25) / 25
    found = one(small_validation_set, curves(val_loss=falling(N), val_accuracy=accuracy, n_val=25))
    assert found.severity is Severity.PROBLEM and isinstance(found.picture, BandPicture)
    steady = curves(val_loss=falling(N), val_accuracy=[0.8] * N, n_val=25)
    assert one(small_validation_set, steady).severity is Severity.NOTE


def test_a_size_found_in_the_accuracies_is_a_note() -> None:
    accuracy = np.array([50, 61, 66, 70, 71]) / 83
    found = one(small_validation_set, curves(digits=4, val_loss=falling(5), val_accuracy=accuracy))
    assert found.severity is Severity.NOTE and "83 samples (or a multiple of it)" in found.message


def test_a_large_set_is_silent() -> None:
    assert small_validation_set(curves(val_loss=falling(N), val_accuracy=rising(N), n_val=10_000)) == []
    assert small_validation_set(curves(val_loss=falling(N), n_val=1000)) == []


def test_epochs_that_are_no_passes() -> None:
    found = one(incomplete_epochs, curves(loss=falling(5), steps_per_epoch=11, batch_size=32, n_train=4000, epochs=40))
    assert found.certainty is Certainty.EXACT and "352 of 4,000" in found.message and "3.52 passes" in found.message
    assert incomplete_epochs(curves(loss=falling(5), steps_per_epoch=125, batch_size=32, n_train=4000)) == []
    assert incomplete_epochs(curves(loss=falling(5), steps_per_epoch=11)) == []


def test_cold_statistics_by_momentum_and_steps() -> None:
    found = one(
        batchnorm_cold_stats, curves(loss=falling(5), val_loss=[3.0] * 5, has_batchnorm=True, steps_per_epoch=11)
    )
    assert "58 %" in found.title and found.severity is Severity.PROBLEM
    calm = curves(loss=falling(5), val_loss=falling(5), has_batchnorm=True, steps_per_epoch=11)
    assert one(batchnorm_cold_stats, calm).severity is Severity.NOTE
    assert batchnorm_cold_stats(curves(loss=falling(50), has_batchnorm=True, steps_per_epoch=11)) == []


@pytest.mark.parametrize(
    "rule", [train_eval_mode_mismatch, saturated_outputs, small_validation_set, incomplete_epochs], ids=lambda r: r.name
)
def test_empty_and_nan_are_silent(rule) -> None:
    nan = [float("nan")] * N
    assert rule(curves()) == []
    assert rule(learn(curves(loss=nan, accuracy=nan, val_loss=nan, val_accuracy=nan), has_batchnorm=True)) == []
