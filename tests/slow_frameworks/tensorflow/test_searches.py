"""Real searches of KerasTuner and Optuna come in; each trial is a run that its parameters name."""

import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parents[1]))

from cell import captured, kernel  # noqa: F401

MAKE = """
import os; os.environ["KERAS_BACKEND"] = "tensorflow"
import keras, numpy as np, tempfile
x, y = np.ones((32, 3), "float32"), np.ones((32, 1), "float32")
def model(rate):
    m = keras.Sequential([keras.Input((3,)), keras.layers.Dense(1)])
    m.compile(keras.optimizers.SGD(rate), "mse")
    return m
"""
TUNER = """
import keras_tuner
tuner = keras_tuner.GridSearch(
    lambda hp: model(hp.Choice("rate", [0.1, 0.01])), objective="loss", directory=tempfile.mkdtemp()
)
tuner.search(x, y, epochs=3, verbose=0)
"""
STUDY = """
import optuna
optuna.logging.set_verbosity(optuna.logging.ERROR)
def objective(trial):
    return model(trial.suggest_float("rate", 0.01, 0.1)).fit(x, y, epochs=3, verbose=0).history["loss"][-1]
optuna.create_study().optimize(objective, n_trials=2)
"""


@pytest.mark.parametrize(
    ("code", "names"), [(TUNER, ["trial 0000, rate=0.1", "trial 0001, rate=0.01"]), (STUDY, ["trial 0", "trial 1"])]
)
def test_each_trial_is_named(kernel, code, names):  # noqa: F811
    runs = captured(kernel, MAKE + code)
    assert kernel.value("[d.run.name for d in found]") == names
    assert [len(run["curves"]["train:loss/epoch"]) for run in runs] == [3, 3]
