"""Real trainings of XGBoost and LightGBM come in with the wish to stop; where they end is checked, and what it leaves."""

from __future__ import annotations

import lightgbm
import numpy as np
import pytest
import xgboost

from nbdiag.frameworks.lightgbm import LIGHTGBM
from nbdiag.frameworks.xgboost import XGBOOST

pytestmark = pytest.mark.frameworks
R = np.random.default_rng(0)
X = R.normal(size=(300, 5))
Y = (X[:, 0] > R.normal(size=300)).astype(int)


def after(rounds):
    """Asks for a stop when it is asked for the ``rounds``-th time; what it was told of begins."""
    asked = []

    def ask(since):
        asked.append(since)
        return "enough" if len(asked) >= rounds else ""

    return ask, asked


def trained_by_xgboost(**more):
    matrix, held = xgboost.DMatrix(X[:150], Y[:150]), xgboost.DMatrix(X[150:], Y[150:])
    params = {"subsample": 0.5, "seed": 3, "nthread": 1}
    return xgboost.train(params, matrix, 20, evals=[(held, "val")], verbose_eval=False, **more)


def trained_by_lightgbm(**more):
    own = lightgbm.Dataset(X[:150], Y[:150])
    held = lightgbm.Dataset(X[150:], Y[150:], reference=own)
    params = {"bagging_fraction": 0.5, "bagging_freq": 1, "seed": 3, "verbose": -1, "num_threads": 1}
    return lightgbm.train(params, own, 20, valid_sets=[held], **more)


KINDS = {
    "xgboost": (XGBOOST, trained_by_xgboost, lambda m: m.num_boosted_rounds(), lambda m: bytes(m.save_raw())),
    "lightgbm": (LIGHTGBM, trained_by_lightgbm, lambda m: m.num_trees(), lambda m: m.model_to_string()),
}


@pytest.mark.parametrize("kind", KINDS)
def test_it_ends_after_its_round_and_without_a_wish_nothing_changes(kind):
    framework, train, rounds, content = KINDS[kind]
    troubles: list = []
    ask, asked = after(7)
    with framework.stop(ask, troubles.append):
        assert rounds(train()) == 7
        assert rounds(train()) == 1, "still asked"
    assert len(set(asked)) == 2, "each training has its own begin"
    with framework.stop(lambda since: "", troubles.append):
        watched = content(train())
    assert watched == content(train())
    assert rounds(train()) == 20 and troubles == []


def test_a_lightgbm_model_that_was_stopped_predicts_with_all_it_has():
    with LIGHTGBM.stop(after(7)[0], print):
        model = trained_by_lightgbm()
    assert model.best_iteration == 7 and set(model.best_score) == {"valid_0"}


def test_a_cross_validation_ends_for_all_its_folds():
    own, params = lightgbm.Dataset(X, Y), {"objective": "binary", "verbose": -1, "num_threads": 1}
    ask, asked = after(4)
    with LIGHTGBM.stop(ask, print):
        found = lightgbm.cv(params, own, 20, nfold=3)
    assert {len(values) for values in found.values()} == {4} and len(asked) == 4
    with XGBOOST.stop(after(4)[0], print):
        assert len(xgboost.cv({"nthread": 1}, xgboost.DMatrix(X, Y), 20, nfold=3)) == 4


def test_the_readers_own_callbacks_are_called_as_ever():
    seen: list[int] = []

    class Mine(xgboost.callback.TrainingCallback):
        def after_iteration(self, model, epoch, evals_log):
            seen.append(epoch)
            return epoch == 3

    mine = [Mine()]
    with XGBOOST.stop(lambda since: "", print):
        assert trained_by_xgboost(callbacks=mine).num_boosted_rounds() == 4
    assert seen == [0, 1, 2, 3] and len(mine) == 1
    with LIGHTGBM.stop(after(5)[0], print):
        trained_by_lightgbm(callbacks=[lambda env: seen.append(env.iteration)])
    assert seen == [0, 1, 2, 3, 0, 1, 2, 3, 4]
