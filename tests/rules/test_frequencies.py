"""Runs of which nobody says how many classes there are: a guess is known by loss and accuracy together, and by nothing less."""

from __future__ import annotations

import numpy as np
import pytest

from nbdiag.diagnosis import examine
from nbdiag.finding import Certainty, Severity
from nbdiag.rules.chance import stuck_at_chance
from nbdiag.rules.constant import constant_prediction
from nbdiag.rules.divergence import divergence
from nbdiag.rules.frequencies import classes_of_a_guess, one_answer
from nbdiag.rules.needs import classes
from nbdiag.rules.settled import converged
from nbdiag.rules.wrong_loss import negative_loss
from nbdiag.run import Run
from nbdiag.stats import entropy
from tests.rules.runs import curves, falling, one, rising

JITTER = np.random.default_rng(1).normal(0, 1, 40)


def guessing(k: int, above: float = 0.0, right: float = 0.0) -> Run:
    """A printed loop whose model guesses among k classes. A loss ``above`` that of a guess, more answers ``right``."""
    level, share = np.log(k) + above, 1 / k + right
    return curves(
        framework="loop",
        loss=level + 0.002 * JITTER,
        accuracy=share + 0.005 * JITTER,
        val_loss=level + 0.002 * JITTER[::-1],
        val_accuracy=share + 0.005 * JITTER[::-1],
        digits=4,
    )


@pytest.mark.parametrize("k", [2, 3, 10])
def test_a_guess_is_known_by_both(k):
    found = one(stuck_at_chance, guessing(k))
    assert found.certainty is Certainty.LIKELY
    assert f"{k} equal classes" in found.message
    assert "not known here" in found.message


def test_a_loss_far_above_a_guess_is_none_the_better():
    found = one(stuck_at_chance, guessing(10, above=12.0))
    assert "10 equal classes" in found.message


@pytest.mark.parametrize(
    "run",
    [
        guessing(10, right=0.1),
        guessing(2, above=-0.1),
        curves(framework="loop", loss=falling(40, 2.3, 0.1), accuracy=rising(40, 0.1, 0.97)),
        curves(framework="loop", loss=falling(40, 0.69, 0.3), accuracy=rising(40, 0.3, 0.5)),
    ],
)
def test_either_alone_tells_nothing(run):
    assert classes_of_a_guess(run) is None
    assert stuck_at_chance(run) == []


def rare(share: float = 0.968, last: float | None = None, flipped: int = 0) -> Run:
    """A binary model that always names the class that makes ``share``; its loss goes to that share's entropy."""
    other = share + 0.009
    accuracy = np.full(12, share)
    accuracy[:1] = 0.9
    accuracy[len(accuracy) - flipped - 2 : len(accuracy) - 2] += 0.002
    cost = entropy(np.array([share, 1 - share])) if last is None else last
    return curves(
        framework="loop",
        loss=cost + 0.4 * np.exp(-np.arange(12.0)),
        val_loss=entropy(np.array([other, 1 - other])) + 0.3 * np.exp(-np.arange(12.0)) + 0.003,
        accuracy=accuracy,
        val_accuracy=np.full(12, other),
        digits=4,
    )


def test_one_answer_for_all():
    found = one(constant_prediction, rare())
    assert (found.severity, found.certainty) == (Severity.PROBLEM, Certainty.LIKELY)
    assert "96.8 %" in found.message
    assert examine(rare()).findings[0].rule == "constant-prediction"


@pytest.mark.parametrize("run", [rare(last=0.09), rare(flipped=6), rare(share=0.988)])
def test_an_accuracy_that_stands_still_is_not_enough(run):
    assert one_answer(run) is None
    assert constant_prediction(run) == []


def test_two_accuracies_of_many_add_up_to_one_by_chance():
    values = np.array(
        [60, 140, 220, 300, 380, 395, 400, 402, 399, 403, 50, 398, 401, 404, 402, 403, 401, 404, 403, 402]
    )
    many = curves(framework="loop", val_loss=falling(20), val_accuracy=values / 450, n_val=450)
    assert classes(many) is None
    few = curves(
        framework="loop", val_loss=falling(4), val_accuracy=[94 / 128, 34 / 128, 93 / 128, 94 / 128], n_val=128
    )
    found = classes(few)
    assert found is not None
    assert found.value == 2


def test_a_policys_loss_is_no_divergence():
    rng = np.random.default_rng(0)
    values = np.concatenate([np.zeros(3), rng.normal(0.2, 3, 30), 0.02 * rng.random(60)])
    run = curves(framework="torch", loss=values)
    assert divergence(run) == []
    assert negative_loss(run) == []


def test_no_success_where_accuracy_is_low_and_never_rose():
    flat = np.full(20, 0.4) + 0.002 * JITTER[:20]
    loss = np.r_[9.0, np.full(19, 1.7)] + 0.01 * JITTER[:20]
    assert converged(curves(framework="loop", loss=loss, val_loss=loss, accuracy=flat, val_accuracy=flat)) == []
