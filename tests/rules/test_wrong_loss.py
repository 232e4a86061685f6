"""Losses and accuracies that do not fit the task, floors, starts, accuracies below a guess, and unusual settings."""

from __future__ import annotations

import numpy as np
import pytest

from nbdiag.facts import Facts
from nbdiag.finding import Certainty, Severity
from nbdiag.rules import RULES
from nbdiag.rules.below import accuracy_below_chance, suspiciously_good, validation_set_mismatch
from nbdiag.rules.floors import double_softmax, loss_floor
from nbdiag.rules.model import class_imbalance, learning_rate_out_of_range, shuffle_off
from nbdiag.rules.pairing import high_dropout, inputs_not_normalised, output_loss_pair
from nbdiag.rules.wrong_loss import accuracy_on_regression, initial_loss_off, negative_loss
from nbdiag.run import Run

from .runs import curves, falling, one, rising

N = 12
RNG = np.random.default_rng(0)


def learn(run: Run, **facts: object) -> Run:
    run.learn(Facts(**facts))
    return run


def test_accuracy_of_a_regression() -> None:
    columns = {"loss": falling(N, 9.0, 0.5), "accuracy": 0.001 + 0.002 * RNG.uniform(size=N)}
    assert one(accuracy_on_regression, learn(curves(**columns), loss="mse")).severity is Severity.BROKEN
    assert one(accuracy_on_regression, learn(curves(**columns), task="regression")).fixes
    assert accuracy_on_regression(learn(curves(**columns), loss="mse", n_classes=10)) == []
    assert accuracy_on_regression(curves(**columns)) == []
    learned = {"loss": falling(N), "accuracy": rising(N)}
    assert accuracy_on_regression(learn(curves(**learned), loss="mse")) == []


def test_a_negative_cross_entropy() -> None:
    loss = np.linspace(0.5, -3.0, N)
    found = one(negative_loss, learn(curves(loss=loss), loss="binary_crossentropy"))
    assert found.severity is Severity.BROKEN and found.start == 3
    assert one(negative_loss, curves(loss=loss)).severity is Severity.NOTE
    assert negative_loss(learn(curves(loss=loss), loss="cosine_similarity")) == []
    assert negative_loss(curves(digits=4, loss=[0.1, 0.0, 0.0])) == []


def test_a_start_far_above_ln_k() -> None:
    found = one(initial_loss_off, learn(curves(loss=falling(N, 30, 2.0)), loss="crossentropy", n_classes=10))
    assert found.severity is Severity.PROBLEM and found.start == found.stop == 1
    for end in (0.01, 1.0):
        recovered = learn(curves(loss=falling(N, 30, end)), loss="crossentropy", n_classes=10)
        assert one(initial_loss_off, recovered).severity is Severity.NOTE
    skilled = curves(loss=falling(N, 30, 1.5), val_accuracy=rising(N, 0.1, 0.6))
    assert one(initial_loss_off, learn(skilled, loss="crossentropy", n_classes=10)).severity is Severity.NOTE
    assert initial_loss_off(learn(curves(loss=falling(N, 3.0, 1.0)), loss="crossentropy", n_classes=10)) == []
    loop = curves(framework="", loss=falling(N, 30, 1.0), val_loss=falling(N, 2.0, 1.0))
    assert initial_loss_off(learn(loop, loss="crossentropy", n_classes=10)) == []
    assert initial_loss_off(learn(curves(loss=falling(N, 30, 1.0)), loss="mse")) == []


def test_softmax_of_a_softmax() -> None:
    accuracy = rising(N, 0.5, 0.98)
    loss = np.log(np.e + 9) - accuracy
    run = learn(
        curves(framework="torch", loss=loss, accuracy=accuracy), loss="crossentropy", n_classes=10, loss_is="epoch-mean"
    )
    found = one(double_softmax, run)
    assert found.severity is Severity.BROKEN and "2.461" in found.title and "CrossEntropyLoss" in found.fixes[0]
    plain = learn(
        curves(framework="torch", loss=1.9 * (1 - accuracy) + 0.1, accuracy=accuracy), loss="crossentropy", n_classes=10
    )
    assert double_softmax(plain) == []
    healthy_two = learn(
        curves(loss=1.3133 - rising(N, 0.5, 0.8), accuracy=rising(N, 0.5, 0.8)), loss="crossentropy", n_classes=2
    )
    assert double_softmax(healthy_two) == []  # a healthy two-class loss may lie there


def test_softmax_of_a_softmax_where_only_numbers_are_printed() -> None:
    def printed(total: float, slope: float, digits: int = 4) -> Run:
        right, fewer = rising(N, 0.7, 0.995), rising(N, 0.7, 0.961)
        losses = {name: total - 1 - slope * (a - 1) for name, a in (("loss", right), ("val_loss", fewer))}
        return curves(framework="", digits=digits, accuracy=right, val_accuracy=fewer, **losses)

    for k in (2, 3, 10):
        found = one(double_softmax, printed(np.log(np.e + k - 1), 1.0))
        assert (found.severity, found.certainty) == (Severity.PROBLEM, Certainty.LIKELY)
        assert any("sigmoid" in cause.text for cause in found.causes)
    silent = [
        printed(np.log(np.e + 9), 3.0),  # a constant added to a loss whose mistakes cost what they do
        printed(2.42, 1.0),  # between the sums of 9 and 10 classes
        printed(np.log(np.e + 29), 1.0),  # so many classes that any sum is one of theirs
        printed(np.log(np.e + 9), 1.0, digits=2),
        printed(1.0, 1.0),  # 1 - accuracy
        learn(printed(np.log(np.e + 9), 1.0), loss="mse"),
        learn(printed(np.log(np.e + 9), 1.0), task="regression"),
    ]
    assert [double_softmax(run) for run in silent] == [[]] * len(silent)


def test_a_floor_of_smoothed_labels() -> None:
    accuracy = np.full(N, 0.999)
    run = curves(loss=[0.51] * N, accuracy=accuracy)
    found = one(loss_floor, learn(run, loss="crossentropy", n_classes=10, label_smoothing=0.1))
    assert found.severity is Severity.NOTE and "0.5003" in found.causes[0].why
    assert (
        loss_floor(learn(curves(loss=falling(N, 0.6, 0.2), accuracy=accuracy), loss="crossentropy", n_classes=10)) == []
    )
    assert loss_floor(learn(curves(loss=[0.01] * N, accuracy=accuracy), loss="crossentropy", n_classes=10)) == []


def test_worse_than_a_guess_and_the_sets_do_not_fit() -> None:
    run = curves(loss=falling(N), accuracy=rising(N), val_loss=rising(N, 1, 4), val_accuracy=[0.3] * N)
    learn(run, n_val=200, n_classes=2, class_counts_val=[100, 100])
    assert one(accuracy_below_chance, run).certainty is Certainty.STRONG
    assert one(validation_set_mismatch, run).severity is Severity.PROBLEM
    near = curves(accuracy=rising(N), val_loss=rising(N), val_accuracy=[0.46] * N, n_val=200, n_classes=2)
    assert accuracy_below_chance(near) == [] and validation_set_mismatch(near) == []
    rare = curves(val_loss=falling(N), val_accuracy=[0.1] * N, n_val=200, n_classes=2, class_counts_val=[20, 180])
    assert accuracy_below_chance(rare) == []  # it answers the rare class for all


def test_too_good_too_early() -> None:
    columns = {"accuracy": [0.6, 0.7, 0.8], "val_accuracy": [0.995, 0.996, 0.997]}
    known = {"n_val": 1000, "has_dropout": False, "augmentation": False}
    assert one(suspiciously_good, curves(**columns, **known)).certainty is Certainty.LIKELY
    assert suspiciously_good(curves(**columns, **{**known, "has_dropout": True})) == []
    assert suspiciously_good(curves(**columns, n_val=1000)) == []
    fast = {"accuracy": [0.7, 0.99, 0.995], "val_accuracy": [0.995, 0.996, 0.997]}
    assert suspiciously_good(curves(**fast, **known)) == []


def test_settings_out_of_the_usual_are_notes() -> None:
    assert "high" in one(learning_rate_out_of_range, curves(loss=falling(3), optimizer="Adam", learning_rate=0.5)).title
    assert "low" in one(learning_rate_out_of_range, curves(loss=falling(3), optimizer="SGD", learning_rate=1e-7)).title
    assert learning_rate_out_of_range(curves(loss=falling(3), optimizer="SGD", learning_rate=0.5)) == []
    assert learning_rate_out_of_range(curves(loss=falling(3), learning_rate=0.5)) == []
    assert one(shuffle_off, curves(loss=falling(3), accuracy=rising(3), shuffle=False)).severity is Severity.NOTE
    assert shuffle_off(curves(loss=falling(3), accuracy=rising(3), shuffle=True)) == []
    found = one(class_imbalance, curves(val_accuracy=rising(3), class_counts_train=[95, 5]))
    assert "95 %" in found.title
    assert class_imbalance(curves(val_accuracy=rising(3), class_counts_train=[60, 40])) == []


@pytest.mark.parametrize("rule", RULES, ids=lambda r: r.name)
def test_every_rule_bears_empty_short_and_broken_runs(rule) -> None:
    nan = [float("nan")] * N
    facts = {
        "n_classes": 3,
        "n_val": 30,
        "n_train": 90,
        "batch_size": 8,
        "has_batchnorm": True,
        "class_counts_val": [10, 10, 10],
    }
    mixed = [0.7, float("nan"), 0.5, float("inf"), 0.4, -1.0, 1e300, 0.0, 0.3, 0.2, 0.1, 0.05]
    with np.errstate(all="ignore"):
        for run in (
            curves(),
            curves(loss=[0.5]),
            curves(loss=[0.5], accuracy=[0.5], val_loss=[0.5], val_accuracy=[0.5], **facts),
            learn(curves(loss=nan, accuracy=nan, val_loss=nan, val_accuracy=nan, **facts), loss="crossentropy"),
            learn(curves(loss=mixed, accuracy=mixed, val_loss=mixed, val_accuracy=mixed, **facts), loss="crossentropy"),
            learn(curves(framework="", val_loss=mixed[::-1], accuracy=mixed), loss="mse"),
        ):
            for found in rule(run):
                assert found.title and found.message and found.severity is not None


@pytest.mark.parametrize(
    ("pair", "words"),
    [
        ({"output_activation": "softmax", "output_units": 1}, "always 1"),
        ({"output_activation": "softmax", "output_units": 3, "from_logits": True}, "another softmax"),
        ({"output_activation": "linear", "output_units": 3, "from_logits": False}, "no probability"),
        ({"output_activation": "relu", "output_units": 3}, "no probabilities"),
        ({"output_activation": "sigmoid", "output_units": 1, "n_classes": 5}, "always 1"),
        ({"output_activation": "sigmoid", "output_units": 1, "n_classes": 5, "loss": "bce"}, "5 classes"),
    ],
)
def test_outputs_that_do_not_fit_the_loss(pair: dict[str, object], words: str) -> None:
    found = one(output_loss_pair, learn(curves(loss=falling(3)), **{"loss": "categorical_crossentropy", **pair}))
    assert words in found.message
    proven = words == "always 1"
    assert found.severity is (Severity.BROKEN if proven else Severity.PROBLEM)
    assert found.certainty is (Certainty.EXACT if proven else Certainty.STRONG)


@pytest.mark.parametrize(
    "pair",
    [
        {"output_activation": "softmax", "output_units": 3, "from_logits": False},
        {"output_activation": "linear", "output_units": 3, "from_logits": True},
        {"output_activation": "sigmoid", "output_units": 1, "n_classes": 2},
        {"output_activation": "linear", "output_units": 1, "loss": "mse"},
        {},
    ],
)
def test_outputs_that_fit_are_silent(pair: dict[str, object]) -> None:
    assert output_loss_pair(learn(curves(loss=falling(3)), **{"loss": "crossentropy", **pair})) == []


def test_unscaled_inputs_are_a_problem_only_where_the_curves_show_it() -> None:
    known = {"loss": "crossentropy", "n_classes": 3, "input_range": (0.0, 255.0)}
    found = one(inputs_not_normalised, learn(curves(loss=falling(N, 9.0, 0.9)), **known))
    assert found.severity is Severity.PROBLEM and "Rescaling" in found.fixes[0]
    assert one(inputs_not_normalised, learn(curves(loss=falling(N, 1.0, 0.1)), **known)).severity is Severity.NOTE
    assert (
        inputs_not_normalised(learn(curves(loss=falling(N, 9.0, 0.9)), **{**known, "input_range": (-4.0, 6.0)})) == []
    )


def test_high_dropout() -> None:
    assert "20 %" in one(high_dropout, curves(loss=falling(3), dropout=0.8)).title
    assert high_dropout(curves(loss=falling(3), dropout=0.5)) == []
