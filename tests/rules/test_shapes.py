"""Runs as other tools log them: boosting rounds, steps alone, one curve, validation alone, language models, regressions."""

from __future__ import annotations

import numpy as np
import pytest

from nbdiag.diagnosis import Diagnosis, examine
from nbdiag.events import Record
from nbdiag.facts import Facts
from nbdiag.finding import Severity
from nbdiag.run import Run

N = 300
T = np.arange(N)
TRAIN = 0.01 + 0.68 * np.exp(-T / 60)
"""A training error that goes to zero."""
TURNS = 0.35 + 0.34 * np.exp(-T / 20) + 0.0006 * np.maximum(0, T - 60)
"""An error that is lowest near 70 and then rises."""
SETTLES = 0.32 + 0.37 * np.exp(-T / 40)
RNG = np.random.default_rng(0)


def diagnose(framework: str, columns: dict[str, np.ndarray], steps: int = 0, **facts: object) -> Diagnosis:
    """Columns named ``split:metric``; with ``steps``, places are steps that far apart and no epoch is known."""
    run = Run(framework=framework, facts=Facts(**facts))
    for name, values in columns.items():
        split, metric = name.split(":")
        for i, value in enumerate((values * (1 + 0.001 * RNG.normal(size=len(values)))).tolist()):
            place = {"step": steps * (i + 1)} if steps else {"epoch": i + 1}
            run.append(Record(metric, split, value, **place))
    return examine(run)


def rules(diagnosis: Diagnosis) -> list[str]:
    return [f.rule for f in diagnosis.findings]


def calm(diagnosis: Diagnosis) -> bool:
    return all(f.severity in (Severity.NOTE, Severity.GOOD) for f in diagnosis.findings)


@pytest.mark.parametrize(
    ("framework", "train", "val", "metric"),
    [
        ("xgboost", "validation_0", "validation_1", "logloss"),
        ("xgboost", "train", "eval", "rmse"),
        ("lightgbm", "training", "valid_1", "binary_logloss"),
        ("catboost", "learn", "test", "logloss"),
    ],
)
def test_boosting_that_overfits_and_boosting_that_does_not(framework, train, val, metric):
    over = diagnose(framework, {f"{train}:{metric}": TRAIN, f"{val}:{metric}": TURNS})
    assert rules(over) == ["overfitting"]
    assert 60 <= over.findings[0].start <= 80 and "round" in over.headline
    healthy = diagnose(framework, {f"{train}:{metric}": SETTLES - 0.01, f"{val}:{metric}": SETTLES})
    assert rules(healthy) == ["converged"]


def test_a_set_that_only_watches_boosting_is_no_training_curve():
    assert rules(diagnose("xgboost", {"validation_0:rmse": 10 * SETTLES})) == ["converged"]
    assert rules(diagnose("xgboost", {"validation_0:rmse": 10 * TURNS})) == ["overfitting"]


def test_an_area_under_the_curve_is_no_loss():
    auc = {"train:auc": 1 - 0.3 * np.exp(-T / 40), "val:auc": 0.9 - 0.2 * np.exp(-T / 30)}
    assert calm(diagnose("lightgbm", auc))
    both = {**auc, "train:binary_logloss": TRAIN, "val:binary_logloss": TURNS}
    assert rules(diagnose("lightgbm", both))[0] == "overfitting"


def test_one_curve():
    assert rules(diagnose("torch", {"train:loss": SETTLES})) == ["converged"]
    assert rules(diagnose("torch", {"train:loss": 2.3 * np.exp(-T / 300)})) == ["still-improving"]


def test_steps_without_epochs_are_called_steps():
    falling = diagnose("torch", {"train:loss": 2.3 * np.exp(-T / 300)}, steps=50)
    assert rules(falling) == ["still-improving"]
    assert "step 15,000" in falling.headline and "epoch" not in falling.headline + falling.findings[0].message
    assert rules(diagnose("torch", {"train:loss": SETTLES}, steps=50)) == ["converged"]


def test_validation_alone():
    over = diagnose("torch", {"val:loss": TURNS})
    assert rules(over) == ["overfitting"]
    assert "training" not in over.findings[0].message
    healthy = diagnose("torch", {"val:loss": SETTLES, "val:accuracy": 0.88 - 0.3 * np.exp(-T / 40)})
    assert rules(healthy) == ["converged"]


def test_a_language_model_that_learns_is_healthy():
    loss = 3.9 + 6.9 * np.exp(-T / 40)
    columns = {"train:loss": loss, "val:loss": loss + 0.1, "val:perplexity": np.exp(loss + 0.1)}
    found = diagnose("transformers", columns)
    assert calm(found) and "converged" in rules(found)
    assert calm(diagnose("transformers", {k: v for k, v in columns.items() if k != "val:loss"}, steps=10))


def test_a_regression():
    facts = {"loss": "mse", "task": "regression"}
    loss = 0.2 + 3 * np.exp(-T / 30)
    healthy = {"train:loss": loss, "val:loss": loss + 0.03, "train:mae": loss**0.5, "val:mae": (loss + 0.03) ** 0.5}
    assert rules(diagnose("keras", healthy, **facts)) == ["converged"]
    over = {"train:loss": 3 * TRAIN, "val:loss": 3 * TURNS}
    assert rules(diagnose("keras", over, **facts)) == ["overfitting"]
