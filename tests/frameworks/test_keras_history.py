"""A real ``History`` gives its run at full precision, with what its model knows."""

import os

import pytest

os.environ.setdefault("KERAS_BACKEND", "torch")

import keras
import numpy as np

from nbdiag.sources import read_runs

pytestmark = pytest.mark.frameworks


@pytest.fixture(scope="module")
def history():
    keras.utils.set_random_seed(0)
    x = np.random.normal(size=(64, 3)).astype("float32")
    model = keras.Sequential([keras.layers.Input((3,)), keras.layers.Dense(1, "sigmoid")])
    model.compile(keras.optimizers.SGD(0.1), "binary_crossentropy", metrics=["accuracy"])
    return model.fit(x, x[:, :1] > 0, epochs=7, initial_epoch=2, verbose=0, validation_split=0.25, validation_freq=2)


def test_values_and_epochs(history):
    (run,) = read_runs(history)
    assert run.curve("loss", "train").values.tolist() == history.history["loss"]
    assert run.curve("loss", "train").epochs.tolist() == [3, 4, 5, 6, 7]
    assert run.curve("accuracy", "val").epochs.tolist() == [4, 6]
    assert run.curve("loss", "train").exact


def test_facts(history):
    facts = read_runs(history)[0].facts
    assert (facts.framework, facts.loss, facts.optimizer, facts.epochs) == ("keras", "binary_crossentropy", "SGD", 7)
    assert (facts.loss_is, facts.steps_per_epoch, facts.origins["loss"]) == ("epoch-mean", 2, "object")
