"""Real trainings of XGBoost, LightGBM and scikit-learn come in; what their hooks told is checked, and what they left."""

from __future__ import annotations

import contextlib
import io
import traceback
import warnings

import lightgbm
import numpy as np
import pytest
import xgboost
from sklearn.ensemble import GradientBoostingClassifier, HistGradientBoostingClassifier
from sklearn.ensemble._hist_gradient_boosting.gradient_boosting import BaseHistGradientBoosting
from sklearn.exceptions import ConvergenceWarning
from sklearn.neural_network import MLPClassifier
from sklearn.neural_network._multilayer_perceptron import BaseMultilayerPerceptron

from nbdiag.collect import Collector
from nbdiag.events import Trouble
from nbdiag.frameworks.lightgbm import LIGHTGBM
from nbdiag.frameworks.lightgbm.hook import hook as lightgbm_hook
from nbdiag.frameworks.sklearn.hook import hook as sklearn_hook
from nbdiag.frameworks.xgboost import XGBOOST
from nbdiag.frameworks.xgboost.hook import hook as xgboost_hook

pytestmark = pytest.mark.frameworks
HOOKS = (xgboost_hook, lightgbm_hook, sklearn_hook)


def data(n=300):
    r = np.random.default_rng(0)
    x = r.normal(size=(n, 5))
    return (
        x[: n // 2],
        (x[: n // 2, 0] > 0).astype(int),
        x[n // 2 :],
        (x[n // 2 :, 0] > r.normal(size=n - n // 2)).astype(int),
    )


def watched(train, fails=None):
    """The runs of a training, collected from what it prints and what the hooks tell."""
    collector, events = Collector(), []

    class Written(io.StringIO):
        def write(self, text):
            events.append(text)
            return len(text)

    with contextlib.ExitStack() as stack:
        stack.enter_context(contextlib.redirect_stdout(Written()))
        for hook in HOOKS:
            stack.enter_context(hook(events.append))
        for stop in (XGBOOST.stop, LIGHTGBM.stop):  # beside the hooks, as where the view has a button for it
            stack.enter_context(stop(lambda since: "", events.append))
        if fails:
            with pytest.raises(fails) as caught:
                train()
            assert "nbdiag" not in "".join(traceback.format_tb(caught.tb))
        else:
            train()
    assert not [e for e in events if isinstance(e, Trouble)]
    for event in events:
        if isinstance(event, str):
            collector.chunk("text", event)
        else:
            collector.event(event)
    collector.close()
    return collector.runs


def curves(run):
    return {c.name: c.values.tolist() for c in run.curves()}


def test_xgboost_tells_what_it_remembers_and_prints():
    x, y, held, wanted = data()
    train, val = xgboost.DMatrix(x, y), xgboost.DMatrix(held, wanted)
    results = {}
    params = {"objective": "binary:logistic", "eta": 0.2, "eval_metric": ["logloss", "error"]}
    (run,) = watched(
        lambda: xgboost.train(
            params, train, 12, evals=[(train, "mine"), (val, "held")], evals_result=results, verbose_eval=5
        )
    )
    assert curves(run) == {
        "train:logloss": results["mine"]["logloss"], "train:error": results["mine"]["error"],
        "held:logloss": results["held"]["logloss"], "held:error": results["held"]["error"],
    }  # fmt: skip
    facts = run.facts
    assert (facts.n_train, facts.n_val, facts.epochs, facts.n_classes) == (150, 150, 12, 2)
    assert (facts.loss, facts.task, facts.learning_rate) == ("binary_crossentropy", "classification", 0.2)
    assert run.status == "finished" and run.framework == "xgboost"


def test_xgboost_stops_early_and_each_fit_is_a_run():
    x, y, held, wanted = data()
    models = [xgboost.XGBClassifier(n_estimators=60, early_stopping_rounds=3, random_state=i) for i in (0, 1)]

    def train():
        for model in models:
            model.fit(x, y, eval_set=[(x, y), (held, wanted)], verbose=False)

    runs = watched(train)
    assert [run.number for run in runs] == [1, 2]
    for run, model in zip(runs, models, strict=True):
        known = model.evals_result()
        assert curves(run) == {
            "train:logloss": known["validation_0"]["logloss"],
            "val:logloss": known["validation_1"]["logloss"],
        }
        assert len(run.curve("logloss", "val")) < 60


@pytest.mark.parametrize("verbose", [True, None])
def test_xgboost_cross_validation_gives_its_means_and_a_plain_training_nothing(verbose):
    x, y, _, _ = data()
    train, found = xgboost.DMatrix(x, y), []
    params = {"objective": "binary:logistic"}
    (run,) = watched(lambda: found.append(xgboost.cv(params, train, 6, nfold=3, verbose_eval=verbose, as_pandas=False)))
    assert curves(run) == {f"{s}:logloss": found[0][f"{s}-logloss-mean"] for s in ("train", "test")}
    assert (run.name, run.status, run.facts.epochs) == ("mean of 3 folds", "finished", 6)
    assert watched(lambda: xgboost.train({}, train, 5)) == []


def test_xgboost_is_the_same_with_and_without_us():
    x, y, held, wanted = data()
    params = {"subsample": 0.5, "seed": 3, "nthread": 1}

    def train(kept=[]):  # noqa: B006
        matrix = xgboost.DMatrix(x, y)
        kept.append(
            xgboost.train(params, matrix, 20, evals=[(xgboost.DMatrix(held, wanted), "val")], verbose_eval=False)
        )
        return bytes(kept[-1].save_raw())

    bare, found = train(), []
    watched(lambda: found.append(train()))
    assert found == [bare]


def test_a_training_that_raises_shows_no_frame_of_ours_and_the_next_is_told():
    x, y, held, wanted = data()
    matrix, val = xgboost.DMatrix(x, y), xgboost.DMatrix(held, wanted)

    class Raises(xgboost.callback.TrainingCallback):
        def after_iteration(self, model, epoch, evals_log):
            if epoch == 3:
                raise ZeroDivisionError

        def after_training(self, model):
            raise KeyError

    runs = watched(lambda: xgboost.train({}, matrix, 9, evals=[(val, "val")], callbacks=[Raises()]), ZeroDivisionError)
    assert len(runs[0].curve("rmse", "val")) == 4 and runs[0].status != "finished"  # the round that broke was measured

    class RaisesAtTheEnd(Raises):
        after_iteration = xgboost.callback.TrainingCallback.after_iteration

    runs = watched(lambda: xgboost.train({}, matrix, 4, evals=[(val, "val")], callbacks=[RaisesAtTheEnd()]), KeyError)
    assert len(runs[0].curve("rmse", "val")) == 4 and runs[0].status == "failed"


def test_lightgbm_tells_what_it_records_also_where_nothing_records_it():
    x, y, held, wanted = data()
    params = {"objective": "binary", "metric": ["binary_logloss", "auc"], "verbose": -1, "num_threads": 1}
    results = {}

    def train(*callbacks):
        own = lightgbm.Dataset(x, y)
        lightgbm.train(
            params, own, 15, valid_sets=[own, lightgbm.Dataset(held, wanted, reference=own)], valid_names=["mine", "held"],
            callbacks=list(callbacks),
        )  # fmt: skip

    (run,) = watched(lambda: train(lightgbm.record_evaluation(results), lightgbm.log_evaluation(4)))
    assert curves(run) == {
        "train:binary_logloss": results["mine"]["binary_logloss"], "train:auc": results["mine"]["auc"],
        "held:binary_logloss": results["held"]["binary_logloss"], "held:auc": results["held"]["auc"],
    }  # fmt: skip
    assert (run.facts.n_train, run.facts.n_val, run.facts.epochs, run.facts.loss) == (
        150,
        150,
        15,
        "binary_crossentropy",
    )
    (silent,) = watched(train)
    assert curves(silent) == curves(run)


def test_lightgbm_fits_stop_early():
    x, y, held, wanted = data()
    model = lightgbm.LGBMRegressor(n_estimators=80, verbose=-1, n_jobs=1, random_state=0)
    (run,) = watched(
        lambda: model.fit(
            x, y, eval_set=[(held, wanted)], callbacks=[lightgbm.early_stopping(3), lightgbm.log_evaluation()]
        )
    )
    assert curves(run) == {"val:l2": model.evals_result_["valid_0"]["l2"]}
    assert run.status == "finished"


@pytest.mark.parametrize("callbacks", [[], [lightgbm.log_evaluation()]])
def test_lightgbm_cross_validation_gives_its_means(callbacks):
    x, y, _, _ = data()
    found = []
    own, params = lightgbm.Dataset(x, y), {"objective": "binary", "verbose": -1, "num_threads": 1, "learning_rate": 0.2}
    (run,) = watched(
        lambda: found.append(lightgbm.cv(params, own, 5, nfold=3, eval_train_metric=True, callbacks=callbacks))
    )
    for split, name in (("train", "train"), ("val", "valid")):
        told = run.curve("binary_logloss", split).values.tolist()
        assert told == pytest.approx(found[0][f"{name} binary_logloss-mean"], rel=1e-12) and len(told) == 5
    assert (run.name, run.status, run.facts.learning_rate) == ("mean of 3 folds", "finished", 0.2)


def test_a_lightgbm_training_that_was_left_by_an_exception_has_not_finished():
    x, y, held, wanted = data()

    def raises(env):
        if env.iteration == 2:
            raise ZeroDivisionError

    def train(*callbacks):
        own = lightgbm.Dataset(x, y)
        return lightgbm.train(
            {"verbose": -1}, own, 5, valid_sets=[lightgbm.Dataset(held, wanted)], callbacks=list(callbacks)
        )

    def both():
        with contextlib.suppress(ZeroDivisionError):
            train(raises)
        train()

    assert [run.status for run in watched(both)] == ["interrupted", "finished"]


def test_lightgbm_is_the_same_with_and_without_us():
    x, y, held, wanted = data()

    def train():
        own = lightgbm.Dataset(x, y)
        params = {"bagging_fraction": 0.5, "bagging_freq": 1, "seed": 3, "verbose": -1, "num_threads": 1}
        return lightgbm.train(
            params, own, 20, valid_sets=[lightgbm.Dataset(held, wanted, reference=own)]
        ).model_to_string()

    bare, found = train(), []
    watched(lambda: found.append(train()))
    assert found == [bare]


@pytest.mark.parametrize("early", [False, True])
def test_perceptrons(early):
    x, y, _, _ = data()
    model = MLPClassifier((8,), max_iter=15, early_stopping=early, random_state=0, verbose=early, batch_size=32)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ConvergenceWarning)
        (run,) = watched(lambda: model.fit(x, y))
    expected = {"train:loss": model.loss_curve_} | ({"val:accuracy": model.validation_scores_} if early else {})
    assert curves(run) == expected
    assert (run.facts.n_train, run.facts.n_val) == ((135, 15) if early else (150, None))
    assert (run.facts.batch_size, run.facts.epochs, run.facts.loss) == (32, 15, "crossentropy")


def test_perceptrons_that_are_trained_in_parts_are_one_run():
    x, y, _, _ = data()
    model, other = (MLPClassifier((4,), random_state=0, batch_size=32) for _ in range(2))

    def parts():
        for _ in range(6):
            model.partial_fit(x, y, classes=[0, 1])
        for _ in range(2):
            other.partial_fit(x, y, classes=[0, 1])

    runs = watched(parts)
    assert [curves(run) for run in runs] == [{"train:loss": model.loss_curve_}, {"train:loss": other.loss_curve_}]
    assert runs[0].status == "finished" and runs[0].facts.epochs is None and len(model.loss_curve_) == 6
    warm = MLPClassifier((4,), max_iter=2, warm_start=True, random_state=0)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ConvergenceWarning)
        (run,) = watched(lambda: [warm.fit(x, y) for _ in range(3)])
    assert curves(run) == {"train:loss": warm.loss_curve_} and len(warm.loss_curve_) == 6
    grown = GradientBoostingClassifier(n_estimators=4, warm_start=True, random_state=0)
    (run,) = watched(lambda: [grown.set_params(n_estimators=n).fit(x, y) for n in (4, 7)])
    assert curves(run) == {"train:loss": grown.train_score_.tolist()} and len(run) == 7


def test_the_boosting_of_sklearn():
    x, y, _, _ = data()
    plain = GradientBoostingClassifier(n_estimators=12, verbose=1, random_state=0)
    stops = GradientBoostingClassifier(n_estimators=90, n_iter_no_change=2, random_state=0)
    histogram = HistGradientBoostingClassifier(max_iter=20, early_stopping=True, random_state=0, verbose=0)
    for model in (plain, stops):
        (run,) = watched(lambda model=model: model.fit(x, y))
        assert curves(run) == {"train:loss": model.train_score_.tolist()}
    (run,) = watched(lambda: histogram.fit(x, y))
    assert curves(run) == {
        "train:loss": (-histogram.train_score_[1:]).tolist(),
        "val:loss": (-histogram.validation_score_[1:]).tolist(),
    }


def test_what_was_patched_is_as_before():
    kinds = (xgboost.callback.CallbackContainer, lightgbm.Booster, BaseMultilayerPerceptron, BaseHistGradientBoosting)
    before = [dict(vars(kind)) for kind in kinds]
    with contextlib.ExitStack() as stack:
        for hook in HOOKS:
            stack.enter_context(hook(lambda event: None))
        assert all(dict(vars(kind)) != old for kind, old in zip(kinds, before, strict=True))
    assert [dict(vars(kind)) for kind in kinds] == before
