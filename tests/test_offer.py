"""Names that a cell bound come in; the line that offers to read a history among them is checked, and when there is none."""

from __future__ import annotations

import numpy as np
import pytest

from nbdiag import diagnose
from nbdiag.offer import line, names_of

DOWN = [0.9, 0.7, 0.6, 0.5]
UP = [0.4, 0.5, 0.6, 0.7]


class Trap:
    """An object of the reader's whose properties must not run."""

    @property
    def state(self):
        raise AssertionError("executed")

    history = log_history = evals_result_ = loss_curve_ = columns = state

    def __eq__(self, other):
        raise AssertionError("compared")

    __hash__ = None


@pytest.mark.parametrize(
    "value",
    [
        {"loss": DOWN, "val_loss": UP},
        {"train": {"rmse": DOWN}, "valid": {"rmse": UP}},
        [{"epoch": i, "loss": v} for i, v in enumerate(DOWN)],
    ],
)
def test_a_history_is_offered_and_can_be_read(value):
    said = line({}, {"results": value, "model": Trap(), "x": np.zeros((9, 2))})
    assert said == "nothing was captured; `results` looks like a training history: %diagnose results"
    assert len(diagnose(value).run)


def test_lists_beside_each_other_are_offered_together():
    names = {"train_losses": DOWN, "n": 3, "val_loss_history": np.array(UP), "val_accs": UP, "loss": 0.3}
    said = line({}, names)
    source = said.partition("%diagnose ")[2]
    assert source == '{"loss": train_losses, "val_loss": val_loss_history, "val_accuracy": val_accs}'
    run = diagnose(eval(source, names)).run
    assert {c.name for c in run.curves()} == {"train:loss", "val:loss", "val:accuracy"}


def test_a_fitted_estimator_and_a_keras_history_are_offered():
    from sklearn.neural_network import MLPRegressor

    model = MLPRegressor(hidden_layer_sizes=(2,), max_iter=4, random_state=0).fit(np.eye(4), np.arange(4))

    class History:
        epoch, history = [0, 1, 2], {"loss": DOWN[:3]}

    assert "`model`" in line({}, {"a": 1, "model": model})
    assert "`h`" in line({}, {"h": History()})
    assert line({}, {"model": MLPRegressor()}) == ""
    History.history = {}
    assert line({}, {"h": History()}) == ""
    History.history = {"loss": [], "val_loss": []}
    assert line({}, {"h": History()}) == ""


def test_boosters_that_were_fitted_and_their_results():
    import lightgbm
    import xgboost

    x, y = np.random.default_rng(0).normal(size=(60, 2)), np.arange(60) % 2
    for model in (xgboost.XGBClassifier(n_estimators=4), lightgbm.LGBMClassifier(n_estimators=4, verbose=-1)):
        assert line({}, {"model": model}) == ""
        model.fit(x, y, eval_set=[(x, y)])
        assert "`model`" in line({}, {"model": model}) and len(diagnose(model).run) == 4
        assert "`results`" in line({}, {"results": dict(model.evals_result_)})
    results: dict = {}
    xgboost.train(
        {}, xgboost.DMatrix(x, y), 4, evals=[(xgboost.DMatrix(x, y), "train")], evals_result=results, verbose_eval=False
    )
    assert "`results`" in line({}, {"results": results}) and len(diagnose(results).run) == 4


def test_a_trainer_that_has_not_trained_is_no_history():
    class State:
        log_history: list = []  # noqa: RUF012

    State.__module__ = "transformers.trainer_callback"
    assert line({}, {"state": State()}) == ""
    State.log_history = [{"loss": v, "epoch": float(i)} for i, v in enumerate(DOWN, 1)]
    assert "`state`" in line({}, {"state": State()})


@pytest.mark.parametrize(
    "value",
    [
        Trap(), DOWN, {"C": DOWN, "epsilon": UP}, {"loss": ["hinge", "log", "huber"]}, {"loss": "mse"}, {"loss": DOWN[:2]},
        {}, [], [{}] * 5, [{"name": "a"}] * 5, "loss: 0.4", {"sizes": {"a": 3}}, np.array(DOWN), None, {1: DOWN},
    ],
)  # fmt: skip
def test_anything_else_is_not(value):
    assert line({}, {"results": value, "_losses": DOWN}) == ""


def test_only_what_the_cell_bound():
    names = {"losses": DOWN}
    assert line(names_of(names), names) == ""
    assert "`losses`" in line(names_of(names), {"losses": list(DOWN)})


def test_it_is_cheap_in_a_full_notebook():
    class Counting(list):
        asked = 0

        def __getitem__(self, at):
            Counting.asked += 1
            return super().__getitem__(at)

    names = {f"losses_{i}": Counting([0.5] * 100_000) for i in range(50)}
    assert line({}, names) == "" and Counting.asked == 0
