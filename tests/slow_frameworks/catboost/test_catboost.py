"""A small model is trained with the real CatBoost in a real kernel; what its text told, and the model remembers, is checked."""

import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parents[1]))

from cell import captured, kernel  # noqa: F401

MAKE = """
import numpy as np, tempfile
from catboost import CatBoostClassifier
r = np.random.default_rng(0)
x = r.normal(size=(300, 4))
y = (x[:, 0] + r.normal(size=300) > 0).astype(int)
def fitted(**more):
    model = CatBoostClassifier(iterations=20, thread_count=1, train_dir=tempfile.mkdtemp(), random_seed=0, **more)
    return model.fit(x[:200], y[:200], eval_set=(x[200:], y[200:]))
"""


def test_its_text_is_read_live(kernel):  # noqa: F811
    (run,) = captured(kernel, MAKE + "m = fitted()")
    known = kernel.value("m.evals_result_")
    for split, name in (("train", "learn"), ("val", "validation")):
        told = run["curves"][f"{split}:loss/epoch"]
        assert list(told.values()) == pytest.approx(known[name]["Logloss"], abs=5e-7) and len(told) == 20
    assert run["framework"] == "catboost"


def test_a_silent_fit_is_offered_and_read_at_full_precision(kernel):  # noqa: F811
    answer = kernel.run("%%diagnose --view none\n" + MAKE + "m = fitted(verbose=False)")
    assert "`m` looks like a training history: %diagnose m" in answer.text()
    kernel.run("import nbdiag\nd = nbdiag.diagnose(m)")
    told = kernel.value("{c.name: c.values.tolist() for c in d.run.curves()}")
    assert told == kernel.value(
        "{'train:logloss': m.evals_result_['learn']['Logloss'], 'val:logloss': m.evals_result_['validation']['Logloss']}"
    )


def test_the_same_model_with_and_without_us(kernel):  # noqa: F811
    kernel.run(MAKE + "m = fitted()")
    bare = kernel.value("m.predict_proba(x).tolist()")
    captured(kernel, "m = fitted()")
    assert kernel.value("m.predict_proba(x).tolist()") == bare
