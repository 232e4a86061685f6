"""Names that a cell bound come in; the line that offers to read a history among them is checked, and when there is none."""

from __future__ import annotations

import dataclasses
from collections import defaultdict, deque

import numpy as np
import pandas as pd
import pytest
import torch

from nbdiag import diagnose
from nbdiag.offer import line, names_of
from nbdiag.sources import read_runs

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


@dataclasses.dataclass
class Kept:
    """A trainer of the reader's own."""

    loss_history: list = dataclasses.field(default_factory=lambda: list(DOWN))
    val_acc_history: list = dataclasses.field(default_factory=lambda: list(UP))
    rate: float = 0.1


def read(said, names):
    """The runs that the offered line gives."""
    source = eval(said.partition("%diagnose ")[2], dict(names))
    return {(c.name, len(c), c.per) for run in read_runs(source) for c in run.curves()}


@pytest.mark.parametrize(
    "value",
    [
        {"loss": DOWN, "val_loss": UP},
        {"train": {"rmse": DOWN}, "valid": {"rmse": UP}},
        [{"epoch": i, "loss": v} for i, v in enumerate(DOWN)],
        {"loss": [torch.tensor(v, requires_grad=True) for v in DOWN]},
        {"loss": {"train": DOWN, "val": UP}},
        [{"train": {"loss": v}, "val": {"loss": v}} for v in DOWN],
        [{"train_loss": np.float32(v), "val_loss": torch.tensor(v)} for v in DOWN],
        pd.DataFrame({"epoch": range(4), "train_loss": DOWN}),
        pd.DataFrame({"loss": DOWN, "val_loss": UP}),
        {"fold 1": {"loss": DOWN, "val_loss": UP}, "fold 2": {"loss": DOWN, "val_loss": UP}},
        {0.1: {"loss": DOWN}, 0.01: {"loss": UP}},
        [{"loss": DOWN, "val_loss": UP}] * 3,
        {i: {"loss": v} for i, v in enumerate(DOWN)},
        pd.DataFrame({"train-logloss-mean": DOWN, "test-logloss-mean": UP, "test-logloss-std": UP}),
        defaultdict(list, train_loss=DOWN, val_acc=UP),
        {"train_loss": DOWN, "best_epoch": 3, "model": "cnn"},
    ],
)
@pytest.mark.filterwarnings("error")
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


LOSS, VAL = ("train:loss", 4, "epoch"), ("val:loss", 4, "epoch")


@pytest.mark.parametrize(
    ("names", "curves"),
    [
        ({"losses": [torch.tensor(v) for v in DOWN]}, {LOSS}),
        ({"train_losses": torch.tensor(DOWN), "val_losses": torch.tensor(UP)}, {LOSS, VAL}),
        ({"train_loss_list": [np.float32(v) for v in DOWN]}, {LOSS}),
        ({"trainLosses": pd.Series(DOWN), "valLosses": pd.Series(UP)}, {LOSS, VAL}),
        ({"losses": deque(DOWN, maxlen=100)}, {LOSS}),
        ({"train_losses": [(1, 0.9), (2, 0.7), (3, 0.5)]}, {("train:loss", 3, "epoch")}),
        ({"losses": [(100, 0.9), (200, 0.7), (300, 0.5)]}, {("train:loss", 3, "step")}),
        ({"train_losses": DOWN * 5, "val_losses": DOWN}, {("train:loss", 20, "step"), ("val:loss", 4, "step")}),
        ({"batch_losses": DOWN * 5, "epoch_losses": DOWN, "val_losses": UP}, {LOSS, VAL}),
        ({"losslist": DOWN}, {LOSS}),
        ({"all_losses": DOWN}, {LOSS}),
        ({"G_losses": DOWN, "D_losses": UP}, {("train:g_loss", 4, "epoch"), ("train:d_loss", 4, "epoch")}),
        ({"losses": {"train": DOWN, "val": UP}}, {LOSS, VAL}),
        ({"trainer": Kept()}, {LOSS, ("val:accuracy", 4, "epoch")}),
        ({"perdas_treino": DOWN, "perdas_validacao": UP}, {LOSS, VAL}),
        ({"pertes": DOWN}, {LOSS}),
        ({"训练损失": DOWN}, {LOSS}),
    ],
)
def test_lists_as_people_keep_them(names, curves):
    said = line({}, {"model": Trap(), "lr": 0.1, **names})
    assert "look" in said and read(said, names) == curves


def test_what_an_object_keeps_is_offered_by_its_name():
    trainer = Kept()
    trainer.history = {"loss": DOWN}
    said = line({}, {"trainer": trainer})
    assert said.endswith("%diagnose trainer.history") and read(said, {"trainer": trainer}) == {LOSS}


@pytest.mark.parametrize(
    "names",
    [
        {"wins": [3, 4, 5], "losses": [1, 2, 3]},
        {"losses": np.array(DOWN)},  # as likely the losses of single samples
        {"losses": torch.tensor(DOWN)},
        {"sample_losses": DOWN},
        {"lrs": np.logspace(-6, 0, 4), "losses": DOWN},  # rates tried out
        {"loss_weights": DOWN},
        {"loss_weights": {"loss": DOWN}},
        {"param_grid": {"l1_loss": DOWN, "alpha": UP}},
        {"loss_landscape": np.array(DOWN)},
        {"claims": pd.DataFrame({"customer": list("abcd"), "loss": DOWN})},
        {"claims": pd.DataFrame({"age": UP, "loss": DOWN})},
        {"rows": [{"company": "a", "loss": 3.0}] * 4},
        {"results": [{"lr": v, "val_loss": v} for v in DOWN]},
        {"results": {"svm": 0.9, "forest": 0.8}},
        {"history": ["a", "b", "c"]},
        {"groups": {"train": DOWN, "val": UP}},
        {"heat_loss": DOWN, "packet_losses": UP, "stop_loss": UP},
        {"moves": [(1, 2), (3, 4), (5, 6)]},
        {"prices": DOWN, "preds": np.array(UP), "y_test": np.array(UP), "scores": UP},
        {"train_accs": UP, "val_accs": UP},  # as likely over the neighbours or the depth of a model
        {"Out": {3: {"loss": DOWN}}},
    ],
)
def test_lookalikes_are_left_alone(names):
    assert line({}, names) == ""


def test_a_history_that_an_earlier_cell_began_is_offered_where_it_grew():
    losses, history = DOWN[:1], defaultdict(list)
    before = names_of({"losses": losses, "history": history})
    assert line(before, {"losses": losses, "history": history}) == ""
    losses += DOWN
    assert "`losses`" in line(before, {"losses": losses, "history": history})
    history["val_loss"] += UP
    assert "`history`" in line(before, {"losses": losses[:1], "history": history})


def test_what_holds_itself_is_looked_at_once():
    config: dict = {"loss": "mse"}
    config["parent"], config["all"] = config, [config] * 3
    assert line(names_of({"config": config}), {"config": config, "other": dict(config)}) == ""


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
