"""A small model is trained with the real CatBoost in a real kernel; what was told live, and the model remembers, is checked."""

import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parents[1]))

from cell import AT_ONCE, captured, kernel  # noqa: F401

MAKE = """
import numpy as np, tempfile
from catboost import CatBoostClassifier
r = np.random.default_rng(0)
x = r.normal(size=(300, 4))
y = (x[:, 0] + r.normal(size=300) > 0).astype(int)
def fitted(iterations=20, fit={}, **more):
    model = CatBoostClassifier(
        **dict(iterations=iterations, thread_count=1, train_dir=tempfile.mkdtemp(), random_seed=0, use_best_model=False) | more
    )
    return model.fit(x[:200], y[:200], eval_set=(x[200:], y[200:]), **fit)
"""
SLOW = """
import time
class Slow:
    def after_iteration(self, info):
        time.sleep(0.02)
        return True
"""


def test_all_that_a_model_remembers_at_full_precision(kernel):  # noqa: F811
    for verbose in ("verbose=False", "verbose=5", ""):
        (run,) = captured(kernel, MAKE + f"m = fitted({verbose})")
        known = kernel.value("m.evals_result_")
        for split, name in (("train", "learn"), ("val", "validation")):
            assert list(run["curves"].pop(f"{split}:logloss/epoch").values()) == known[name]["Logloss"]
        assert run["curves"] == {}
        facts = run["facts"]
        assert run["status"] == "finished" and run["framework"] == "catboost"
        assert (facts["n_train"], facts["n_val"], facts["epochs"], facts["n_classes"]) == ("200", "100", "20", "2")
        assert (facts["loss"], facts["task"]) == ("binary_crossentropy", "classification")
        assert float(facts["learning_rate"]) == kernel.value("m.learning_rate_")


def test_a_silent_training_is_seen_while_it_trains(kernel):  # noqa: F811
    code = """
class Looks:
    seen, asked = 0, 0
    def after_iteration(self, info):
        time.sleep(0.05)
        watch = nbdiag.live.active()
        self.seen = max(self.seen, sum(map(len, watch._collector.runs)))
        self.asked += 1
        return not self.seen
looks = Looks()
"""
    (run,) = captured(
        kernel,
        "import time, nbdiag\n" + MAKE + code + "m = fitted(silent=True, iterations=600, fit=dict(callbacks=[looks]))",
    )
    assert kernel.value("[looks.seen > 0, looks.asked < 600]") == [True, True]
    assert len(run["curves"]["val:logloss/epoch"]) == kernel.value("looks.asked")


def test_several_sets_metrics_and_files_of_an_earlier_training(kernel):  # noqa: F811
    code = (
        MAKE
        + """
folder = tempfile.mkdtemp()
sets = [(x[200:250], y[200:250]), (x[250:], y[250:])]
for n in (30, 12):
    m = CatBoostClassifier(iterations=n, train_dir=folder, custom_metric=["AUC"], silent=True).fit(x[:200], y[:200], eval_set=sets)
"""
    )
    runs = captured(kernel, code)
    assert [len(run["curves"]["val:logloss/epoch"]) for run in runs] == [30, 12]
    known = kernel.value("m.evals_result_")
    assert list(runs[1]["curves"]["val:auc/epoch"].values()) == known["validation_0"]["AUC"]
    assert list(runs[1]["curves"]["validation_1:auc/epoch"].values()) == known["validation_1"]["AUC"]


def test_rounds_that_were_not_measured_stay_empty(kernel):  # noqa: F811
    stops = ", early_stopping_rounds=4, learning_rate=0.9, depth=6, use_best_model=True"
    for more in ("", ", allow_writing_files=False", stops):
        (run,) = captured(kernel, MAKE + f"m = fitted(11, metric_period=3, silent=True{more})")
        learned, held = (list(run["curves"][f"{split}:logloss/epoch"]) for split in ("train", "val"))
        if more == stops:  # by what is then measured in every round
            assert held == list(range(1, len(held) + 1)) and learned[:2] == [1, 4] and learned[-1] <= held[-1]
        else:
            assert learned == held == [1, 4, 7, 10, 11]
        known = "{c.name: c.epochs.tolist() for c in nbdiag.read(m).curves()}"
        assert kernel.value(known) == {n.partition("/")[0]: list(c) for n, c in run["curves"].items()}
    kernel.run(MAKE + "m = fitted(11, fit=dict(metric_period=3), silent=True)")
    assert kernel.value("nbdiag.read(m).curve('logloss', 'val').epochs.tolist()") == [1, 4, 7, 10, 11]


def test_where_it_writes_no_files_its_text_is_read(kernel):  # noqa: F811
    (run,) = captured(kernel, MAKE + "m = fitted(allow_writing_files=False)")
    known = kernel.value("m.evals_result_['validation']['Logloss']")
    assert list(run["curves"]["val:loss/epoch"].values()) == pytest.approx(known, abs=5e-7)
    (run,) = captured(kernel, MAKE + "m = fitted(allow_writing_files=False, silent=True)")
    assert list(run["curves"]["val:logloss/epoch"].values()) == known


def test_it_stops_by_its_callback_and_only_where_that_is_asked(kernel):  # noqa: F811
    code = (
        AT_ONCE
        + MAKE
        + SLOW
        + "m = fitted(iterations=400, learning_rate=0.3, depth=8, silent=True, fit=dict(callbacks=[Slow()]))"
    )
    (run,) = captured(kernel, code, options="--stop-on overfitting")
    assert run["status"] == "stopped" and 10 < len(run["curves"]["val:logloss/epoch"]) < 400
    (run,) = captured(kernel, code.replace("400", "3000, metric_period=9"), options="--stop-on overfitting")
    assert run["status"] == "stopped" and max(run["curves"]["val:logloss/epoch"]) < 3000
    (run,) = captured(kernel, code.replace("400", "100"))
    assert run["status"] == "finished" and len(run["curves"]["val:logloss/epoch"]) == 100


def test_the_same_model_with_and_without_us(kernel):  # noqa: F811
    kernel.run(MAKE + "m = fitted()")
    bare = kernel.value("m.predict_proba(x).tolist()")
    for options in ("", "--stop-on broken"):
        captured(kernel, "m = fitted()", options=options)
        assert kernel.value("m.predict_proba(x).tolist()") == bare
