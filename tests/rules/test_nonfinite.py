"""A value that is no number: where, what came before, and what is not meant."""

from __future__ import annotations

import numpy as np
import pytest

from nbdiag.events import Record
from nbdiag.finding import Certainty, Severity
from nbdiag.rules.nonfinite import non_finite
from nbdiag.run import Run

from .runs import curves, falling, one

NAN, INF = float("nan"), float("inf")


def test_nan_after_growth_was_divergence() -> None:
    found = one(non_finite, curves(loss=[0.7, 0.5, 0.6, 3.0, 90.0, NAN, NAN], optimizer="sgd"))
    assert found.start == 6 and found.stop is None
    assert found.severity is Severity.BROKEN and found.certainty is Certainty.EXACT
    assert "it diverged first" in found.message and "90" in found.message
    assert found.causes[0].text == "Learning rate too high"


def test_nan_out_of_the_blue_is_more_likely_the_data() -> None:
    found = one(non_finite, curves(loss=[0.7, 0.6, 0.5, NAN]))
    assert found.causes[0].text.startswith("NaN or infinite values in the data")
    assert "x_train" in found.check.code and any("TerminateOnNaN" in fix for fix in found.fixes)


def test_nan_from_the_first_value_on() -> None:
    found = one(non_finite, curves(loss=[NAN, NAN], val_loss=[NAN, NAN]))
    assert found.start == 1 and "from the first value on" in found.message
    assert found.curves == ("train:loss", "val:loss")


def test_infinite_validation_loss_that_recovers_is_a_problem_with_an_end() -> None:
    found = one(non_finite, curves(loss=falling(5), val_loss=[0.7, INF, 0.6, 0.5, 0.4]))
    assert (found.start, found.stop) == (2, 2) and found.severity is Severity.PROBLEM and "infinite" in found.title


def test_a_metric_that_could_not_be_computed_is_a_note() -> None:
    assert one(non_finite, curves(loss=falling(3), precision=[NAN, 0.5, 0.6])).severity is Severity.NOTE


@pytest.mark.parametrize("name", ["gradient_norm", "learning_rate"])
def test_infinite_gradient_norms_are_no_finding(name: str) -> None:
    assert non_finite(curves(loss=falling(4), **{name: [1.0, INF, NAN, 1.0]})) == []


def test_finite_and_empty_runs_are_silent() -> None:
    assert non_finite(curves(loss=falling(9), val_loss=np.full(9, 1e30))) == []
    assert non_finite(curves()) == []


def test_a_loop_of_which_only_steps_are_known_has_no_epochs():
    run = Run(framework="torch")
    for step, value in enumerate((2.0, 1.0, 0.5, float("nan"), float("nan")), 1):
        run.append(Record("loss", "train", value, step=step))
    found = one(non_finite, run)
    assert "epoch" not in f"{found.title} {found.headline} {found.message} {found.why} {list(found.evidence)}"
    assert found.evidence["first step"] == 4
    assert "became NaN at step 4" in found.message and "at step 3" in found.message


@pytest.mark.parametrize(("last", "said"), [(1.0, "3,000 of 4,001 values"), (NAN, "none of the 3,001 values")])
def test_thousands_of_values_are_counted_with_separators(last: float, said: str) -> None:
    assert said in one(non_finite, curves(loss=[*falling(1000), *[NAN] * 3000, last])).message
