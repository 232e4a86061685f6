"""Healthy runs that only look as if they broke an identity: nothing exact, nothing above a note that is not true."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest

from nbdiag.diagnosis import examine
from nbdiag.facts import Facts
from nbdiag.finding import Certainty, Finding, Severity
from nbdiag.rules.mismatch import loss_metric_mismatch
from nbdiag.rules.weighted import train_loss_weighted
from nbdiag.run import Run

from .runs import curves, falling, rising

N = 30
RNG = np.random.default_rng(0)


def healthy(**changed: object) -> dict[str, object]:
    loss, accuracy = falling(N, 0.65, 0.08), rising(N, 0.6, 0.97)
    noise = 1 + 0.01 * RNG.normal(size=N)
    columns: dict[str, object] = {
        "loss": loss * noise,
        "accuracy": accuracy,
        "val_loss": np.maximum(loss, 0.1),
        "val_accuracy": np.round(np.minimum(accuracy, 0.96) * 2000) / 2000,
    }
    return {**columns, "n_val": 2000, "n_train": 20000, "loss_name": None} | changed


def make(framework: str, digits: int | None = None, **changed: object) -> Run:
    columns = healthy(**changed)
    columns.pop("loss_name")
    return curves(framework=framework, digits=digits, **columns)


def last_batch() -> Run:
    loss = falling(N, 0.65, 0.08) * RNG.gamma(1.5, 1 / 1.5, N)
    return make("", loss=loss)


def accumulated() -> Run:
    return make("", loss=falling(N, 0.65, 0.08) / 8)


def smoothed() -> Run:
    loss = 0.9 * falling(N, 0.65, 0.08) + 0.35
    return make("keras", loss=loss, val_loss=loss + 0.02, label_smoothing=0.1)


def penalised() -> Run:
    return make("keras", loss=falling(N, 0.65, 0.08) + 1.5 * falling(N, 1.0, 0.3), has_penalty=True)


def weighted() -> Run:
    return make("keras", loss=0.2 * falling(N, 0.65, 0.08), class_weight=True)


def logits_cut() -> Run:
    accuracy = rising(N, 0.55, 0.9)
    loss = 0.6 * (1 - accuracy)  # below (1 - a) ln 2, above (1 - a) 0.474
    return make("keras", loss=loss, accuracy=accuracy, val_loss=loss, val_accuracy=accuracy, from_logits=True)


def masked() -> Run:
    # A loss over real tokens only, an accuracy that counts padding as wrong.
    accuracy = 0.4 * rising(N, 0.3, 0.9)
    loss = falling(N, 3.5, 0.3)
    given = {"val_loss": loss * 1.05, "val_accuracy": accuracy, "n_classes": 50}
    return make("torch", loss=loss, accuracy=accuracy, **given)


def two_decimals() -> Run:
    accuracy = rising(N, 0.6, 0.996)
    loss = 0.72 * (1 - accuracy)
    return make("keras", digits=2, loss=loss, accuracy=accuracy, val_loss=loss, val_accuracy=accuracy)


def perfect() -> Run:
    accuracy = np.minimum(rising(N, 0.8, 1.01), 1.0)
    loss = falling(N, 0.4, 0.0005) + (1 - accuracy)
    return make("keras", loss=loss, accuracy=accuracy, val_loss=loss, val_accuracy=accuracy)


def mixed_precision() -> Run:
    norms = np.full(N, 2.0)
    norms[[1, 9, 17]] = np.inf
    return make("torch", gradient_norm=norms)


def squared() -> Run:
    # Classes learned with squared error; the log does not say so.
    accuracy = rising(N, 0.6, 0.97)
    return make(
        "keras",
        loss=0.3 * (1 - accuracy) + 0.005,
        accuracy=accuracy,
        val_loss=0.32 * (1 - accuracy) + 0.005,
        val_accuracy=accuracy,
    )


ARITHMETIC = {
    "non-finite", "loss-metric-mismatch", "train-loss-weighted", "saturated-outputs", "stuck-at-chance", "double-softmax",
    "constant-prediction", "prediction-flips-class", "accuracy-below-chance", "negative-loss", "frozen-metrics",
    "train-eval-mode-mismatch", "validation-set-mismatch", "overconfident-wrong", "initial-loss-off", "loss-floor",
}  # fmt: skip
ALL = [
    last_batch,
    accumulated,
    smoothed,
    penalised,
    weighted,
    logits_cut,
    masked,
    two_decimals,
    perfect,
    mixed_precision,
    squared,
]


def of_identities(run: Run) -> list[Finding]:
    found = examine(run)
    assert found.failures == ()
    return [f for top in found.findings for f in (top, *top.explains) if f.rule in ARITHMETIC]


@pytest.mark.parametrize("make_run", ALL, ids=lambda f: f.__name__)
@pytest.mark.parametrize("loss", [None, "binary_crossentropy"])
def test_nothing_exact_and_nothing_above_a_note_that_is_not_true(make_run: Callable[[], Run], loss: str | None) -> None:
    run = make_run()
    if loss and make_run is not squared:
        run.learn(Facts(loss="crossentropy" if make_run is masked else loss))
    found = of_identities(run)
    assert not [f.rule for f in found if f.certainty is Certainty.EXACT]
    alarms = {f.rule for f in found if f.severity in (Severity.BROKEN, Severity.PROBLEM)}
    # A loss that is an eighth of what it should be in every epoch, and an accuracy that counts padding, are wrong.
    true = {"accumulated": {"loss-metric-mismatch", "train-loss-weighted"}, "masked": {"loss-metric-mismatch"}}
    assert alarms <= true.get(make_run.__name__, set())


def test_a_loop_names_its_own_likely_causes_first() -> None:
    accuracy = rising(N, 0.5, 0.8)
    run = curves(
        framework="", loss=0.6 * (1 - accuracy), accuracy=accuracy, val_loss=2 - accuracy, val_accuracy=accuracy
    )
    found = loss_metric_mismatch(run)[0]
    assert found.severity is Severity.NOTE and found.certainty is Certainty.LIKELY
    assert "last batch" in found.causes[0].text
    assert train_loss_weighted(run) == []


def test_a_stated_last_batch_is_never_held_against_the_epoch() -> None:
    run = last_batch()
    run.learn(Facts(loss_is="last-batch", loss="crossentropy"))
    assert loss_metric_mismatch(run) == []
